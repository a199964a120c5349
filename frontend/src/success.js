// The success page: charts, and printing with every table open.

import "./lib/charts.js";
import { listen } from "./lib/page.js";

listen("click", "[data-print]", () => print());
