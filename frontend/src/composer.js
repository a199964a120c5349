// The composer: versions per channel, counters, previews, files, time, checks by the server, and what the browser keeps.

import { startAutosave } from "./composer/autosave.js";
import { startCard } from "./composer/card.js";
import { startChecks } from "./composer/check.js";
import { startCounters } from "./composer/counters.js";
import { startExtras } from "./composer/extras.js";
import { startFits } from "./composer/fits.js";
import { startMedia } from "./composer/media.js";
import { startNaming } from "./composer/naming.js";
import { startPreviews } from "./composer/preview.js";
import { startRows } from "./composer/rows.js";
import { Composer } from "./composer/state.js";
import { startVersions } from "./composer/versions.js";
import { startWhen } from "./composer/when.js";
import { confirmDialog } from "./lib/dialogs.js";
import { behave } from "./lib/page.js";
import { t } from "./lib/texts.js";

behave("form[data-composer]", (form) => {
  const composer = new Composer(form);
  startVersions(composer);
  startRows(composer);
  startMedia(composer);
  startExtras(composer);
  startNaming(composer);
  startFits(composer);
  startCounters(composer);
  startCard(composer);
  startPreviews(composer);
  startWhen(composer);
  startChecks(composer);
  const kept = startAutosave(composer);
  leaveByEscape(composer, kept);
  stayWhileUploading(composer);
  composer.changed();
  (document.querySelector("[data-focus]") ?? form.elements.text).focus();
});

// Esc goes back to where one came from; what was typed and not saved is kept, and that is said.
function leaveByEscape(composer, kept) {
  document.addEventListener("keydown", async (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.querySelector("dialog[open], details.menu[open]")) return;
    // Else the same press would close the question again.
    event.preventDefault();
    const leave = !kept.isDirty() || (await confirmDialog({ title: t("leave_title"), text: t("leave_text"), confirm: t("leave"), danger: false }));
    if (!leave) return;
    kept.keepNow();
    location.href = composer.form.dataset.home;
  });
}

// A file that is on its way would be lost; the browser asks.
function stayWhileUploading(composer) {
  addEventListener("beforeunload", (event) => {
    if (composer.uploading) event.preventDefault();
  });
}
