// A post's page: what the browser kept of its form is not needed any more, and a refused address opens its dialog again.

import "./lib/charts.js";
import { openDialog } from "./lib/dialogs.js";
import { behave } from "./lib/page.js";

behave("[data-post-page]", ({ dataset: { postPage, submission, version } }) => {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("sendeplan.kept.")) continue;
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    const isNew = key.endsWith(".new") && submission && kept.submission === submission;
    const isOld = key.endsWith(`.${postPage}`) && Number(kept.version) < Number(version);
    if (isNew || isOld) localStorage.removeItem(key);
  }
});

behave("dialog[data-open-now]", (dialog) => openDialog(dialog));
