// Images: uploaded as soon as they are chosen or dropped, put in order and removed by buttons.

import { send } from "../lib/http.js";
import { t } from "../lib/texts.js";

export function startImages(composer) {
  for (const field of composer.form.querySelectorAll("[data-images]")) startField(composer, field);
  composer.form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-image-move]");
    if (!button) return;
    event.preventDefault();
    moveImage(composer, button);
  });
  composer.form.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-alt]")) return;
    for (const twin of composer.form.querySelectorAll(`[name="${target.name}"]`)) if (twin !== target) twin.value = target.value;
  });
}

/** Puts an image that is stored already into a list. */
export function addImage(composer, list, image) {
  const field = composer.form.querySelector(`[data-images="${list}"]`);
  const items = field.querySelector(".image-list");
  if (items.querySelector(`[data-image="${image.id}"]`)) return;
  composer.images[image.id] = image;
  items.append(makeItem(list, field.dataset.name, image));
}

function startField(composer, field) {
  const input = field.querySelector("input[type=file]");
  const drop = field.querySelector("[data-drop]");
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    await takeAll(composer, field, files);
  });
  field.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    drop.dataset.over = "yes";
  });
  field.addEventListener("dragleave", (event) => {
    if (!field.contains(event.relatedTarget)) delete drop.dataset.over;
  });
  field.addEventListener("drop", async (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    delete drop.dataset.over;
    await takeAll(composer, field, [...event.dataTransfer.files]);
  });
  // A picture dropped beside the field must not replace the page.
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
}

async function takeAll(composer, field, files) {
  const problems = [];
  for (const file of files) {
    say(field, t("uploading", { name: file.name }));
    try {
      addImage(composer, field.dataset.images, await upload(composer, file));
      say(field, t("uploaded", { name: file.name }));
    } catch (error) {
      problems.push(`${file.name}: ${error.fields?.file ?? error.message}`);
    }
    composer.changed();
  }
  const place = field.querySelector("[data-image-error]");
  place.textContent = problems.join(" ");
  place.hidden = problems.length === 0;
}

function upload(composer, file) {
  const body = new FormData();
  body.append("file", file);
  return send("POST", composer.form.dataset.upload, body);
}

function makeItem(list, name, image) {
  const item = document.getElementById("image-item").content.firstElementChild.cloneNode(true);
  item.dataset.image = image.id;
  Object.assign(item.querySelector("input[type=hidden]"), { name, value: image.id });
  item.querySelector("img").src = image.thumbnail;
  const alt = item.querySelector("[data-alt]");
  Object.assign(alt, { id: `alt-${list}-${image.id}`, name: `alt.${image.id}`, value: image.alt });
  item.querySelector("label").htmlFor = alt.id;
  item.querySelector(".image-name").textContent = image.name;
  for (const button of item.querySelectorAll("[data-image-move]")) button.value = `${button.dataset.imageMove}:${list}:${image.id}`;
  return item;
}

function moveImage(composer, button) {
  const item = button.closest("[data-image]");
  const field = item.closest("[data-images]");
  const action = button.dataset.imageMove;
  if (action === "up") item.previousElementSibling?.before(item);
  if (action === "down") item.nextElementSibling?.after(item);
  if (action === "remove") {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    (next?.querySelector("[data-image-move=remove]") ?? field.querySelector("input[type=file]")).focus();
    item.remove();
    say(field, t("removed"));
  } else {
    button.focus();
  }
  composer.changed();
}

function say(field, text) {
  field.querySelector("[data-image-status]").textContent = text;
}
