// Missed posts: one choice for many, and what each choice leads to, without leaving the page.

import { RequestError, send } from "./lib/http.js";
import { behave } from "./lib/page.js";
import { toast } from "./lib/toasts.js";

behave("form[data-missed]", (form) => {
  const summary = form.querySelector("[data-missed-summary]");
  let asked = null;
  if (!summary) return;
  form.addEventListener("change", () => ask());
  form.addEventListener("submit", (event) => {
    // Every button but the one that decides only asks what would become of it.
    if (!event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    ask(event.submitter.value);
  });

  async function ask(preset = "") {
    const body = new FormData(form);
    if (preset) body.set("preset", preset);
    asked?.abort();
    asked = new AbortController();
    try {
      show(await send("POST", form.dataset.missed, body, { signal: asked.signal }));
    } catch (error) {
      if (error instanceof RequestError) toast(error.message, { kind: "error" });
      else if (error.name !== "AbortError") throw error;
    }
  }

  function show({ outcomes, chosen, summary: text }) {
    for (const [id, outcome] of Object.entries(outcomes)) {
      const place = form.querySelector(`[data-outcome="${id}"]`);
      const select = form.querySelector(`#choice-${id}`);
      if (place) place.textContent = outcome;
      if (select) select.value = chosen[id];
    }
    summary.textContent = text;
  }
});
