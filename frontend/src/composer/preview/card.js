// The card of a link: ours where the network takes one, else what the page itself says.

import { element } from "./elements.js";

/** What the page says, for a network that reads it by itself; null where it does not, or the page says nothing. */
export function readCard(composer, rule) {
  const { page } = composer;
  return rule.readsPage && page && (page.title || page.picture) ? { ...page, picture: page.picture?.thumbnail ?? null } : null;
}

/** The card as a channel shows it. Without a title there is the address. */
export function linkCard(composer, rule, hasMedia) {
  const shown = (rule.card ? composer.ownCard : readCard(composer, rule)) ?? { title: "", description: "", picture: null };
  const card = element("div", "preview-link");
  if (shown.picture) {
    const picture = element("img", "preview-link-picture");
    Object.assign(picture, { src: shown.picture, alt: "" });
    card.append(picture);
  }
  const words = element("div", "preview-link-words");
  const { host, path } = parts(composer.link);
  if (shown.title) words.append(element("span", "preview-link-title", shown.title));
  if (shown.description) words.append(element("span", "preview-link-description", shown.description));
  words.append(element("span", "preview-host", host));
  if (!shown.title) words.append(element("span", "preview-path", path));
  for (const part of words.children) part.dir = "auto";
  card.append(words);
  if (hasMedia) card.dataset.under = "media";
  if (shown.title) card.dataset.filled = "yes";
  return card;
}

function parts(link) {
  try {
    const url = new URL(link);
    return { host: url.host.replace(/^www\./, ""), path: decodeURI(url.pathname === "/" ? "" : url.pathname) };
  } catch {
    return { host: link, path: "" };
  }
}
