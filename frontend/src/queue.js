// The queue: dragging and the buttons put posts into another order; the server says which times that makes.

import { send } from "./lib/http.js";
import { behave } from "./lib/page.js";
import { t } from "./lib/texts.js";
import { toast } from "./lib/toasts.js";

behave("[data-queue]", (list) => {
  let dragged = null;
  let before = ids(list);

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-queue-move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-delivery]");
    const neighbour = button.dataset.queueMove === "-1" ? item.previousElementSibling : item.nextElementSibling;
    if (!neighbour) return;
    if (button.dataset.queueMove === "-1") neighbour.before(item);
    else neighbour.after(item);
    keepFocus(button, item);
    save(item);
  });

  for (const grip of list.querySelectorAll("[data-grip]")) grip.addEventListener("pointerdown", (event) => begin(event, grip));

  // Listening on the window: an element that is put elsewhere loses the pointer.
  function begin(event, grip) {
    if (event.button !== 0) return;
    event.preventDefault();
    dragged = grip.closest("[data-delivery]");
    dragged.dataset.dragged = "yes";
    addEventListener("pointermove", drag);
    addEventListener("pointerup", finish);
    addEventListener("pointercancel", finish);
  }

  function drag(event) {
    for (const other of list.children) {
      if (other === dragged) continue;
      const box = other.getBoundingClientRect();
      if (event.clientY < box.top || event.clientY > box.bottom) continue;
      if (event.clientY < box.top + box.height / 2) other.before(dragged);
      else other.after(dragged);
    }
  }

  function finish() {
    removeEventListener("pointermove", drag);
    removeEventListener("pointerup", finish);
    removeEventListener("pointercancel", finish);
    delete dragged.dataset.dragged;
    if (ids(list) !== before) save(dragged);
    dragged = null;
  }

  async function save(item) {
    const body = new FormData();
    body.append("order", ids(list));
    try {
      const answer = await send("POST", list.dataset.queue, body);
      for (const { id, at, text } of answer.times) showTime(list, id, at, text);
      before = ids(list);
      mark(list);
      const place = [...list.children].indexOf(item) + 1;
      toast(t("moved_to_place", { place, count: list.children.length }));
    } catch (error) {
      restore(list, before);
      mark(list);
      toast(error.message, { kind: "error" });
    }
  }
});

function ids(list) {
  return [...list.children].map((item) => item.dataset.delivery).join(",");
}

function restore(list, order) {
  const items = new Map([...list.children].map((item) => [item.dataset.delivery, item]));
  list.replaceChildren(...order.split(",").map((id) => items.get(id)));
}

function mark(list) {
  for (const item of list.children) {
    item.querySelector("[data-queue-move='-1']").disabled = item === list.firstElementChild;
    item.querySelector("[data-queue-move='1']").disabled = item === list.lastElementChild;
  }
}

function keepFocus(button, item) {
  mark(item.parentElement);
  const other = item.querySelector(`[data-queue-move='${button.dataset.queueMove === "1" ? "-1" : "1"}']`);
  (button.disabled ? other : button).focus();
}

function showTime(list, id, at, text) {
  const time = list.querySelector(`[data-delivery="${id}"] [data-queue-time] time`);
  if (!time) return;
  time.dateTime = at;
  time.textContent = text;
}
