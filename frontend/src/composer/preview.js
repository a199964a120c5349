// Roughly what a post will look like on each chosen channel.

import { lengthOf } from "../lib/counting.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";

// After so many characters the network folds a post away.
const FOLDED = { linkedin: 210, facebook: 400, xing: 300 };
const MARKED = /(https?:\/\/[^\s]+|(?<![\p{L}\p{N}&/])#[\p{L}\p{N}_]+|(?<![\p{L}\p{N}])@[\p{L}\p{N}_]+)/gu;

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
  const images = composer.imagesOf(rule.id);
  const card = element("article", "preview");
  card.dataset.network = rule.network;
  card.setAttribute("aria-label", rule.name);
  const head = element("header", "preview-head");
  const face = element("span", "preview-face", initials(rule.name));
  face.setAttribute("aria-hidden", "true");
  head.append(face, element("strong", "", rule.name), icon(rule.icon));
  card.append(head);
  const title = rule.titleLimit ? composer.titleOf(rule.id) : "";
  if (title) card.append(element("p", "preview-title", title));
  card.append(text || images.length || composer.link ? words(text, rule) : hint(t("nothing_typed")));
  if (images.length) card.append(pictures(images));
  const inText = rule.linkInText || (rule.linkInTextWithMedia && images.length > 0);
  if (composer.link) card.append(inText ? linkLine(composer.link, text) : linkCard(composer.link));
  if (lengthOf(composer.textOf(rule.id), composer.link, images.length, rule) > rule.limit) card.dataset.over = "yes";
  return card;
}

function words(text, rule) {
  const body = element("p", "preview-text");
  body.dir = "auto";
  const limit = FOLDED[rule.network];
  const folded = limit && text.length > limit + 20;
  const shown = folded ? `${text.slice(0, limit).replace(/\s+\S*$/, "")} ` : text;
  for (const [index, part] of shown.split(MARKED).entries()) {
    body.append(index % 2 ? element("span", "preview-mark", part) : part);
  }
  if (folded) body.append(element("span", "preview-more", `… ${t("more")}`));
  return body;
}

function pictures(images) {
  const grid = element("div", "preview-images");
  grid.dataset.count = String(Math.min(images.length, 4));
  for (const [index, image] of images.slice(0, 4).entries()) {
    const picture = element("img");
    picture.src = image.thumbnail;
    picture.alt = image.alt || t("image_of", { number: index + 1, count: images.length });
    grid.append(picture);
  }
  if (images.length > 4) grid.append(element("span", "preview-rest", `+${images.length - 4}`));
  return grid;
}

function linkCard(link) {
  const card = element("div", "preview-link");
  const { host, path } = parts(link);
  card.append(element("span", "preview-host", host), element("span", "preview-path", path));
  return card;
}

function linkLine(link, text) {
  const line = element("p", "preview-text");
  if (!text.split(/\s+/).includes(link)) line.append(element("span", "preview-mark", link));
  return line;
}

function parts(link) {
  try {
    const url = new URL(link);
    return { host: url.host.replace(/^www\./, ""), path: decodeURI(url.pathname === "/" ? "" : url.pathname) };
  } catch {
    return { host: link, path: "" };
  }
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 2)).toUpperCase();
}

function hint(text) {
  return element("p", "text-secondary preview-hint", text);
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
