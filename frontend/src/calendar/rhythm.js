// Beside the calendar: how many posts each channel has in each week shown, against its rhythm.

import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";

export function drawRhythm(page, weeks, settings) {
  const place = page.querySelector("[data-rhythm]");
  if (!weeks.length || !Object.keys(settings.channels).length) return;
  place.replaceChildren(weeks.length === 1 ? list(weeks[0], settings) : table(weeks, settings));
}

function list(week, settings) {
  const list = element("ul", "plain-list rhythm-list");
  for (const one of week.channels) {
    const channel = settings.channels[one.channel];
    if (!channel) continue;
    const line = element("li", "rhythm-line");
    line.dataset.tone = tone(one);
    const words = element("span", "rhythm-words");
    words.append(element("strong", "", channel.name), element("span", "", said(one)));
    line.append(icon(channel.icon, channel.network), words, mark(one));
    list.append(line);
  }
  return list;
}

function table(weeks, settings) {
  const table = element("table", "table rhythm-table");
  const head = element("tr");
  head.append(heading(t("week_short"), "col"), ...weeks.map((week) => heading(String(week.number), "col")));
  const top = element("thead");
  top.append(head);
  const body = element("tbody");
  for (const { channel } of weeks[0].channels) {
    if (settings.channels[channel]) body.append(row(channel, weeks, settings));
  }
  table.append(top, body);
  return table;
}

function row(id, weeks, settings) {
  const channel = settings.channels[id];
  const line = element("tr");
  const name = heading("", "row");
  name.append(icon(channel.icon), element("span", "visually-hidden", channel.name));
  name.title = channel.name;
  line.append(name);
  for (const week of weeks) {
    const one = week.channels.find((found) => found.channel === id);
    const cell = element("td", "rhythm-cell");
    cell.dataset.tone = tone(one);
    const shown = element("span", "", one.target === null ? String(one.count) : `${one.count}/${one.target}`);
    shown.setAttribute("aria-hidden", "true");
    cell.append(shown, mark(one), element("span", "visually-hidden", said(one)));
    cell.title = said(one);
    line.append(cell);
  }
  return line;
}

function said({ count, target, met, waiting, gaps }) {
  const parts = [target === null ? `${count} (${t("rhythm_none")})` : `${t("rhythm_of", { count, target })}, ${t(met ? "rhythm_met" : "rhythm_unmet")}`];
  if (waiting) parts.push(t("rhythm_waiting", { count: waiting }));
  if (gaps) parts.push(t("gaps", { count: gaps }));
  return parts.join(" · ");
}

function mark({ target, met }) {
  if (target === null) return "";
  return icon(met ? "circle-check" : "alert-triangle");
}

function tone({ target, met }) {
  return target === null ? "neutral" : met ? "success" : "warning";
}

function heading(text, scope) {
  const cell = element("th", "", text);
  cell.scope = scope;
  return cell;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
