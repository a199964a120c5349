// The success page: charts, and the button that prints.

import "./lib/charts.js";
import { listen } from "./lib/page.js";

listen("click", "[data-print]", () => print());
