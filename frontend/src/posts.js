// The list of posts: filters that apply themselves, and choosing many.

import { behave } from "./lib/page.js";
import { t } from "./lib/texts.js";

behave("[data-autosubmit]", (field) => field.addEventListener("change", () => field.form.requestSubmit()));

behave("form[data-bulk]", (form) => {
  const boxes = [...form.querySelectorAll("[data-choose]")];
  const all = form.querySelector("[data-choose-all]");
  const said = form.querySelector("[data-chosen]");
  if (!all) return;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  form.addEventListener("change", count);
  count();

  function count() {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = chosen ? t("chosen", { count: chosen }) : "";
    for (const button of form.querySelectorAll("button[name=change]")) button.disabled = chosen === 0;
    for (const box of boxes) box.closest("li").toggleAttribute("data-chosen-row", box.checked);
  }
});
