// Gives behaviour to elements: those of the page, and those that arrive later.

const behaviours = [];
const done = new WeakMap();

/** Calls `start(element)` once for every element that fits `selector`, now and whenever one arrives. */
export function behave(selector, start) {
  behaviours.push([selector, start]);
  if (document.readyState !== "loading") run(document, selector, start);
}

/** Looks for new elements under `root`; htmx's arrivals are looked at without being asked. */
export function scan(root = document) {
  for (const [selector, start] of behaviours) run(root, selector, start);
}

/** Listens on the whole document for `type` at elements that fit `selector`: `handle(event, element)`. */
export function listen(type, selector, handle) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) handle(event, element);
  });
}

/** The value of a `<meta name>`; "" where there is none. */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

/** What a `<script type="application/json" id>` holds; `fallback` where there is none. */
export function data(id, fallback = null) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : fallback;
}

function run(root, selector, start) {
  for (const element of root.querySelectorAll(selector)) {
    const started = done.get(element) ?? new Set();
    if (started.has(start)) continue;
    done.set(element, started.add(start));
    start(element);
  }
}

document.addEventListener("DOMContentLoaded", () => scan());
document.addEventListener("htmx:after:swap", () => scan());
