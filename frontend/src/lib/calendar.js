// FullCalendar as this product uses it: Monday first, ISO weeks, 24 hours, the workspace's zone, our own toolbar.

import "temporal-polyfill/global";
import { Calendar } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import interaction from "fullcalendar/interaction";
import list from "fullcalendar/list";
import german from "fullcalendar/locales/de";
import english from "fullcalendar/locales/en-gb";
import classic from "fullcalendar/themes/classic";
import timeGrid from "fullcalendar/timegrid";

import { language, zone } from "./formats.js";

const isEnglish = language.startsWith("en");

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", list: "listWeek" };

/** The name that FullCalendar has for one of our views: month, week, list. */
export function viewName(view) {
  return VIEWS[view] ?? VIEWS.month;
}

/** Our name for a view of FullCalendar. */
export function viewKey(name) {
  return Object.keys(VIEWS).find((key) => VIEWS[key] === name) ?? "month";
}

/**
 * Draws a calendar into `element`. `options` are FullCalendar's (https://fullcalendar.io/docs) and win over ours; the
 * toolbar is left to the page, so that its buttons are ordinary ones.
 */
export function makeCalendar(element, options = {}) {
  const calendar = new Calendar(element, {
    plugins: [dayGrid, timeGrid, list, interaction, classic],
    locales: [german, english],
    locale: isEnglish ? "en-gb" : "de",
    timeZone: zone,
    firstDay: 1,
    weekNumbers: true,
    weekNumberCalculation: "ISO",
    headerToolbar: false,
    initialView: VIEWS.month,
    height: "auto",
    nowIndicator: true,
    allDaySlot: false,
    slotDuration: "00:30",
    snapDuration: "00:15",
    slotMinTime: "07:00",
    slotMaxTime: "20:00",
    timedText: isEnglish ? "Times" : "Uhrzeiten",
    inlineWeekNumberContent: ({ text }) => text.replace(/(\D)(\d)/, "$1\u00a0$2").replace("\u00a0\u00a0", "\u00a0"),
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    defaultTimedEventDuration: "00:30",
    eventDisplay: "block",
    dayMaxEvents: 5,
    longPressDelay: 300,
    ...options,
  });
  calendar.render();
  keepNamesTrue(element);
  return calendar;
}

// FullCalendar hides what is written in the heads and days and gives them other names. What is read out has to contain
// what is seen (WCAG 2.5.3), so the written text counts again, and the full date is the name of the day's number alone.
function keepNamesTrue(element) {
  const tidy = () => {
    element.querySelectorAll("[role=columnheader][aria-label]").forEach(useText);
    element.querySelectorAll("[role=gridcell][data-date][aria-label]").forEach(nameNumber);
    element.querySelectorAll("[role=gridcell][aria-label]:not([data-date])").forEach(useText);
    element.querySelectorAll("[role=rowheader]:empty").forEach(leaveOut);
  };
  tidy();
  const options = { childList: true, subtree: true, attributeFilter: ["aria-label"] };
  new MutationObserver(tidy).observe(element, options);
}

function useText(head) {
  head.removeAttribute("aria-label");
  for (const part of head.querySelectorAll("[aria-hidden], [aria-label]")) {
    part.removeAttribute("aria-hidden");
    part.removeAttribute("aria-label");
  }
}

function leaveOut(empty) {
  empty.removeAttribute("aria-label");
  empty.setAttribute("role", "presentation");
}

function nameNumber(day) {
  const number = day.querySelector("[aria-hidden]");
  if (number?.textContent && !number.querySelector("a, button")) {
    number.removeAttribute("aria-hidden");
    number.setAttribute("role", "img");
    number.setAttribute("aria-label", day.getAttribute("aria-label"));
  }
  day.removeAttribute("aria-label");
}
