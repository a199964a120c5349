// How an entry looks: time, networks, first words, and the status as icon, word and colour.

import { viewKey } from "../lib/calendar.js";
import { time } from "../lib/formats.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";

/** The nodes of an entry. */
export function drawEntry({ event, view }, settings) {
  return event.extendedProps.gap ? gapNodes(event, settings) : entryNodes(event, settings, viewKey(view.type));
}

/** The colour, and what pointers and tests need to know. The name of the link is its own text. */
export function markEntry({ event, el }, settings) {
  const { gap, post, movable } = event.extendedProps;
  el.dataset.tone = gap ? "gap" : lookOf(event, settings).tone;
  el.dataset.movable = String(Boolean(movable && settings.mayEdit));
  if (gap) el.dataset.gap = gap.channel;
  else el.dataset.post = post;
  // FullCalendar calls a link in its list view a list item, which no link may be.
  if (el.getAttribute("role") === "listitem") {
    el.removeAttribute("role");
    if (el.parentElement?.getAttribute("role") === "list") el.parentElement.removeAttribute("role");
  }
}

function entryNodes(event, settings, view) {
  const { text, channels, queued, held, marks = [] } = event.extendedProps;
  const look = lookOf(event, settings);
  const head = element("span", "entry-head");
  head.append(element("span", "entry-time", time(event.start)), networks(channels, settings, view, queued));
  if (queued) head.append(icon("stack-2", t("queued")));
  const status = element("span", "entry-status");
  status.append(icon(look.icon), element("span", "entry-status-word", view === "list" ? look.label : look.short));
  status.title = held || look.label;
  const line = element("span", "entry-line");
  line.append(element("span", "entry-text", text));
  if (marks.length) line.append(contents(marks, settings));
  const nodes = [head, line, status];
  if (held) nodes.push(element("span", view === "list" ? "entry-hold" : "visually-hidden", held));
  return nodes;
}

function gapNodes(event, settings) {
  const channel = settings.channels[event.extendedProps.gap.channel];
  const head = element("span", "entry-head");
  head.append(element("span", "entry-time", time(event.start)));
  if (channel) head.append(icon(channel.icon, channel.name));
  head.append(element("span", "entry-gap-word", t("free_slot")), element("span", "visually-hidden", t("write_for_slot")));
  return [head];
}

/** The networks it goes to. A day's column has room for three icons beside the time: more are counted, and named. */
function networks(channels, settings, view, queued) {
  const found = new Map(channels.map((id) => settings.channels[id]).filter(Boolean).map((channel) => [channel.key, channel]));
  const all = [...found.values()];
  const room = queued ? 2 : 3;
  const fit = view === "list" || all.length <= room ? all : all.slice(0, room - 1);
  const rest = all.slice(fit.length).map((channel) => channel.network).join(", ");
  const marks = element("span", "entry-networks");
  marks.append(...fit.map((channel) => icon(channel.icon, channel.network)));
  if (rest) {
    const more = element("span", "entry-more");
    more.title = rest;
    const count = element("span", "", `+${all.length - fit.length}`);
    count.setAttribute("aria-hidden", "true");
    more.append(count, element("span", "visually-hidden", rest));
    marks.append(more);
  }
  return marks;
}

/** What it holds besides its text: what listens hears the names, what points sees them. */
function contents(marks, settings) {
  const shown = element("span", "entry-marks");
  shown.title = marks.map((mark) => settings.marks[mark].label).join(", ");
  shown.append(...marks.map((mark) => icon(settings.marks[mark].icon, settings.marks[mark].label)));
  return shown;
}

function lookOf(event, settings) {
  const { status, held, byHand } = event.extendedProps;
  return settings.looks[held ? "held" : byHand || status] ?? { label: status, short: status, icon: "circle-dashed", tone: "neutral" };
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}
