// Roughly what a post will look like on each chosen channel.

import { lengthOf } from "../lib/counting.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";
import { linkCard, readCard } from "./preview/card.js";
import { element } from "./preview/elements.js";
import { files } from "./preview/files.js";

// After so many characters the network folds a post away.
const FOLDED = { linkedin: 210, facebook: 400, xing: 300 };
// Where a post is its pictures or its film, and the text stands under them.
const FILES_FIRST = new Set(["instagram", "pinterest", "snapchat"]);
const MARKED = ["https?:\\/\\/[^\\s]+", "(?<![\\p{L}\\p{N}&/])#[\\p{L}\\p{N}_]+"];
const HANDLE = "(?<![\\p{L}\\p{N}])@[\\p{L}\\p{N}_]+";

export function startPreviews(composer) {
  const place = document.querySelector("[data-previews]");
  composer.follow(() => {
    const chosen = composer.chosen();
    if (chosen.length) place.replaceChildren(...chosen.map((rule) => preview(composer, rule)));
    else place.replaceChildren(hint(t("no_channel")));
  });
}

function preview(composer, rule) {
  const text = composer.textOf(rule.id).trim();
  const media = composer.mediaOf(rule.id).filter(({ kind }) => rule.media[kind]);
  const poll = composer.pollFor(rule);
  const card = element("article", "preview");
  card.dataset.network = rule.network;
  card.setAttribute("aria-label", rule.name);
  card.append(head(rule));
  const title = rule.titleLimit ? composer.titleOf(rule.id) : "";
  if (title) card.append(element("p", "preview-title", title));
  const { line, box } = linked(composer, rule, text, media.length > 0, poll);
  const said = text || media.length || composer.link || poll ? [words(composer, text, rule), ...line] : [hint(t("nothing_typed"))];
  const shown = media.length ? files(media) : [];
  card.append(...(FILES_FIRST.has(rule.network) ? [...shown, ...said] : [...said, ...shown]));
  if (poll) card.append(pollBox(poll, rule));
  card.append(...box);
  card.append(...following(composer, rule));
  if (lengthOf(composer.textOf(rule.id), composer.link, composer.attachedTo(rule), rule) > rule.limit) card.dataset.over = "yes";
  return card;
}

// The link in the text (`line`), as a card (`box`), or both. A poll takes the card's place, but not that of a link in the
// text; where nobody can follow a link, there is none.
function linked(composer, rule, text, hasMedia, poll) {
  if (!composer.link || !rule.linkWorks) return { line: [], box: [] };
  const inText = rule.linkInText || (rule.linkInTextWithMedia && (hasMedia || poll));
  const hasCard = !poll && (!inText || (readCard(composer, rule) && !hasMedia));
  return { line: inText ? [linkLine(composer.link, text)] : [], box: hasCard ? [linkCard(composer, rule, hasMedia)] : [] };
}

function head(rule) {
  const line = element("header", "preview-head");
  line.append(face(rule), element("strong", "", rule.name), icon(rule.icon));
  return line;
}

function face(rule) {
  const made = element("span", "preview-face", initials(rule.name));
  made.setAttribute("aria-hidden", "true");
  return made;
}

function words(composer, text, rule) {
  const body = element("p", "preview-text");
  body.dir = "auto";
  const limit = FOLDED[rule.network];
  const folded = limit && text.length > limit + 20;
  const shown = folded ? `${text.slice(0, limit).replace(/\s+\S*$/, "")} ` : text;
  for (const [index, part] of shown.split(marks(composer, rule)).entries()) {
    body.append(index % 2 ? element("span", "preview-mark", part) : part);
  }
  if (folded) body.append(element("span", "preview-more", `… ${t("more")}`));
  return body;
}

// Links, hashtags, and what names accounts of this network: handles, or else the names that stand for one.
function marks(composer, rule) {
  const named = rule.mentions === "id" ? names(composer, rule) : [HANDLE];
  return new RegExp(`(${[...named, ...MARKED].join("|")})`, "gu");
}

// What is known to be no account stays plain.
function names(composer, rule) {
  const rows = composer.has("mentions") ? [...composer.form.querySelectorAll("[data-rows=mention] [data-row]")] : [];
  const meant = rows.filter((row) => row.querySelector("select").value === rule.network && !row.querySelector("[data-mention-found].field-error"));
  const written = meant.map((row) => row.querySelector("[name='mention.name']").value.trim()).filter(Boolean);
  return written.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}

function pollBox(poll, rule) {
  const box = element("div", "preview-poll");
  if (rule.poll.questionLimit && poll.question) box.append(element("p", "preview-poll-question", poll.question));
  const list = element("ul");
  for (const option of poll.options.slice(0, rule.poll.options)) list.append(element("li", "", option));
  box.append(list, element("p", "text-secondary small", `${t("poll_of")} · ${t("poll_left", { length: poll.hours })}`));
  return box;
}

// What stands under the post: the parts of its thread, then its first comment.
function following(composer, rule) {
  const parts = composer.partsFor(rule);
  const shown = parts.map(({ text, media }, index) => {
    const body = element("section", "preview-part");
    body.append(element("p", "text-secondary small", t("part_of", { number: index + 2, count: parts.length + 1 })), words(composer, text.trim(), rule), ...files(media));
    if (lengthOf(text, "", 0, rule) > rule.limit) body.dataset.over = "yes";
    return body;
  });
  const comment = composer.firstCommentOf(rule);
  if (comment) {
    const body = element("section", "preview-part preview-comment");
    body.append(element("p", "text-secondary small", t("comment_first")), words(composer, comment, rule));
    shown.push(body);
  }
  return shown;
}

function linkLine(link, text) {
  const line = element("p", "preview-text");
  if (!text.split(/\s+/).includes(link)) line.append(element("span", "preview-mark", link));
  return line;
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 2)).toUpperCase();
}

function hint(text) {
  return element("p", "text-secondary preview-hint", text);
}
