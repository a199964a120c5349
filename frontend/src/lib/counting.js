// Counting a text as the networks do. The cases in tests/shared/counting.json hold for this and for the server.

import { topLevelDomains } from "./domains.js";

// Code points that X counts as 1; all others count as 2 (twitter-text, configuration 3).
const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];

const EMOJI = new RegExp(
  [
    "\\p{RI}\\p{RI}", // flags
    "[0-9#*]\\uFE0F?\\u20E3", // keycaps
    // one picture, or several joined; a sign such as © counts as a picture only with the selector behind it
    "(?:PICTURE(?:\\u200D(?:PICTURE|[♀♂⚕⚖✈]\\uFE0F?))*)",
  ].join("|").replaceAll(
    "PICTURE",
    "(?:(?:[©®]\\uFE0F)|(?![©®0-9#*])\\p{Emoji}(?:\\p{EMod}|\\uFE0F\\u20E3?|(?!\\uFE0E))(?:[\\u{E0020}-\\u{E007E}]+\\u{E007F})?)",
  ),
  "gu",
);

// Hosts with http:// may hold any letters; bare ones are found among those of Latin script only.
const HOST = /(https?:\/\/)([\p{L}\p{N}_.-]+)|([a-z0-9\u00C0-\u024F_.-]*[a-z0-9\u00C0-\u024F]\.[a-z][a-z0-9.-]*)/giu;
const BEFORE = /[A-Za-z0-9@＠$#＃]$/;
const BEFORE_BARE = /[A-Za-z0-9@＠$#＃_./-]$/;
// A path holds brackets only in pairs, one pair within another at most, and ends with a letter, a figure or such a pair.
const LATIN = "\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u024F\\u0253\\u0254\\u0256\\u0257\\u0259\\u025B\\u0263\\u0268\\u026F\\u0272\\u0289\\u028B\\u02BB\\u0300-\\u036F\\u1E00-\\u1EFF";
const WORD = `a-z0-9\\u0400-\\u04FF${LATIN}`;
const INNER = `[${WORD}!*';:=+,.$/%#[\\]\\-\\u2013_~@|&]`;
const PAIR = `\\((?:${INNER}+|${INNER}*\\(${INNER}+\\)${INNER}*)\\)`;
const PATH = new RegExp(`/(?:${INNER}*(?:${PAIR}${INNER}*)*[${WORD}+\\-=_#/]|${PAIR})*`, "iuy");
const CASHTAG = /(?<!\S)\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?=$|\s|[!'#%&()*+,\-./:;<=>?@[\]^_{|}~$])/g;
const PORT = /:\d+/y;
const QUERY = /\?[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]*[a-z0-9\-_&=#/]/iy;

/** Unicode code points after NFC. */
export function plainLength(text) {
  return [...text.normalize("NFC")].length;
}

/** Bytes of UTF-8 after NFC. */
export function byteLength(text) {
  return new TextEncoder().encode(text.normalize("NFC")).length;
}

/** The `$WORDS` of a text, as X reads them. */
export function cashtags(text) {
  return text.match(CASHTAG) ?? [];
}

/** X's count: wide characters and emoji 2, a link `linkLength`, all else 1. */
export function weightedLength(text, linkLength = 23) {
  const whole = text.normalize("NFC");
  let weight = 0;
  let at = 0;
  for (const [start, end] of links(whole)) {
    weight += weigh(whole.slice(at, start)) + linkLength;
    at = end;
  }
  return weight + weigh(whole.slice(at));
}

/** What every network makes of a text before it counts. */
export function normalised(text) {
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").normalize("NFC").trim();
}

/** The text as a channel with these rules sends it: with the link in it where that is how it travels. `attached` counts
 *  what takes the place of a link's card: files, and a poll. */
export function composed(text, link, attached, rules) {
  const whole = normalised(text);
  const joins = rules.linkInText || (rules.linkInTextWithMedia && attached > 0);
  if (!link || !joins || whole.split(/\s+/).includes(link)) return whole;
  return whole ? `${whole} ${link}` : link;
}

/** How long a post is by the rules of a channel (see planner/web/posts/rules.py, `rules_of`). */
export function lengthOf(text, link, attached, rules) {
  const whole = composed(text, link, attached, rules);
  if (rules.counting === "weighted") return weightedLength(whole, rules.linkLength ?? 23);
  return rules.counting === "bytes" ? byteLength(whole) : plainLength(whole);
}

/** Where X finds links, as pairs of positions in the string. */
export function links(text) {
  if (!text.includes(".")) return [];
  const found = [];
  for (const match of text.matchAll(HOST)) {
    const [, protocol = "", secured, bare] = match;
    const before = text.slice(Math.max(0, match.index - 2), match.index);
    if ((protocol ? BEFORE : BEFORE_BARE).test(before)) continue;
    const host = hostIn(secured ?? bare);
    const end = match.index + protocol.length + host.length;
    if (!host || /^[0-9a-z@+-]/i.test(text.slice(end))) continue;
    // Without http:// no underscore belongs to it, and what follows the host only with a path.
    if (protocol) found.push([match.index, follow(text, end)]);
    else found.push([match.index + host.lastIndexOf("_") + 1, /^(?::\d+)?\//.test(text.slice(end)) ? follow(text, end) : end]);
  }
  return found;
}

// The longest beginning that ends with a top-level domain: "a.de.quux" holds "a.de".
function hostIn(candidate) {
  const labels = candidate.split(".");
  for (let count = labels.length; count > 1; count -= 1) {
    const last = labels[count - 1].match(/^[a-z0-9-]+/i)?.[0] ?? labels[count - 1];
    const known = topLevelDomains.has(last.toLowerCase()) || /^xn--/i.test(last);
    const domain = labels[count - 2];
    const named = labels.slice(0, count - 1).every((label) => /^[^_-](?:.*[^_-])?$/u.test(label)) && !domain.includes("_");
    if (known && named) return [...labels.slice(0, count - 1), last].join(".");
  }
  return "";
}

// Port, path and query belong to the link.
function follow(text, start) {
  let end = start;
  for (const part of [PORT, PATH, QUERY]) {
    part.lastIndex = end;
    const match = part.exec(text);
    if (match) end += match[0].length;
  }
  return end;
}

function weigh(text) {
  let weight = 0;
  let rest = "";
  let at = 0;
  for (const match of text.matchAll(EMOJI)) {
    rest += text.slice(at, match.index);
    weight += 2;
    at = match.index + match[0].length;
  }
  for (const sign of rest + text.slice(at)) {
    const point = sign.codePointAt(0);
    weight += LIGHT.some(([low, high]) => point >= low && point <= high) ? 1 : 2;
  }
  return weight;
}
