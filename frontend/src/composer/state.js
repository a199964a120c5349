// What the form holds, as the other parts of the composer ask for it. The form itself is the only store.

import { data } from "../lib/page.js";

export class Composer extends EventTarget {
  constructor(form) {
    super();
    this.form = form;
    this.rules = data("channel-rules", []);
    this.media = data("composer-media", {});
    this.maxUpload = Number(form.dataset.maxUpload);
    this.uploading = 0;
    // What the page behind the link says, once it was read: {title, description, picture: {url, thumbnail} or null}.
    this.page = null;
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

  /** Whether a channel has a text, files or a first comment of its own. */
  hasOwn(id, part) {
    return Boolean(this.form.elements[`variants.${id}.own_${part}`]?.checked);
  }

  /** The text that a channel gets; "base" is the one for all. */
  textOf(id) {
    return this.#field(id, "text").value;
  }

  /** The first comment that a channel gets, "" where it gets none. */
  firstCommentOf(rule) {
    if (rule.firstComment === null || !this.has("first_comment")) return "";
    return this.#field(rule.id, "first_comment").value.trim();
  }

  /** The title that a channel shows: its own, else the first line of its text. */
  titleOf(id) {
    const own = this.form.elements[`variants.${id}.title`]?.value.trim();
    return own || (this.textOf(id).split("\n").find((line) => line.trim()) ?? "").trim();
  }

  /** The files that a channel gets, in order, as the server shows them, with what is typed about each. */
  mediaOf(id) {
    return this.mediaIn(id !== "base" && this.hasOwn(id, "media") ? id : "base");
  }

  /** How much a channel's post has attached, so that a link has no card of its own: files, and a poll. */
  attachedTo(rule) {
    return this.mediaOf(rule.id).length + (this.pollFor(rule) ? 1 : 0);
  }

  /** The files of one list: "base", a channel's id, or "part" and the key of a thread's part. */
  mediaIn(list) {
    const ids = [...this.form.querySelectorAll(`[data-images="${list}"] [data-image]`)].map((item) => item.dataset.image);
    return ids.map((id) => ({ ...this.media[id], alt: this.#saidOf("alt", id), title: this.#saidOf("title", id) }));
  }

  /** Whether a poll, a thread, … is switched on. */
  has(kind) {
    return this.form.querySelector(`[name=with][value="${kind}"]`).checked;
  }

  /** The poll as it is typed, for a channel that shows one; null without. */
  pollFor(rule) {
    if (!rule.poll || !this.has("poll")) return null;
    const { elements } = this.form;
    const options = [...this.form.querySelectorAll("[name='poll.option']")].map((input) => input.value.trim());
    return { question: elements["poll.question"].value.trim(), options: options.filter(Boolean), hours: elements["poll.hours"].selectedOptions[0]?.textContent.trim() ?? "" };
  }

  /** What follows a channel's post, as `{text, media}`; empty rows are left out. */
  partsFor(rule) {
    if (!rule.thread || !this.has("thread")) return [];
    return this.parts().filter(({ text, media }) => text.trim() || media.length);
  }

  /** All rows of the thread. */
  parts() {
    return [...this.form.querySelectorAll("[data-part]")].map((row) => ({
      row,
      text: row.querySelector("[data-part-text]").value,
      media: this.mediaIn(`part${row.dataset.part}`),
    }));
  }

  /** The card of the link as it is typed, for a network that takes ours; `picture` as an address. */
  get ownCard() {
    const { elements } = this.form;
    if (!this.has("card")) return { title: "", description: "", picture: null };
    const taken = elements.page_picture.checked ? this.page?.picture?.thumbnail : this.mediaIn("card")[0]?.thumbnail;
    return { title: elements.card_title.value.trim(), description: elements.card_description.value.trim(), picture: taken ?? null };
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

  #field(id, part) {
    const own = id !== "base" && this.hasOwn(id, part);
    return this.form.elements[own ? `variants.${id}.${part}` : part];
  }

  #saidOf(what, id) {
    return this.form.querySelector(`[name="${what}.${id}"]`)?.value ?? this.media[id]?.[what] ?? "";
  }
}
