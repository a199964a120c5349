// Menus are <details class="menu">: they work without us. Here: Esc and a click elsewhere close, arrows walk.

import { listen } from "./page.js";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest("[data-menu-close]")) menu.open = false;
  }
});

listen("keydown", "details.menu", (event, menu) => {
  if (event.key === "Escape" && menu.open) {
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    menu.open = true;
    walk(menu, event.key === "ArrowDown" ? 1 : -1);
  }
});

listen("focusout", "details.menu[open]", (event, menu) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

function walk(menu, step) {
  const items = [...menu.querySelectorAll(".menu-panel :is(a, button, input):not(:disabled)")];
  const at = items.indexOf(document.activeElement);
  items.at(at < 0 && step < 0 ? -1 : (at + step + items.length) % items.length)?.focus();
}
