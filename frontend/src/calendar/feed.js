// What the server says about a range of days, kept until something changed; filters need no new request.

import { send } from "../lib/http.js";
import { toast } from "../lib/toasts.js";
import { t } from "../lib/texts.js";

export class Feed {
  constructor(settings, filters, received) {
    this.settings = settings;
    this.filters = filters;
    this.received = received;
    this.onChange = () => {};
    this.forget();
  }

  forget() {
    this.key = "";
  }

  async load({ start, end }, done, failed) {
    const key = `${start.toISOString()} ${end.toISOString()}`;
    try {
      if (key !== this.key) {
        const query = new URLSearchParams({ start: start.toISOString(), end: end.toISOString() });
        this.answer = await send("GET", `${this.settings.events}?${query}`);
        this.key = key;
      }
      this.received(this.answer);
      done(this.inputs());
    } catch (error) {
      failed(error);
      toast(`${t("load_failed")} ${error.message}`, { kind: "error", action: { label: t("try_again"), run: () => this.onChange() } });
    }
  }

  inputs() {
    const { entries, gaps } = this.answer;
    return [
      ...entries.filter((entry) => this.filters.lets(entry)).map((entry) => this.entry(entry)),
      ...gaps.filter((gap) => this.filters.letsGap(gap)).map((gap) => ({ id: `gap-${gap.channel}-${gap.start}`, start: gap.start, url: "#", startEditable: false, extendedProps: { gap, text: "~" } })),
    ];
  }

  entry(entry) {
    return {
      id: `${entry.post}-${entry.start}`,
      start: entry.start,
      title: entry.text,
      url: `/posts/${entry.post}`,
      startEditable: this.settings.mayEdit && entry.movable,
      extendedProps: entry,
    };
  }
}
