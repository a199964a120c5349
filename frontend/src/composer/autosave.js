// What is typed is kept in this browser every few seconds, and offered again after a crash.

import { moment, time, wall } from "../lib/formats.js";
import { send } from "../lib/http.js";
import { t } from "../lib/texts.js";
import { setMedia } from "./media.js";
import { rename, rowsOf, setRowCount } from "./rows.js";

const EVERY = 3000;
const TOO_OLD = 14 * 24 * 3600 * 1000;
// Marks of the form itself, not of what somebody typed.
const OWN = new Set(["submission", "version", "back"]);

export function startAutosave(composer) {
  const { form } = composer;
  const key = `sendeplan.kept.${form.dataset.user}.${form.dataset.post ?? "new"}`;
  const begun = JSON.stringify(typed(composer));
  let saved = begun;
  const timer = setInterval(keep, EVERY);
  form.addEventListener("submit", () => {
    keep();
    clearInterval(timer);
  });
  addEventListener("pagehide", keep);
  offer(composer, key, begun);
  return { isDirty: () => JSON.stringify(typed(composer)) !== begun, keepNow: keep };

  function keep() {
    const state = typed(composer);
    const now = JSON.stringify(state);
    if (now === saved) return;
    saved = now;
    const value = { at: Date.now(), submission: form.elements.submission.value, version: form.elements.version?.value, entries: state, media: composer.media };
    write(key, value);
    document.querySelector("[data-kept]").textContent = t("kept_at", { time: time(value.at) });
  }
}

async function offer(composer, key, begun) {
  const kept = read(key);
  const { form } = composer;
  if (!kept || "again" in form.dataset || JSON.stringify(kept.entries) === begun) return;
  if (Date.now() - kept.at > TOO_OLD || (await isSaved(form, kept))) return localStorage.removeItem(key);
  const note = document.querySelector("[data-restore]");
  note.querySelector("[data-restore-title]").textContent = t("restore_title", { time: when(kept.at) });
  note.querySelector("[data-restore-yes]").addEventListener("click", () => {
    restore(composer, kept);
    note.hidden = true;
    document.querySelector("[data-kept]").textContent = t("restored");
    form.elements.text.focus();
  });
  note.querySelector("[data-restore-no]").addEventListener("click", () => {
    localStorage.removeItem(key);
    note.hidden = true;
    form.elements.text.focus();
  });
  note.hidden = false;
}

// Kept for days: the clock alone says enough today only.
function when(at) {
  return wall(at).date === wall(Date.now()).date ? time(at) : moment(at);
}

// A form that arrived is not offered again: a new post by its mark, an edit by the version it began from.
async function isSaved(form, kept) {
  if (form.dataset.post) return Number(kept.version) < Number(form.elements.version.value);
  try {
    const url = form.dataset.submissions.replace(/S$/, encodeURIComponent(kept.submission));
    return Boolean((await send("GET", url)).post);
  } catch {
    return false;
  }
}

function typed(composer) {
  return composer.entries().filter(([name]) => !OWN.has(name));
}

function restore(composer, kept) {
  const { form } = composer;
  const values = new Map();
  for (const [name, value] of kept.entries) values.set(name, [...(values.get(name) ?? []), value]);
  restoreRows(composer, values);
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "file" || field.type === "submit") continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = (values.get(field.name) ?? []).includes(field.value);
    else if (values.has(field.name)) field.value = values.get(field.name).shift();
  }
  const known = { ...kept.images, ...kept.media };
  for (const field of form.querySelectorAll("[data-images]")) {
    const media = (values.get(field.dataset.name) ?? []).map((id) => known[id]).filter(Boolean);
    const said = (what, { id, [what]: before }) => kept.entries.find(([name]) => name === `${what}.${id}`)?.[1] ?? before;
    setMedia(composer, field.dataset.images, media.map((one) => ({ ...one, alt: said("alt", one), title: said("title", one) })));
  }
  composer.changed();
}

// As many rows as were kept, and parts under the keys that their fields were kept by.
function restoreRows(composer, values) {
  for (const [kind, name] of [["option", "poll.option"], ["mention", "mention.name"], ["part", "part"]]) {
    if (values.has(name)) setRowCount(composer, kind, values.get(name).length);
  }
  const keys = values.get("part") ?? [];
  for (const [index, row] of rowsOf(composer, "part").entries()) rename(row, `r${index}`);
  for (const [index, row] of rowsOf(composer, "part").entries()) if (keys[index]) rename(row, keys[index]);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing (full, or forbidden) still sends the form.
  }
}
