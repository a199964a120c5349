// Moving and deleting: shown at once, put back where the server refuses, and taken back by "undo".

import { closeDialog } from "../lib/dialogs.js";
import { send } from "../lib/http.js";
import { toast, undoToast } from "../lib/toasts.js";

export class Moves {
  constructor(refresh) {
    this.refresh = refresh;
  }

  /** An entry was dragged to another time. */
  async drop({ event, revert }) {
    const { post, deliveries } = event.extendedProps;
    try {
      await this.change(`/posts/${post}/times`, { deliveries: deliveries.join(","), at: event.start.toISOString() });
    } catch (error) {
      revert();
      toast(error.message, { kind: "error" });
    }
  }

  /** A draft without a time was dragged into the calendar; a whole day means its usual time. */
  async dropDraft({ dateStr, allDay, draggedEl }) {
    const values = allDay ? { publish_at: `${dateStr.slice(0, 10)}T10:00` } : { at: new Date(dateStr).toISOString() };
    try {
      await this.change(`/posts/${draggedEl.dataset.draft}/times`, values);
      draggedEl.remove();
    } catch (error) {
      toast(error.message, { kind: "error" });
    }
  }

  /** A form of the "Move to …" dialog. Throws what the server refused. */
  async submit(form) {
    await this.change(form.getAttribute("action"), Object.fromEntries(new FormData(form)));
    closeDialog(form);
  }

  async remove(url) {
    await this.change(url, {});
  }

  async change(url, values) {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    const { message, undo } = await send("POST", url, body);
    this.refresh();
    if (undo) undoToast(message, () => this.undo(undo));
    else toast(message);
  }

  async undo(url) {
    const { message } = await send("POST", url);
    this.refresh();
    toast(message);
  }
}
