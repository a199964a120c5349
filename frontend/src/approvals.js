// Several approvals at once: the button says how many, and asks with the count before it sends.

import { confirmDialog } from "./lib/dialogs.js";
import { behave } from "./lib/page.js";
import { t } from "./lib/texts.js";

behave("#bulk-form", (form) => {
  const all = form.querySelector("[data-choose-all]");
  const button = form.querySelector("[data-bulk]");
  const boxes = [...document.querySelectorAll("[data-choose]")];
  const count = () => boxes.filter((box) => box.checked).length;

  function show() {
    button.disabled = count() === 0;
    button.querySelector("span").textContent = t("approve_chosen", { count: count() });
    all.checked = count() === boxes.length;
    all.indeterminate = count() > 0 && count() < boxes.length;
  }

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sure) return;
    event.preventDefault();
    const question = { title: t("approve_title", { count: count() }), text: t("approve_text"), confirm: t("approve"), danger: false };
    if (!(await confirmDialog(question))) return;
    form.dataset.sure = "yes";
    form.requestSubmit();
  });
  show();
});
