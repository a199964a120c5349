// An icon of the sprite as an element; see frontend/icons.txt for the names.

import { meta } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";

/** `icon("check")` is silent to screen readers; `icon("check", "Done")` says its label. */
export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${meta("icons")}#${name}`);
  svg.append(use);
  return svg;
}
