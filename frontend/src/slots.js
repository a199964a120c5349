// The editor of weekly slots: lines come from each day's template and go with their button.

import { listen } from "./lib/page.js";

listen("click", "[data-add-slot]", (_event, button) => {
  const day = button.closest("[data-day]");
  const line = day.querySelector("template").content.cloneNode(true);
  day.querySelector("[data-slots]").append(line);
  day.querySelector("[data-slot]:last-of-type input[type=time]").focus();
});

listen("click", "[data-remove-slot]", (_event, button) => {
  const day = button.closest("[data-day]");
  button.closest("[data-slot]").remove();
  day.querySelector("[data-add-slot]").focus();
});
