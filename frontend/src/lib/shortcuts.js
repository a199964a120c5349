// Keys: registered by pages, listed by "?", silent while someone types, and off where the person wants them off.

import { openDialog } from "./dialogs.js";
import { t } from "./texts.js";

const SWITCH = "sendeplan.shortcuts";
const registered = new Map();

/** `shortcut("n", "New post", run)`. Keys are as `event.key` says, in lower case; `run(event)` may return false. */
export function shortcut(key, label, run) {
  registered.set(key, { label, run });
}

/** Whether keys work; kept in this browser. */
export function enabled() {
  return localStorage.getItem(SWITCH) !== "off";
}

/** Switch all keys on or off. */
export function enable(on) {
  localStorage.setItem(SWITCH, on ? "on" : "off");
}

/** Shows what can be pressed, and the switch. */
export function showShortcuts() {
  const dialog = document.getElementById("shortcuts-dialog");
  const list = dialog.querySelector("dl");
  list.replaceChildren(...[...registered].flatMap(([key, { label }]) => entry(key, label)));
  const box = dialog.querySelector("input[type=checkbox]");
  box.checked = enabled();
  box.onchange = () => enable(box.checked);
  openDialog(dialog);
}

document.addEventListener("keydown", (event) => {
  if (submits(event)) return submit(event);
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !enabled()) return;
  if (document.querySelector("dialog[open]")) return;
  const found = registered.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (found && found.run(event) !== false) event.preventDefault();
});

// Ctrl+Enter saves the form one is in; it is a combination, so no switch is needed.
function submits(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.requestSubmit;
}

function submit(event) {
  event.preventDefault();
  const form = event.target.form;
  const main = form.querySelector("[data-default]");
  form.requestSubmit(main ?? form.querySelector("button[type=submit], button:not([type])"));
}

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function entry(key, label) {
  const term = document.createElement("dt");
  const keycap = document.createElement("kbd");
  keycap.textContent = { ArrowLeft: "←", ArrowRight: "→" }[key] ?? key.toUpperCase();
  term.append(keycap);
  const meaning = document.createElement("dd");
  meaning.textContent = label;
  return [term, meaning];
}

shortcut("?", t("keys"), showShortcuts);
