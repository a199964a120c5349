// How long each version is, by the rules of its network; so too the parts of a thread, first comments and polls.

import { cashtags, lengthOf, plainLength } from "../lib/counting.js";
import { number } from "../lib/formats.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";

export function startCounters(composer) {
  const { form } = composer;
  const texts = [...form.querySelectorAll("[data-counters]")];
  const comments = [...form.querySelectorAll("[data-comment-counters]")];
  composer.follow(() => {
    const chosen = composer.chosen();
    for (const place of texts) fill(place, meant(composer, chosen, place.dataset.counters, "text").flatMap((rule) => textCounters(composer.textOf(rule.id), composer.link, composer.attachedTo(rule), rule)));
    for (const place of comments) fill(place, meant(composer, chosen.filter((rule) => rule.firstComment), place.dataset.commentCounters, "first_comment").map((rule) => commentCounter(composer, rule)));
    countParts(composer, chosen.filter((rule) => rule.thread));
    countPoll(composer, chosen.filter((rule) => rule.poll));
  });
}

/** A counter of `count` against `limit` for a channel; `tooMany` is what it says over the limit. */
export function counter(rule, count, limit, tooMany = "count_over") {
  const over = count - limit;
  const element = document.createElement("span");
  element.className = "counter";
  element.dataset.counter = rule.id;
  element.dataset.tone = over > 0 ? "danger" : over > -limit * 0.1 ? "warning" : "neutral";
  const values = { name: rule.name, count: number(count), limit: number(limit), over: number(over) };
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.textContent = t(over > 0 ? tooMany : "count_left", values);
  const shown = document.createElement("span");
  shown.setAttribute("aria-hidden", "true");
  shown.textContent = `${tooMany === "cashtags_over" ? "$ " : ""}${values.count} / ${values.limit}`;
  element.title = said.textContent;
  element.append(icon(over > 0 ? "alert-triangle" : rule.icon), said, shown);
  return element;
}

// The channels that a field stands for: its own, or all that have none of their own.
function meant(composer, chosen, id, part) {
  return id === "base" ? chosen.filter((rule) => !composer.hasOwn(rule.id, part)) : chosen.filter((rule) => rule.id === id);
}

// Cashtags are counted where there are more than the network takes.
function textCounters(text, link, attached, rule) {
  const shown = [counter(rule, lengthOf(text, link, attached, rule), rule.limit)];
  const count = cashtags(text).length;
  if (rule.cashtags !== null && count > rule.cashtags) shown.push(counter(rule, count, rule.cashtags, "cashtags_over"));
  return shown;
}

function commentCounter(composer, rule) {
  return counter(rule, plainLength(composer.firstCommentOf(rule)), rule.firstComment);
}

function countParts(composer, rules) {
  for (const { row, text } of composer.parts()) {
    fill(row.querySelector("[data-part-counters]"), rules.flatMap((rule) => textCounters(text, "", 0, rule)));
  }
}

// A row has room for one figure: that of the channel that takes least.
function countPoll(composer, rules) {
  const strict = rules.toSorted((one, other) => one.poll.optionLimit - other.poll.optionLimit)[0];
  for (const input of composer.form.querySelectorAll("[name='poll.option']")) {
    const place = input.closest("[data-row]").querySelector("[data-row-count]");
    fill(place, strict ? [counter(strict, plainLength(input.value.trim()), strict.poll.optionLimit)] : []);
  }
  const asking = rules.filter((rule) => rule.poll.questionLimit);
  const question = plainLength(composer.form.elements["poll.question"].value.trim());
  fill(composer.form.querySelector("[data-poll-counters]"), asking.map((rule) => counter(rule, question, rule.poll.questionLimit)));
}

function fill(place, counters) {
  place.replaceChildren(...counters);
}
