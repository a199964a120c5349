// Publishing by hand on a phone: whoever begins takes the post on, and apps of the device get text and files.

import "./copying.js";
import { RequestError, send } from "./lib/http.js";
import { behave, listen } from "./lib/page.js";
import { t } from "./lib/texts.js";
import { toast } from "./lib/toasts.js";

// More than this is fetched only when it is asked for.
const EAGER_BYTES = 20_000_000;

// --- taking it on: the first copy, download or share says "I do it" -----------------------------------------

let asked = false;

listen("click", "[data-copy], [data-save], [data-share], [data-open-network]", async (_event, element) => {
  const place = element.closest("[data-take]");
  if (!place || asked) return;
  asked = true;
  try {
    showTaken("me", (await send("POST", place.dataset.take, new FormData())).taken);
  } catch (error) {
    // Without a connection copying still works; a colleague's name is worth stopping for.
    if (error instanceof RequestError && error.status === 409) {
      showTaken("other", error.message);
      toast(error.message, { kind: "warning", seconds: 0 });
    } else asked = false;
  }
});

function showTaken(by, words) {
  const strip = document.querySelector("[data-taking]");
  strip.dataset.by = by;
  strip.querySelector("[data-taken-words]").textContent = words;
  const form = strip.querySelector("form");
  if (by === "me") form?.remove();
  else if (form && !form.elements.over) {
    const over = document.createElement("input");
    Object.assign(over, { type: "hidden", name: "over", value: "yes" });
    form.append(over);
  }
}

// --- the share sheet ------------------------------------------------------------------------------------------

behave("[data-share]", (button) => {
  if (!navigator.share) return;
  const links = [...document.querySelectorAll("[data-share-file]")];
  const note = document.querySelector("[data-share-note]");
  let files = links.length ? null : [];
  let loading = null;
  button.hidden = false;
  if (links.reduce((sum, link) => sum + Number(link.dataset.size), 0) <= EAGER_BYTES) load();

  button.addEventListener("click", async () => {
    // A sheet opens only right after a press: files that are still on their way need a second one.
    if (files === null) {
      tell("share_loading");
      await load();
      return;
    }
    const what = content(button, files);
    if (files.length && !what.files) tell("share_text_only");
    try {
      await navigator.share(what);
    } catch (error) {
      if (error.name !== "AbortError") tell("share_failed");
    }
  });

  function load() {
    loading ??= Promise.all(links.map(fetchFile)).then(
      (found) => {
        files = found;
        note.hidden = true;
      },
      () => {
        files = [];
        tell("share_failed");
      },
    );
    return loading;
  }

  function tell(key) {
    note.textContent = t(key);
    note.hidden = false;
  }
});

async function fetchFile(link) {
  const response = await fetch(link.href, { credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  return new File([await response.blob()], link.download, { type: link.dataset.shareFile });
}

// Files go along where the device takes them; not every one does, and not every kind. Most apps drop an address that
// comes beside files: there the text carries it.
function content(button, files) {
  const text = document.getElementById(button.dataset.text).value;
  const said = { text };
  if (button.dataset.title) said.title = button.dataset.title;
  const link = text.includes(button.dataset.link) ? "" : button.dataset.link;
  const withFiles = { ...said, text: [text, link].filter(Boolean).join("\n\n"), files };
  if (files.length && navigator.canShare?.(withFiles)) return withFiles;
  return link ? { ...said, url: link } : said;
}
