// The server looks over the form while someone types: problems at their fields, warnings, and when it would go out.

import { send } from "../lib/http.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";
import { showOffers } from "./fits.js";

const PAUSE = 400;
const BEGUN = /^(text|link|media|poll\.question|poll\.option|first_comment|part\..*)$|^variants\..*\.text$/;

export function startChecks(composer) {
  let timer;
  let request;
  composer.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(run, PAUSE);
  });

  async function run() {
    request?.abort();
    request = new AbortController();
    try {
      show(composer, await send("POST", composer.form.dataset.check, body(composer), { signal: request.signal }));
    } catch (error) {
      // A check that fails forbids nothing: saving says what is wrong.
      if (error.name !== "AbortError") show(composer, { errors: {}, warnings: [], costs: [], offers: [], time: null, slots: {} });
    }
  }
}

function body(composer) {
  const form = new FormData();
  for (const [name, value] of composer.entries()) form.append(name, value);
  if (composer.form.dataset.post) form.append("post", composer.form.dataset.post);
  return form;
}

function show(composer, { errors, warnings, costs, offers, time, slots }) {
  const { form } = composer;
  // An empty form is not wrong yet.
  const begun = composer.entries().some(([name, value]) => BEGUN.test(name) && value);
  for (const place of form.querySelectorAll("[data-live]")) {
    say(place, begun || place.dataset.live === "publish_at" ? errors[place.dataset.live] : "");
  }
  for (const [index, { row }] of composer.parts().entries()) {
    for (const place of row.querySelectorAll("[data-live-part]")) say(place, errors[`thread.${index}.${place.dataset.livePart}`]);
  }
  showOffers(composer, offers);
  const list = form.querySelector("[data-warnings]");
  list.replaceChildren(...warnings.map(({ text }) => item(icon("alert-triangle"), text)));
  form.querySelector("[data-costs]").hidden = costs.length === 0;
  form.querySelector("[data-costs-list]").replaceChildren(...costs.map((text) => item(null, text)));
  form.querySelector("[data-time-note]").textContent = time ? t("at_time", { time: time.text }) : "";
  showSlots(composer, slots);
}

// What a saved form was refused for stands there already.
function say(place, text = "") {
  const said = [...place.parentElement.querySelectorAll(".field-error")].some((error) => error.textContent === text);
  place.textContent = said ? "" : text;
}

function showSlots(composer, slots) {
  const list = composer.form.querySelector("[data-slots]");
  const known = composer.chosen().filter((rule) => slots[rule.id]);
  const lines = known.map((rule) => item(icon(rule.icon, rule.name), slots[rule.id].text));
  list.replaceChildren(...(lines.length ? lines : [item(null, t("queue_none"))]));
}

function item(mark, text) {
  const element = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = text;
  element.append(...[mark, words].filter(Boolean));
  return element;
}
