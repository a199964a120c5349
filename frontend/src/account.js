// The switch for keyboard shortcuts; the choice is kept in this browser.

import { behave } from "./lib/page.js";
import { enable, enabled } from "./lib/shortcuts.js";

behave("[data-shortcuts-switch]", (box) => {
  box.checked = enabled();
  box.addEventListener("change", () => enable(box.checked));
});
