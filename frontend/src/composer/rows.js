// Lists of rows that are typed into (a poll's options, a thread's parts, mentions): added, removed, put in order.

import { scan } from "../lib/page.js";
import { t } from "../lib/texts.js";
import { undoToast } from "../lib/toasts.js";

const NAMING = ["id", "for", "name", "data-images", "data-name", "data-fits", "aria-labelledby", "aria-describedby"];

export function startRows(composer) {
  const { form } = composer;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-add], [data-row-remove], [data-row-move]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.rowAdd) addRow(composer, button.dataset.rowAdd).querySelector("[data-row-focus]").focus();
    else if ("rowRemove" in button.dataset) removeRow(composer, button.closest("[data-row]"));
    else moveRow(composer, button);
  });
  composer.follow(() => {
    for (const list of form.querySelectorAll("[data-rows]")) number(list);
  });
}

/** Adds an empty row at the end of a list and gives it back. */
export function addRow(composer, kind) {
  const row = document.getElementById(`${kind}-row`).content.firstElementChild.cloneNode(true);
  if (kind === "part") rename(row, freeKey(composer));
  listOf(composer, kind).append(row);
  scan();
  composer.changed();
  return row;
}

/** Makes a list hold exactly so many rows. */
export function setRowCount(composer, kind, count) {
  const list = listOf(composer, kind);
  while (list.children.length > count) list.lastElementChild.remove();
  while (list.children.length < count) addRow(composer, kind);
}

/** The rows of a list, in order. */
export function rowsOf(composer, kind) {
  return [...listOf(composer, kind).children];
}

/** Gives a part's fields another key. */
export function rename(row, key) {
  const old = row.dataset.part;
  row.dataset.part = key;
  row.querySelector("[name=part]").value = key;
  const named = new RegExp(`(^|[ .-])part([.-]?)${old}(?=$|[ .-])`, "g");
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of NAMING) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.replace(named, `$1part$2${key}`));
    }
  }
}

function listOf(composer, kind) {
  return composer.form.querySelector(`[data-rows="${kind}"]`);
}

function freeKey(composer) {
  const taken = rowsOf(composer, "part").map((row) => Number(row.dataset.part) || 0);
  return String(Math.max(0, ...taken) + 1);
}

function removeRow(composer, row) {
  const list = row.parentElement;
  const before = row.previousElementSibling;
  const next = row.nextElementSibling ?? before;
  row.remove();
  (next?.querySelector("[data-row-focus]") ?? composer.form.querySelector(`[data-row-add="${list.dataset.rows}"]`)).focus();
  composer.changed();
  undoToast(t("row_removed"), async () => {
    if (before?.isConnected) before.after(row);
    else list.prepend(row);
    composer.changed();
  });
}

function moveRow(composer, button) {
  const row = button.closest("[data-row]");
  if (button.dataset.rowMove === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
  composer.changed();
}

function number(list) {
  for (const [index, row] of [...list.children].entries()) {
    const place = row.querySelector("[data-row-number]");
    if (place) place.textContent = index + 1;
  }
}
