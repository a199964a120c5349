// Files in a preview: images and GIFs as a grid, a video with its length, a document as the first page to turn.

import { icon } from "../../lib/icons.js";
import { t } from "../../lib/texts.js";
import { element } from "./elements.js";

/** Elements for the files of one post. */
export function files(media) {
  const pictures = media.filter(({ kind }) => kind === "image" || kind === "gif");
  const others = media.filter(({ kind }) => kind === "video" || kind === "document");
  return [...(pictures.length ? [grid(pictures)] : []), ...others.map((one) => (one.kind === "video" ? video(one) : pages(one)))];
}

function grid(pictures) {
  const made = element("div", "preview-images");
  made.dataset.count = String(Math.min(pictures.length, 4));
  for (const [index, one] of pictures.slice(0, 4).entries()) {
    const picture = element("img");
    picture.src = one.thumbnail;
    picture.alt = one.alt || t("image_of", { number: index + 1, count: pictures.length });
    made.append(picture);
  }
  if (pictures.length > 4) made.append(element("span", "preview-rest", `+${pictures.length - 4}`));
  if (pictures[0].kind === "gif") made.append(element("span", "preview-rest", "GIF"));
  return made;
}

// The video itself can be played; nothing of it is loaded before.
function video(one) {
  const made = element("figure", "preview-video");
  const player = element("video");
  Object.assign(player, { controls: true, preload: "none", src: one.url });
  if (one.thumbnail) player.poster = one.thumbnail;
  player.style.aspectRatio = `${one.width} / ${one.height}`;
  player.setAttribute("aria-label", one.title || one.name);
  made.append(player);
  if (one.title) made.append(element("figcaption", "preview-file-title", one.title));
  return made;
}

function pages(one) {
  const made = element("figure", "preview-document");
  const page = element("div", "preview-page");
  page.append(icon("file-text"), element("span", "preview-file-title", one.title || one.name));
  made.append(page);
  if (one.pages) made.append(element("figcaption", "text-secondary small", t("pages_of", { count: one.pages })));
  return made;
}
