// Words that explain themselves: <button data-term popovertarget>. Without us a press opens the meaning in the middle of
// the page. Here: it opens beside its word, and for a pointer or the keyboard as soon as one is there. It stays while
// the pointer is on it, and Esc closes it.

import { behave } from "./page.js";

const LEAVE_MS = 200;
const GAP = 6;
const EDGE = 8;

let pinned = false;
let leaving;

behave("[data-term]", (term) => {
  const meaning = document.getElementById(term.getAttribute("popovertarget"));
  if (!meaning?.showPopover) return;
  term.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(term, meaning));
  term.addEventListener("pointerleave", () => leave(meaning));
  term.addEventListener("focus", () => term.matches(":focus-visible") && show(term, meaning));
  term.addEventListener("blur", () => {
    pinned = false;
    leave(meaning);
  });
  term.addEventListener("click", (event) => {
    event.preventDefault();
    if (pinned && meaning.matches(":popover-open")) return meaning.hidePopover();
    show(term, meaning);
    pinned = true;
  });
});

behave(".term-meaning", (meaning) => {
  meaning.addEventListener("pointerenter", () => clearTimeout(leaving));
  meaning.addEventListener("pointerleave", () => leave(meaning));
  meaning.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed" && !document.querySelector(".term-meaning:popover-open")) pinned = false;
  });
});

function show(term, meaning) {
  clearTimeout(leaving);
  if (!meaning.matches(":popover-open")) meaning.showPopover();
  const { left, top, bottom } = term.getBoundingClientRect();
  const fits = bottom + GAP + meaning.offsetHeight <= innerHeight || top < meaning.offsetHeight + GAP;
  const most = document.documentElement.clientWidth - meaning.offsetWidth - EDGE;
  meaning.style.left = `${Math.max(EDGE, Math.min(left, most)) + scrollX}px`;
  meaning.style.top = `${(fits ? bottom + GAP : top - GAP - meaning.offsetHeight) + scrollY}px`;
}

function leave(meaning) {
  clearTimeout(leaving);
  leaving = setTimeout(() => pinned || meaning.hidePopover(), LEAVE_MS);
}
