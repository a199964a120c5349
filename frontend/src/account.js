// The switch for keyboard shortcuts, kept in this browser, and whether this device shows notices.

import "./lib/devices.js";
import { behave } from "./lib/page.js";
import { enable, enabled } from "./lib/shortcuts.js";

behave("[data-shortcuts-switch]", (box) => {
  box.checked = enabled();
  box.addEventListener("change", () => enable(box.checked));
});
