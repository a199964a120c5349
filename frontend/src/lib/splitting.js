// A long text in parts that each fit: at the end of a paragraph or a sentence, else between words. Nothing is lost but
// the blanks at the seams. The cases in tests/shared/splitting.json hold.

/** The parts of `text`; `fits(part, first)` says whether one may stand. A single word that never fits is cut. */
export function splitText(text, fits) {
  const parts = [];
  let rest = text.trim();
  while (rest) {
    const first = parts.length === 0;
    if (fits(rest, first)) return [...parts, rest];
    const at = seam(rest, (part) => fits(part, first));
    parts.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  return parts;
}

// The last place in the longest beginning that fits where a paragraph ends, else a sentence, else a word; a paragraph
// or a sentence only where it leaves a part that is not too short.
function seam(text, fits) {
  const longest = longestThatFits(text, fits);
  const begin = text.slice(0, longest);
  const whole = /\s/.test(text[longest] ?? "") ? longest : 0;
  const ends = [lastOf(begin, /\n\s*\n/g), Math.max(lastOf(begin, /[.!?…:][)"»“”]?(?=\s)/g), /[.!?…:][)"»“”]?$/.test(begin) ? whole : 0)];
  for (const end of ends) if (end > longest / 3) return end;
  return Math.max(whole, lastOf(begin, /\s+/g)) || longest;
}

function longestThatFits(text, fits) {
  const ends = [...new Intl.Segmenter().segment(text)].map(({ index, segment }) => index + segment.length);
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(text.slice(0, ends[middle]).trim())) low = middle;
    else high = middle - 1;
  }
  return ends[low];
}

function lastOf(text, pattern) {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}
