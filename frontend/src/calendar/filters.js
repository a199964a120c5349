// What is shown: by channel, status, campaign, category and words. Kept in the address.

const LISTS = ["channel", "status"];
const SINGLES = ["campaign", "category"];

export class Filters {
  constructor(page, place) {
    this.form = page.querySelector("[data-filters]");
    this.count = page.querySelector("[data-filter-count]");
    this.search = page.querySelector("[data-calendar-search]");
    this.onChange = () => {};
    this.place = place;
    this.fill(new URLSearchParams(location.search));
    this.read();
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("reset", () => setTimeout(() => this.changed()));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.search?.addEventListener("input", () => this.changed());
  }

  lets(entry) {
    const { channel, status, campaign, category, words } = this.wanted;
    if (channel.length && !entry.channels.some((id) => channel.includes(id))) return false;
    if (status.length && !status.includes(entry.byHand ? "assisted" : entry.status)) return false;
    if (campaign && entry.campaign !== campaign) return false;
    if (category && entry.category !== category) return false;
    return !words || entry.text.toLowerCase().includes(words);
  }

  letsGap(gap) {
    const { channel, status, campaign, category, words } = this.wanted;
    if (status.length || campaign || words) return false;
    return (!channel.length || channel.includes(gap.channel)) && (!category || gap.category === category);
  }

  changed() {
    this.read();
    this.place.set(Object.fromEntries([...LISTS, ...SINGLES].map((name) => [name, this.wanted[name]])));
    this.onChange();
  }

  read() {
    const values = new FormData(this.form);
    this.wanted = { words: this.search?.value.trim().toLowerCase() ?? "" };
    for (const name of LISTS) this.wanted[name] = values.getAll(name);
    for (const name of SINGLES) this.wanted[name] = values.get(name) ?? "";
    const count = this.wanted.channel.length + this.wanted.status.length + SINGLES.filter((name) => this.wanted[name]).length;
    this.count.textContent = String(count);
    this.count.hidden = count === 0;
  }

  fill(query) {
    for (const box of this.form.querySelectorAll("input[type=checkbox]")) box.checked = query.getAll(box.name).includes(box.value);
    for (const name of SINGLES) {
      const field = this.form.elements[name];
      if (field && query.get(name)) field.value = query.get(name);
    }
  }
}
