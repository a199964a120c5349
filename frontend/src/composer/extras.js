// Polls, threads, first comments, languages and mentions: offered only where a chosen channel can show them.

import { lengthOf } from "../lib/counting.js";
import { splitText } from "../lib/splitting.js";
import { t } from "../lib/texts.js";
import { toast, undoToast } from "../lib/toasts.js";
import { addRow } from "./rows.js";

const CAN = {
  poll: (rule) => Boolean(rule.poll),
  thread: (rule) => rule.thread > 0,
  first_comment: (rule) => rule.firstComment !== null,
  card: (rule) => rule.card,
  languages: (rule) => rule.languages,
  mentions: (rule) => rule.mentions === "id",
};

export function startExtras(composer) {
  const { form } = composer;
  composer.follow(() => {
    const chosen = composer.chosen();
    for (const [kind, can] of Object.entries(CAN)) offer(composer, kind, chosen, chosen.filter(can));
    form.querySelector("[data-extras]").hidden = Object.keys(CAN).every((kind) => chip(form, kind).hidden);
    showPoll(form, chosen.filter(CAN.poll));
    form.querySelector("[data-thread-split]").hidden = tooLong(composer).length === 0;
  });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "with" && target.checked) form.querySelector(`[data-extra="${target.value}"] :is(input, textarea):not([type=hidden], [type=checkbox])`)?.focus();
  });
  form.querySelector("[data-split]").addEventListener("click", () => split(composer));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mention-insert]");
    if (button) insert(composer, button.closest("[data-row]"));
  });
}

function chip(form, kind) {
  return form.querySelector(`[data-extra-chip="${kind}"]`);
}

// What is switched on stays in sight, whatever the channels: nothing typed is ever out of reach.
function offer(composer, kind, chosen, able) {
  const { form } = composer;
  chip(form, kind).hidden = able.length === 0 && !composer.has(kind);
  const note = form.querySelector(`[data-extra-note="${kind}"]`);
  note.hidden = able.length === 0 || able.length === chosen.length;
  note.textContent = note.hidden ? "" : t("extra_only", { names: able.map((rule) => rule.name).join(", ") });
}

function showPoll(form, rules) {
  const asks = rules.some((rule) => rule.poll.questionLimit);
  form.querySelector("[data-poll-question]").hidden = rules.length > 0 && !asks;
  form.querySelector("[data-poll-asks]").hidden = asks || rules.length === 0;
  const most = Math.min(...rules.map((rule) => rule.poll.options));
  form.querySelector("[data-row-add=option]").disabled = form.querySelectorAll("[name='poll.option']").length >= most;
  const taken = (hours) => rules.length === 0 || rules.every(({ poll }) => (poll.anyLength ? hours >= poll.hours[0] && hours <= poll.hours.at(-1) : poll.hours.includes(hours)));
  for (const option of form.elements["poll.hours"].options) option.hidden = !option.selected && !taken(Number(option.value));
}

function tooLong(composer) {
  return composer.chosen().filter((rule) => rule.thread && length(composer, rule, composer.textOf(rule.id)) > rule.limit);
}

function length(composer, rule, text) {
  return lengthOf(text, composer.link, composer.attachedTo(rule), rule);
}

// The long text stays for the others; the channels with threads get its first part as their own, and the rest follows.
function split(composer) {
  const { form } = composer;
  const rules = tooLong(composer);
  const strictest = rules.toSorted((one, other) => one.limit - other.limit)[0];
  const fits = (text, first) => (first ? length(composer, strictest, text) : lengthOf(text, "", 0, strictest)) <= strictest.limit;
  const [first, ...rest] = splitText(composer.textOf(strictest.id), fits);
  const own = rules.map((rule) => ({ box: form.elements[`variants.${rule.id}.own_text`], field: form.elements[`variants.${rule.id}.text`] }));
  const before = own.map(({ box, field }) => [box.checked, field.value]);
  for (const { box, field } of own) [box.checked, field.value] = [true, first];
  const empty = composer.parts().filter(({ text, media }) => !text.trim() && !media.length).map(({ row }) => row);
  const added = rest.map((text) => {
    const row = addRow(composer, "part");
    row.querySelector("[data-part-text]").value = text;
    return row;
  });
  const list = added[0].parentElement;
  list.prepend(...added);
  for (const row of empty) row.remove();
  composer.changed();
  undoToast(t("split_done", { count: rest.length + 1 }), async () => {
    for (const [index, { box, field }] of own.entries()) [box.checked, field.value] = before[index];
    for (const row of added) row.remove();
    list.prepend(...empty);
    composer.changed();
  });
}

// Where the person was typing last, in the text that is in sight.
function insert(composer, row) {
  const name = row.querySelector("[name='mention.name']");
  const words = name.value.trim().startsWith("@") ? name.value.trim() : `@${name.value.trim()}`;
  if (words === "@") return name.focus();
  name.value = words;
  const panel = composer.form.querySelector("[data-version]:not([hidden])");
  const own = panel.querySelector("[data-own=text]");
  const field = own && !own.checked ? composer.form.elements.text : panel.querySelector("textarea[data-text]");
  const at = field.selectionStart ?? field.value.length;
  const blank = at && !/\s/.test(field.value[at - 1]) ? " " : "";
  field.setRangeText(blank + words, at, field.selectionEnd ?? at, "end");
  composer.changed();
  toast(t("mention_inserted", { name: words }), { kind: "info" });
}
