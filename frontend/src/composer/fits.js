// Files that a channel does not take as they are: a copy that fits, for that channel alone. A video takes a while; how
// far it is is asked for, and whoever leaves finds it again.

import { send } from "../lib/http.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";
import { toast, undoToast } from "../lib/toasts.js";
import { setMedia } from "./media.js";

const EVERY = 1500;
const following = new Map();

export function startFits(composer) {
  composer.form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fit]");
    if (button) make(composer, button);
  });
}

/** Shows what the server offers: `{key, list, channel, media, text, label, url, conversion}` each; some only say something. */
export function showOffers(composer, offers) {
  composer.offers = offers;
  for (const place of composer.form.querySelectorAll("[data-fits]")) {
    const wanted = offers.filter(({ list }) => list === place.dataset.fits);
    // A list that stands as it is keeps the button that has the focus.
    const same = JSON.stringify(wanted);
    if (place.dataset.shown === same) continue;
    place.dataset.shown = same;
    place.replaceChildren(...wanted.map((offer) => line(offer)));
    for (const offer of wanted) if (goesOn(offer.conversion)) follow(composer, offer, offer.conversion);
  }
}

function line(offer) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = offer.text;
  item.append(icon("alert-triangle"), words);
  if (offer.label) item.append(button(offer));
  const state = document.createElement("span");
  state.className = "fit-state";
  state.setAttribute("role", "status");
  item.dataset.offer = offer.key;
  item.append(state);
  if (goesOn(offer.conversion)) showState(item, offer.conversion);
  return item;
}

function button(offer) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.dataset.fit = offer.key;
  made.textContent = offer.label;
  made.hidden = goesOn(offer.conversion);
  return made;
}

async function make(composer, pressed) {
  const offer = composer.offers.find(({ key }) => key === pressed.dataset.fit);
  pressed.disabled = true;
  try {
    const body = new FormData();
    body.append("channel", offer.channel);
    const answer = await send("POST", offer.url, body);
    if (answer.medium) return use(composer, offer, answer.medium);
    pressed.hidden = true;
    follow(composer, offer, answer);
  } catch (error) {
    toast(error.message, { kind: "error" });
  } finally {
    pressed.disabled = false;
  }
}

function follow(composer, offer, conversion) {
  if (following.has(offer.key)) return;
  const look = async () => {
    const item = composer.form.querySelector(`[data-offer="${offer.key}"]`);
    try {
      const found = await send("GET", conversion.url);
      if (goesOn(found)) return item && showState(item, found);
      stop();
      if (found.medium) use(composer, offer, found.medium);
      else fail(composer, offer, found.message);
    } catch (error) {
      // A page that is offline for a moment asks again.
      if (error.status) fail(composer, offer, error.message);
    }
  };
  const stop = () => {
    clearInterval(following.get(offer.key));
    following.delete(offer.key);
  };
  following.set(offer.key, setInterval(look, EVERY));
  const item = composer.form.querySelector(`[data-offer="${offer.key}"]`);
  if (item) showState(item, conversion);

  function fail(of, about, message) {
    stop();
    toast(message, { kind: "error" });
    const shown = of.form.querySelector(`[data-offer="${about.key}"]`);
    shown?.querySelector(".fit-state").replaceChildren();
    shown?.querySelector("[data-fit]")?.removeAttribute("hidden");
  }
}

function showState(item, conversion) {
  const progress = document.createElement("progress");
  Object.assign(progress, { max: 100, value: conversion.percent });
  const words = t(conversion.state === "waiting" ? "fit_waiting" : "fit_running", { percent: conversion.percent });
  progress.setAttribute("aria-label", words);
  item.querySelector(".fit-state").replaceChildren(progress, ` ${words}`);
}

function goesOn(conversion) {
  return ["waiting", "running"].includes(conversion?.state);
}

// The channel gets files of its own: those for all, with the one that fits in its place.
function use(composer, offer, medium) {
  const { form } = composer;
  const part = offer.list.startsWith("part");
  const list = part ? offer.list : offer.channel;
  const box = form.elements[`variants.${offer.channel}.own_media`];
  const had = part || box.checked;
  const before = part ? composer.mediaIn(list) : composer.mediaIn(had ? list : "base");
  if (!before.some(({ id }) => id === offer.media)) return;
  setMedia(composer, list, before.map((one) => (one.id === offer.media ? medium : one)));
  if (!part) box.checked = true;
  composer.changed();
  undoToast(t("fitted", { name: medium.name, channel: offer.name }), async () => {
    setMedia(composer, list, before);
    if (!part) box.checked = had;
    composer.changed();
  });
}
