// Files of a post: uploaded as soon as they are chosen or dropped, put in order and removed by buttons.

import { icon } from "../lib/icons.js";
import { behave } from "../lib/page.js";
import { t } from "../lib/texts.js";
import { undoToast } from "../lib/toasts.js";
import { upload } from "../lib/upload.js";

// Two at a time: a third would only slow the others down.
const AT_ONCE = 2;
const TILES = { video: "movie", document: "file-text" };

export function startMedia(composer) {
  // Fields of a thread's parts arrive later, and so are started by the page itself.
  behave("form[data-composer] [data-images]", (field) => startField(composer, field));
  composer.form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-image-move]");
    if (!button) return;
    event.preventDefault();
    move(composer, button);
  });
  composer.form.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-alt], [data-title]")) return;
    for (const twin of composer.form.querySelectorAll(`[name="${target.name}"]`)) if (twin !== target) twin.value = target.value;
  });
  // A file dropped beside the field must not replace the page.
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
}

/** Puts a file that is stored already into a list. */
export function addMedium(composer, list, medium) {
  const field = fieldOf(composer, list);
  const items = field.querySelector(".image-list");
  if (items.querySelector(`[data-image="${medium.id}"]`)) return;
  if ("single" in field.dataset) items.replaceChildren();
  composer.media[medium.id] = medium;
  items.append(makeItem(list, field.dataset.name, medium));
}

/** Makes a list hold exactly these files, in this order. */
export function setMedia(composer, list, media) {
  fieldOf(composer, list).querySelector(".image-list").replaceChildren();
  for (const medium of media) addMedium(composer, list, medium);
}

function fieldOf(composer, list) {
  return composer.form.querySelector(`[data-images="${list}"]`);
}

function startField(composer, field) {
  const input = field.querySelector("input[type=file]");
  const drop = field.querySelector("[data-drop]");
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    takeAll(composer, field, files);
  });
  field.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    drop.dataset.over = "yes";
  });
  field.addEventListener("dragleave", (event) => {
    if (!field.contains(event.relatedTarget)) delete drop.dataset.over;
  });
  field.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    delete drop.dataset.over;
    takeAll(composer, field, [...event.dataTransfer.files]);
  });
}

// In the order in which they were chosen, whichever is first to arrive.
async function takeAll(composer, field, files) {
  const place = field.querySelector("[data-image-error]");
  place.hidden = true;
  place.textContent = "";
  const waiting = files.map((file) => ({ file, row: uploadRow(field, file) }));
  const arrived = [];
  let shown = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const index = files.indexOf(next.file);
      arrived[index] = (await take(composer, field, next)) ?? null;
      while (shown < files.length && arrived[shown] !== undefined) {
        if (arrived[shown]) addMedium(composer, field.dataset.images, arrived[shown]);
        shown += 1;
      }
      composer.changed();
    }
  };
  composer.uploading += files.length;
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function take(composer, field, { file, row }) {
  const ending = new AbortController();
  row.querySelector("[data-upload-cancel]").addEventListener("click", () => {
    ending.abort();
    field.querySelector("input[type=file]").focus();
  });
  try {
    if (row.cancelled) return null;
    if (file.size > composer.maxUpload) throw new Error(t("file_too_large", { limit: Math.floor(composer.maxUpload / 1e6) }));
    say(field, t("uploading", { name: file.name }));
    const medium = await upload(composer.form.dataset.upload, file, { signal: ending.signal, hear: (part) => showProgress(row, part) });
    say(field, t("uploaded", { name: file.name }));
    return medium;
  } catch (error) {
    if (error.name === "AbortError") say(field, t("upload_cancelled", { name: file.name }));
    else complain(field, `${file.name}: ${error.fields?.file ?? error.message}`);
    return null;
  } finally {
    row.remove();
    composer.uploading -= 1;
  }
}

function uploadRow(field, file) {
  const row = document.getElementById("upload-item").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-upload-name]").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", t("uploading", { name: file.name }));
  row.querySelector("[data-upload-cancel]").addEventListener("click", () => {
    row.cancelled = true;
    row.hidden = true;
  });
  field.querySelector("[data-uploads]").append(row);
  return row;
}

// Once all is sent the server looks into the file, which takes a moment for a large one.
function showProgress(row, part) {
  const percent = Math.floor(part * 100);
  row.querySelector("progress").value = percent;
  row.querySelector("[data-upload-state]").textContent = part < 1 ? `${percent} %` : t("upload_checked");
}

function complain(field, text) {
  const place = field.querySelector("[data-image-error]");
  place.textContent = `${place.textContent} ${text}`.trim();
  place.hidden = false;
}

function makeItem(list, name, medium) {
  const item = document.getElementById("image-item").content.firstElementChild.cloneNode(true);
  item.dataset.image = medium.id;
  Object.assign(item.querySelector("input[type=hidden]"), { name, value: medium.id });
  for (const says of ["alt", "title"]) {
    const part = item.querySelector(`[data-says=${says}]`);
    const input = part.querySelector("input");
    Object.assign(input, { id: `${says}-${list}-${medium.id}`, name: `${says}.${medium.id}`, value: medium[says] ?? "" });
    part.querySelector("label").htmlFor = input.id;
    part.hidden = says !== (TILES[medium.kind] ? "title" : "alt");
  }
  item.querySelector("[data-says=video]").hidden = medium.kind !== "video";
  fillTile(item.querySelector("[data-tile]"), medium);
  item.querySelector("[data-file-name]").textContent = medium.name;
  item.querySelector("[data-file-facts]").textContent = medium.facts ?? "";
  for (const button of item.querySelectorAll("[data-image-move]")) button.value = `${button.dataset.imageMove}:${list}:${medium.id}`;
  return item;
}

function fillTile(tile, medium) {
  const picture = tile.querySelector("img");
  const file = tile.querySelector("[data-file-tile]");
  if (medium.thumbnail) {
    picture.src = medium.thumbnail;
    file.remove();
  } else {
    picture.remove();
    file.replaceChildren(icon(TILES[medium.kind] ?? "file-text"));
  }
}

function move(composer, button) {
  const item = button.closest("[data-image]");
  const field = item.closest("[data-images]");
  const action = button.dataset.imageMove;
  if (action === "remove") return remove(composer, field, item);
  if (action === "up") item.previousElementSibling?.before(item);
  if (action === "down") item.nextElementSibling?.after(item);
  button.focus();
  composer.changed();
}

function remove(composer, field, item) {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  const after = item.previousElementSibling;
  (next?.querySelector("[data-image-move=remove]") ?? field.querySelector("input[type=file]")).focus();
  item.remove();
  say(field, t("removed"));
  composer.changed();
  undoToast(t("removed"), async () => {
    if (after?.isConnected) after.after(item);
    else field.querySelector(".image-list").prepend(item);
    composer.changed();
  });
}

function say(field, text) {
  field.querySelector("[data-image-status]").textContent = text;
}
