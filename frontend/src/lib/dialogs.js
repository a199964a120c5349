// Native dialogs: the browser keeps the focus inside, closes on Esc and gives the focus back.

import { behave, listen } from "./page.js";
import { t } from "./texts.js";

const REMOTE = "remote-dialog";

/** Opens the dialog with this id (or the element itself). */
export function openDialog(target) {
  const dialog = typeof target === "string" ? document.getElementById(target) : target;
  if (dialog && !dialog.open) dialog.showModal();
  return dialog;
}

/** Closes the dialog that `element` lies in, or the topmost one. */
export function closeDialog(element = null) {
  const dialog = element?.closest("dialog") ?? [...document.querySelectorAll("dialog[open]")].at(-1);
  dialog?.close();
}

/** Asks before something that cannot be taken back; resolves to true or false. */
export function confirmDialog({ title, text = "", confirm, danger = true }) {
  const dialog = document.getElementById("confirm-dialog");
  const button = dialog.querySelector("[data-confirm]");
  dialog.querySelector("[data-title]").textContent = title;
  dialog.querySelector("[data-text]").textContent = text;
  button.textContent = confirm ?? t("confirm");
  button.className = danger ? "btn btn-danger" : "btn btn-primary";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

listen("click", "[data-open]", (event, button) => {
  event.preventDefault();
  openDialog(button.dataset.open);
});
listen("click", "[data-close]", (event, button) => {
  event.preventDefault();
  closeDialog(button);
});

// A dialog whose form was refused is open again, at the field that was wrong.
behave("dialog[data-open-now]", (dialog) => {
  openDialog(dialog);
  dialog.querySelector("[aria-invalid]")?.focus();
});

// A form with data-confirm asks its sentence first; the button that was pressed is sent along all the same.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { confirm: title, confirmText: text, confirmLabel: label } = form.dataset;
  const danger = !("confirmCalm" in form.dataset);
  if (!(await confirmDialog({ title, text, confirm: label, danger }))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.confirmed;
}, true);

// hx-target="#remote-dialog-body" loads a form into the one shared dialog and opens it.
document.addEventListener("htmx:after:swap", () => {
  const body = document.getElementById(`${REMOTE}-body`);
  if (body?.childElementCount) openDialog(REMOTE);
});
behave(`#${REMOTE}`, (dialog) => {
  dialog.addEventListener("close", () => dialog.querySelector(`#${REMOTE}-body`).replaceChildren());
});

// A click beside the dialog closes it, unless something was typed into it.
behave("dialog", (dialog) => {
  let typed = false;
  dialog.addEventListener("input", () => (typed = true));
  dialog.addEventListener("close", () => (typed = false));
  dialog.addEventListener("mousedown", (event) => {
    if (event.target === dialog && !typed && outside(dialog, event)) dialog.close();
  });
});

function outside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
