// The card of the link: the page is read while somebody types. What it says stands in the previews, and in the fields
// for the networks that read no page by themselves. What a person wrote there is never overwritten unasked.

import { send } from "../lib/http.js";
import { t } from "../lib/texts.js";
import { undoToast } from "../lib/toasts.js";

const PAUSE = 700;
const TEXTS = ["title", "description"];

export function startCard(composer) {
  const card = new Card(composer);
  composer.form.querySelector("[data-card-read]").addEventListener("click", (event) => {
    event.preventDefault();
    card.readAgain();
  });
  composer.form.addEventListener("change", ({ target }) => {
    if (target.name === "with" && target.value === "card") card.switched(target.checked);
  });
  composer.follow(() => card.follow());
}

class Card {
  constructor(composer) {
    const { form } = composer;
    this.composer = composer;
    this.box = form.querySelector("[name=with][value=card]");
    this.picture = form.elements.page_picture;
    this.status = form.querySelector("[data-card-status]");
    this.fields = Object.fromEntries(TEXTS.map((name) => [name, form.elements[`card_${name}`]]));
    // What the fields were filled with: where it still stands there, nobody has changed it.
    this.filled = { title: null, description: null };
    this.link = "";
    // A stored post, or one that came back with an error, stays as it is until its link is changed.
    this.keeps = Boolean(composer.link) && ("post" in form.dataset || "again" in form.dataset);
    this.replaces = false;
    this.wanted = false;
    this.declined = false;
  }

  follow() {
    const { composer } = this;
    if (composer.link !== this.link) this.changed(composer.link);
    if (this.wanted && !this.declined && this.isTaken()) this.fill();
    const found = composer.page?.picture;
    this.composer.form.querySelector("[data-card-found]").hidden = !found && !this.picture.checked;
    composer.form.querySelector("[data-images=card]").hidden = this.picture.checked;
  }

  changed(link) {
    if (this.link) this.leave();
    this.link = link;
    this.declined = false;
    clearTimeout(this.timer);
    this.request?.abort();
    if (isWhole(link)) this.timer = setTimeout(() => this.read(), PAUSE);
    else if (!link) this.arrived({});
  }

  // What the page before said is not kept for another one.
  leave() {
    const { title } = this.fields;
    this.replaces ||= Boolean(title.value) && title.value === this.filled.title;
    for (const name of TEXTS) if (this.fields[name].value === this.filled[name]) this.fields[name].value = "";
    this.picture.checked = false;
    this.composer.page = null;
    this.keeps = false;
  }

  switched(on) {
    this.declined = !on;
    this.wanted ||= on && Boolean(this.composer.page) && !this.fields.title.value;
    this.composer.changed();
  }

  async readAgain() {
    clearTimeout(this.timer);
    if (!isWhole(this.composer.link)) return this.composer.form.elements.link.focus();
    const before = TEXTS.map((name) => this.fields[name].value);
    if (!(await this.read())) return;
    this.put({ anyway: true });
    this.composer.changed();
    if (TEXTS.every((name, index) => !before[index] || this.fields[name].value === before[index])) return;
    undoToast(t("card_read_anew"), async () => {
      for (const [index, name] of TEXTS.entries()) this.fields[name].value = before[index];
      this.composer.changed();
    });
  }

  // Returns whether the page says anything.
  async read() {
    this.request?.abort();
    this.request = new AbortController();
    this.status.textContent = t("card_reading");
    const form = new FormData();
    form.append("link", this.link);
    try {
      this.arrived(await send("POST", this.composer.form.dataset.linkCard, form, { signal: this.request.signal }));
    } catch (error) {
      if (error.name === "AbortError") return false;
      this.arrived({ problem: error.message });
    }
    return Boolean(this.composer.page);
  }

  arrived({ title = "", description = "", picture = null, problem = "" }) {
    const { composer } = this;
    composer.page = title || description || picture ? { title, description, picture } : null;
    this.tell(problem);
    if (this.keeps) this.recognise();
    else this.wanted = true;
    this.keeps = false;
    if (this.wanted && !composer.page) this.put({});
    composer.changed();
  }

  tell(problem) {
    const { page } = this.composer;
    const says = page ? t("card_read", { title: page.title || page.description }) : this.link ? t("card_says_nothing") : "";
    const words = problem && this.isTaken() && !page ? `${problem} ${t("card_by_hand")}` : problem;
    this.status.textContent = words || says;
  }

  // Which of the fields of a stored post say what the page says.
  recognise() {
    for (const name of TEXTS) this.filled[name] = this.composer.page?.[name] ?? null;
    this.show({ checked: this.picture.checked && this.picture.value === this.composer.page?.picture?.url });
  }

  fill() {
    if (!this.composer.page) return;
    this.box.checked = true;
    this.put({});
    this.wanted = false;
    this.composer.changed();
  }

  put({ anyway = false }) {
    const { page } = this.composer;
    for (const name of TEXTS) {
      const field = this.fields[name];
      if (anyway || !field.value || field.value === this.filled[name]) field.value = page?.[name] ?? "";
      this.filled[name] = page?.[name] ?? null;
    }
    this.show({ checked: this.replaces || this.composer.mediaIn("card").length === 0 });
    this.replaces = false;
  }

  show({ checked }) {
    const found = this.composer.page?.picture;
    const thumbnail = this.composer.form.querySelector("[data-card-thumbnail]");
    this.picture.value = found?.url ?? "";
    this.picture.checked = Boolean(found) && checked;
    thumbnail.hidden = !found;
    if (found) thumbnail.src = found.thumbnail;
  }

  // Whether a chosen channel shows a card of ours; files and a poll take its place.
  isTaken() {
    const { composer } = this;
    return composer.chosen().some((rule) => rule.card && !composer.mediaOf(rule.id).length && !composer.pollFor(rule));
  }
}

function isWhole(link) {
  try {
    const { protocol, hostname } = new URL(link);
    return /^https?:$/.test(protocol) && /[^.]\.[^.]+$|^localhost$/.test(hostname);
  } catch {
    return false;
  }
}
