// The dialog over the calendar: an entry at a glance, and "Move to …" for keyboard and touch.

import { closeDialog, openDialog } from "../lib/dialogs.js";
import { showErrors } from "../lib/fields.js";
import { send } from "../lib/http.js";
import { scan } from "../lib/page.js";
import { toast } from "../lib/toasts.js";

export class EntryDialog {
  constructor(moves, place) {
    this.moves = moves;
    this.place = place;
    this.body = document.getElementById("remote-dialog-body");
    this.body.addEventListener("click", (event) => this.click(event));
    this.body.addEventListener("submit", (event) => this.submit(event));
  }

  async open(post, deliveries = []) {
    const query = new URLSearchParams({ deliveries: deliveries.join(","), back: this.place.here() });
    await this.fill(`/calendar/entries/${post}?${query}`);
  }

  async fill(url) {
    try {
      this.body.innerHTML = await send("GET", url);
    } catch (error) {
      toast(error.message, { kind: "error" });
      return;
    }
    scan(this.body);
    const dialog = openDialog("remote-dialog");
    (dialog.querySelector("[autofocus]") ?? dialog.querySelector("button, a, input"))?.focus();
  }

  async click({ target }) {
    const move = target.closest("[data-entry-move]");
    const remove = target.closest("[data-entry-delete]");
    if (move) await this.fill(move.dataset.entryMove);
    if (!remove) return;
    try {
      await this.moves.remove(remove.dataset.entryDelete);
      closeDialog(remove);
    } catch (error) {
      toast(error.message, { kind: "error" });
    }
  }

  async submit(event) {
    const form = event.target;
    if (!form.matches("[data-move-form]")) return;
    event.preventDefault();
    try {
      await this.moves.submit(form);
    } catch (error) {
      if (!showErrors(form, { ...(error.fields ?? {}), ...(error.fields?.publish_at ? {} : { publish_at: error.message }) })) toast(error.message, { kind: "error" });
    }
  }
}
