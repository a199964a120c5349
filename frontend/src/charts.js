// Draws every <canvas data-chart> of the page; see lib/charts.js for its shape.
import "./lib/charts.js";
