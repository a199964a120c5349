// What the form holds, as the other parts of the composer ask for it. The form itself is the only store.

import { data } from "../lib/page.js";

export class Composer extends EventTarget {
  constructor(form) {
    super();
    this.form = form;
    this.rules = data("channel-rules", []);
    this.images = data("composer-images", {});
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
  }

  /** Tells everyone that something was typed, chosen or moved. */
  changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** Calls `run` now and after every change. */
  follow(run) {
    this.addEventListener("change", run);
    run();
  }

  /** The rules of the chosen channels, in the order of the form. */
  chosen() {
    const boxes = [...this.form.querySelectorAll("[data-channel-box]")];
    const ids = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    return this.rules.filter((rule) => ids.has(rule.id));
  }

  /** Whether a channel has a text (or images) of its own. */
  hasOwn(id, part) {
    return Boolean(this.form.elements[`variants.${id}.own_${part}`]?.checked);
  }

  /** The text that a channel gets; "base" is the one for all. */
  textOf(id) {
    const own = id !== "base" && this.hasOwn(id, "text");
    return this.form.elements[own ? `variants.${id}.text` : "text"].value;
  }

  /** The title that a channel shows: its own, else the first line of its text. */
  titleOf(id) {
    const own = this.form.elements[`variants.${id}.title`]?.value.trim();
    return own || (this.textOf(id).split("\n").find((line) => line.trim()) ?? "").trim();
  }

  /** The images that a channel gets, in order: `{id, thumbnail, url, alt, name, width, height}`. */
  imagesOf(id) {
    const own = id !== "base" && this.hasOwn(id, "media");
    return this.imageIds(own ? id : "base").map((key) => ({ ...this.images[key], alt: this.altOf(key) }));
  }

  /** The ids in one list of images. */
  imageIds(list) {
    return [...this.form.querySelectorAll(`[data-images="${list}"] [data-image]`)].map((item) => item.dataset.image);
  }

  altOf(id) {
    return this.form.querySelector(`[name="alt.${id}"]`)?.value ?? this.images[id]?.alt ?? "";
  }

  get link() {
    return this.form.elements.link.value.trim();
  }

  get when() {
    return this.form.elements.when.value;
  }

  /** Everything but files and the token, as pairs: what is checked and kept. */
  entries() {
    const skipped = /^(csrf_token|upload(\.|$)|button$|action$)/;
    return [...new FormData(this.form)].filter(([name, value]) => !skipped.test(name) && typeof value === "string");
  }
}
