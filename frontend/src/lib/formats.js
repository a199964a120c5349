// Times and figures as the person reads them; the zone is always the workspace's, never the browser's.

const root = document.documentElement;

export const language = root.lang || "de";
export const zone = root.dataset.zone || "Europe/Berlin";
const english = language.startsWith("en");
const locale = english ? "en-GB" : "de-DE";

/** "18:36", 24 hours in both languages. Takes a Date or an RFC 3339 text. */
export function time(value) {
  return format(value, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** "Di., 24.11.2026" */
export function day(value) {
  return format(value, { weekday: "short", day: "2-digit", month: "2-digit", year: "numeric" });
}

/** "Di., 24.11.2026, 18:36" */
export function moment(value) {
  return `${day(value)}, ${time(value)}`;
}

/** "1.234,5"; a missing figure is "–", never 0. */
export function number(value, digits = 1) {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** The parts of a moment on the workspace's wall clock, for `<input type="date">` and `<input type="time">`. */
export function wall(value) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(value));
  const get = (type) => parts.find((part) => part.type === type).value;
  return { date: `${get("year")}-${get("month")}-${get("day")}`, time: `${get("hour")}:${get("minute")}` };
}

function format(value, options) {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(new Date(value));
}
