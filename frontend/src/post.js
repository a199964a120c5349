// A post's page: what the browser kept of its form is not needed any more, and where it stands is asked for again.

import "./lib/charts.js";
import { behave, scan } from "./lib/page.js";

const REFRESH_MS = 3000;

behave("[data-post-page]", ({ dataset: { postPage, submission, version } }) => {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("sendeplan.kept.")) continue;
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    const isNew = key.endsWith(".new") && submission && kept.submission === submission;
    const isOld = key.endsWith(`.${postPage}`) && Number(kept.version) < Number(version);
    if (isNew || isOld) localStorage.removeItem(key);
  }
});

// Where it stands is asked for again while something is under way; an open dialog is left in peace.
behave("[data-refresh]", (part) => {
  const look = async () => {
    if (!part.isConnected) return;
    const answer = document.querySelector("dialog[open]") ? null : await fetch(part.dataset.refresh).catch(() => null);
    if (answer?.ok && part.isConnected) {
      part.outerHTML = await answer.text();
      scan();
    } else {
      setTimeout(look, REFRESH_MS);
    }
  };
  setTimeout(look, REFRESH_MS);
});
