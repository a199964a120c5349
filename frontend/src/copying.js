// Buttons that copy: data-copy names the element whose text (or value) is meant.

import { listen } from "./lib/page.js";
import { t } from "./lib/texts.js";
import { toast } from "./lib/toasts.js";

listen("click", "[data-copy]", async (_event, button) => {
  const source = document.getElementById(button.dataset.copy);
  const text = "value" in source ? source.value : source.textContent;
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    select(source);
    toast(t("copy_by_hand"), { kind: "info" });
  }
});

// Without leave to use the clipboard (or without https) the text is marked, and one key press copies it.
function select(source) {
  if ("select" in source) {
    source.focus();
    return source.select();
  }
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}
