// Drafts without a time: opened like entries, and dragged into the calendar.

import { Draggable } from "fullcalendar/interaction";

export function startDrafts(page, settings, dialog) {
  const list = page.querySelector("[data-drafts]");
  if (!list) return;
  list.addEventListener("click", (event) => {
    const link = event.target.closest("[data-entry-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.open(link.dataset.entryLink);
  });
  if (!settings.mayEdit) return;
  new Draggable(list, {
    itemSelector: "[data-draft]",
    eventData: (item) => ({
      title: item.dataset.draftText,
      extendedProps: { text: item.dataset.draftText, channels: [], status: "draft" },
    }),
  });
}
