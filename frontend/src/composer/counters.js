// How long each version is, by the rules of its network.

import { lengthOf } from "../lib/counting.js";
import { number } from "../lib/formats.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";

export function startCounters(composer) {
  const places = [...composer.form.querySelectorAll("[data-counters]")];
  composer.follow(() => {
    const chosen = composer.chosen();
    for (const place of places) {
      const id = place.dataset.counters;
      const shown = id === "base" ? chosen.filter((rule) => !composer.hasOwn(rule.id, "text")) : chosen.filter((rule) => rule.id === id);
      place.replaceChildren(...shown.map((rule) => counter(composer, rule)));
    }
  });
}

function counter(composer, rule) {
  const count = lengthOf(composer.textOf(rule.id), composer.link, composer.imagesOf(rule.id).length, rule);
  const over = count - rule.limit;
  const element = document.createElement("span");
  element.className = "counter";
  element.dataset.counter = rule.id;
  element.dataset.tone = over > 0 ? "danger" : over > -rule.limit * 0.1 ? "warning" : "neutral";
  const values = { name: rule.name, count: number(count), limit: number(rule.limit), over: number(over) };
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.textContent = t(over > 0 ? "count_over" : "count_left", values);
  const shown = document.createElement("span");
  shown.setAttribute("aria-hidden", "true");
  shown.textContent = `${values.count} / ${values.limit}`;
  element.title = said.textContent;
  element.append(icon(over > 0 ? "alert-triangle" : rule.icon), said, shown);
  return element;
}
