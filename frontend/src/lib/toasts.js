// Short messages at the edge of the page. One with an action stays at least fifteen seconds, and as long as it is
// pointed at or focused; an error stays until it is closed.

import { icon } from "./icons.js";
import { behave } from "./page.js";
import { send } from "./http.js";
import { t } from "./texts.js";

const ICONS = { success: "circle-check", error: "alert-triangle", info: "info-circle", warning: "alert-circle" };
const SECONDS = { plain: 6, action: 15 };

/**
 * Shows `text`. Options: `kind` (success, error, info, warning), `action` as `{label, run}`, `seconds` (0: until closed).
 * Returns a function that closes it.
 */
export function toast(text, { kind = "success", action = null, seconds } = {}) {
  const element = document.createElement("div");
  element.className = "toast-message";
  element.dataset.kind = kind;
  element.dataset.seconds = seconds ?? (kind === "error" ? 0 : action ? SECONDS.action : SECONDS.plain);
  const sentence = document.createElement("p");
  sentence.textContent = text;
  element.append(icon(ICONS[kind] ?? ICONS.info), sentence);
  if (action) element.append(actionButton(element, action));
  element.append(closeButton());
  region(kind).append(element);
  startToast(element);
  return () => element.remove();
}

/** A message with a button that takes back what was done: `undoToast("Moved.", () => send("POST", url))`. */
export function undoToast(text, undo) {
  return toast(text, { action: { label: t("undo"), run: undo } });
}

/** Presses the newest "undo" that is still shown. Returns whether there was one. */
export function undoLast() {
  const button = [...document.querySelectorAll(".toast-message [data-toast-action]")].at(-1);
  button?.click();
  return Boolean(button);
}

function region(kind) {
  return document.getElementById(kind === "error" ? "toasts-urgent" : "toasts");
}

function actionButton(element, { label, run }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.dataset.toastAction = "";
  button.textContent = label;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await run();
      element.remove();
    } catch (error) {
      element.remove();
      toast(error.message, { kind: "error" });
    }
  });
  return button;
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-icon-plain";
  button.dataset.toastClose = "";
  button.setAttribute("aria-label", t("close"));
  button.append(icon("x"));
  return button;
}

function startToast(element) {
  element.querySelector("[data-toast-close]")?.addEventListener("click", () => element.remove());
  const seconds = Number(element.dataset.seconds);
  if (!seconds) return;
  let timer;
  const wait = () => (timer = setTimeout(() => element.remove(), seconds * 1000));
  const hold = () => clearTimeout(timer);
  element.addEventListener("mouseenter", hold);
  element.addEventListener("mouseleave", wait);
  element.addEventListener("focusin", hold);
  element.addEventListener("focusout", wait);
  wait();
}

/** Shows what a server asked for: `{text, kind?, undo?: url}`. */
export function toastFromServer({ text, kind, undo }) {
  if (!undo) return toast(text, { kind });
  return undoToast(text, async () => {
    await send("POST", undo);
    location.reload();
  });
}

behave(".toast-message", startToast);
