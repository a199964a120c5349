// Charts in the product's colours. The numbers always stand in a table on the same page too.

import {
  BarController, BarElement, CategoryScale, Chart, Filler, Legend, LinearScale, LineController, LineElement,
  PointElement, Tooltip,
} from "chart.js";

import { number } from "./formats.js";
import { behave } from "./page.js";
import "./printing.js";

Chart.register(
  BarController, BarElement, CategoryScale, Filler, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip,
);

const PALETTE = ["--brand", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"];
const drawn = new Map();

/**
 * Draws `{type, labels, series, stacked?, target?}` on a canvas: `type` is line or bar, `series` a list of
 * `{label, values}` where a missing figure is null and leaves a gap, `target` draws a dashed line at that height.
 */
export function drawChart(canvas, description) {
  drawn.get(canvas)?.chart.destroy();
  const chart = new Chart(canvas, { type: description.type, data: content(description), options: options(description) });
  drawn.set(canvas, { chart, description });
  return chart;
}

function content({ type, labels, series, target }) {
  const datasets = series.map((one, index) => dataset(type, one, colour(PALETTE[index % PALETTE.length]), index));
  if (target !== null && target !== undefined) datasets.push(line(target, labels.length));
  return { labels, datasets };
}

function dataset(type, { label, values }, tint, index) {
  const common = { label, data: values, borderColor: tint, backgroundColor: tint };
  if (type === "bar") return { ...common, borderRadius: 3, maxBarThickness: 36 };
  return { ...common, borderWidth: 2.5, pointRadius: 3, pointStyle: ["circle", "rect", "triangle", "rectRot"][index % 4], tension: 0.25, spanGaps: false };
}

function line({ label, value }, length) {
  return {
    type: "line", label, data: Array(length).fill(value), borderColor: colour("--ink"), backgroundColor: "transparent",
    borderDash: [6, 4], borderWidth: 2, pointRadius: 0, pointStyle: "line",
  };
}

function options({ series, stacked = false, target }) {
  const ink = colour("--ink-soft");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: still ? false : { duration: 300 },
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: { stacked, grid: { display: false }, ticks: { color: ink, maxRotation: 0, autoSkipPadding: 14 }, border: { color: colour("--line") } },
      y: {
        stacked, beginAtZero: true, grid: { color: colour("--line") }, border: { display: false },
        ticks: { color: ink, maxTicksLimit: 6, callback: (value) => number(value) },
      },
    },
    plugins: {
      legend: { display: series.length > 1 || Boolean(target), position: "bottom", labels: { color: ink, usePointStyle: true, boxHeight: 8 } },
      tooltip: { callbacks: { label: ({ dataset: { label }, parsed }) => ` ${label}: ${number(parsed.y)}` } },
    },
  };
}

// A canvas can use no CSS variable and no light-dark(): ask an element what the colour comes to.
function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

behave("canvas[data-chart]", (canvas) => drawChart(canvas, JSON.parse(canvas.dataset.chart)));

document.addEventListener("sendeplan:theme", () => {
  for (const [canvas, { description }] of drawn) if (canvas.isConnected) drawChart(canvas, description);
});
