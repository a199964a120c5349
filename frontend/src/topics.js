// The board: a card moves at once when it is dropped, and goes back with a word where the server refuses.

import { send } from "./lib/http.js";
import { behave } from "./lib/page.js";
import { t } from "./lib/texts.js";
import { toast, undoToast } from "./lib/toasts.js";

behave("[data-board]", (board) => {
  let dragged = null;

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-topic]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.topic);
    dragged.classList.add("is-dragged");
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    mark(null);
    dragged = null;
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest("[data-stage]");
    if (!dragged || !column) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    mark(column);
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest("[data-stage]");
    if (!dragged || !column) return;
    event.preventDefault();
    drop(dragged, column);
  });

  async function drop(card, column) {
    const before = card.closest("[data-stage]");
    const next = card.nextElementSibling;
    if (before === column) return;
    place(card, column);
    try {
      await send("PUT", card.dataset.url, { stage: column.dataset.stage });
    } catch (error) {
      place(card, before, next);
      toast(error.message, { kind: "error" });
      return;
    }
    undoToast(t("moved_to", { stage: column.dataset.label }), async () => {
      await send("PUT", card.dataset.url, { stage: before.dataset.stage });
      place(card, before, next);
    });
  }

  function place(card, column, next = null) {
    const list = column.querySelector("[data-cards]");
    list.insertBefore(card, next?.parentElement === list ? next : list.firstElementChild);
    for (const one of board.querySelectorAll("[data-stage]")) {
      one.querySelector("[data-count]").textContent = one.querySelectorAll("[data-topic]").length;
    }
  }

  function mark(column) {
    for (const one of board.querySelectorAll(".is-target")) if (one !== column) one.classList.remove("is-target");
    column?.classList.add("is-target");
  }
});
