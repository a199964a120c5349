// The account that a mention means: an address becomes its id as soon as it is typed, and says whose it is.

import { send } from "../lib/http.js";

const FIELDS = ["mention.id", "mention.network"];

export function startNaming(composer) {
  composer.form.addEventListener("change", ({ target }) => {
    if (FIELDS.includes(target.name)) ask(composer, target.closest("[data-row]"), target);
  });
}

async function ask(composer, row, target) {
  const [id, name, network] = ["id", "name", "network"].map((part) => row.querySelector(`[name='mention.${part}']`));
  const asked = id.value.trim();
  say(row, "");
  if (!asked) return;
  const form = new FormData();
  for (const field of [id, name, network]) form.append(field.name.slice("mention.".length), field.value);
  // An address says itself of which network it is; whoever chooses one after it means that one.
  if (target === id) for (const { value } of network.options) form.append("offered", value);
  try {
    const found = await send("POST", composer.form.dataset.naming, form);
    if (id.value.trim() !== asked) return;
    if (target === id) network.value = found.network;
    if (!found.error) id.value = found.id;
    if (!name.value.trim() && found.name) name.value = `@${found.name}`;
    say(row, found.error || found.text, Boolean(found.error));
    composer.changed();
  } catch {
    // Saving asks again, and says what is wrong.
  }
}

function say(row, text, wrong = false) {
  const place = row.querySelector("[data-mention-found]");
  place.textContent = text;
  place.classList.toggle("field-error", wrong);
}
