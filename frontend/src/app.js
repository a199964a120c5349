// What every page loads.

import "htmx.org";
import "./lib/dialogs.js";
import "./lib/menus.js";
import "./lib/terms.js";
import "./lib/this-device.js";
import { behave, listen } from "./lib/page.js";
import { csrf } from "./lib/http.js";
import { shortcut } from "./lib/shortcuts.js";
import { t } from "./lib/texts.js";
import { toast, toastFromServer, undoLast } from "./lib/toasts.js";
import { closeDialog } from "./lib/dialogs.js";

document.addEventListener("htmx:config:request", ({ detail }) => Object.assign(detail.ctx.request.headers, csrf()));
document.addEventListener("htmx:error", () => toast(t("request_failed"), { kind: "error" }));

// What a server may ask for by the header HX-Trigger: {"toast": {"text": "…"}}, {"close-dialog": true}.
document.addEventListener("toast", ({ detail }) => toastFromServer(detail));
document.addEventListener("close-dialog", () => closeDialog());

shortcut("/", t("search"), () => {
  const field = document.querySelector("input[type=search]");
  field?.focus();
  return Boolean(field);
});
shortcut("u", t("undo"), undoLast);
behave("[data-shortcut]", (element) => {
  shortcut(element.dataset.shortcut, element.dataset.shortcutLabel || element.textContent.trim(), () => element.click());
});

// A press of the sign-in or save button counts once; the button comes back when the page does.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-busy", "true")));
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
});

// A choice that is sent as soon as it is made; the button beside it is for pages without JavaScript.
listen("change", "[data-autosubmit]", (_event, field) => field.form.requestSubmit());

behave("[data-focus]", (element) => element.focus());

// The person's password may be looked at while typing.
listen("click", "[data-reveal]", (_event, button) => {
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
});

