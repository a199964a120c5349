// The calendar page: FullCalendar with our toolbar, our entries and our way of moving them.

import { drawEntry, markEntry } from "./calendar/entries.js";
import { EntryDialog } from "./calendar/entry-dialog.js";
import { Feed } from "./calendar/feed.js";
import { Filters } from "./calendar/filters.js";
import { Moves } from "./calendar/moves.js";
import { startDrafts } from "./calendar/drafts.js";
import { drawRhythm } from "./calendar/rhythm.js";
import { Place, rememberFocus, returnFocus, showToday } from "./calendar/place.js";
import { makeCalendar, viewKey, viewName } from "./lib/calendar.js";
import { wall } from "./lib/formats.js";
import { behave, data } from "./lib/page.js";
import { shortcut } from "./lib/shortcuts.js";
import { t } from "./lib/texts.js";

const LONG = { year: "numeric", month: "short", day: "numeric" };

behave("[data-calendar-page]", (page) => {
  const settings = data("calendar-settings");
  const place = new Place(settings);
  const filters = new Filters(page, place);
  const feed = new Feed(settings, filters, (answer) => received(answer));
  const moves = new Moves(() => refresh());
  let shownHours = "7 20";
  let opened = false;
  const skew = Date.parse(settings.now) - Date.now();
  const calendar = makeCalendar(page.querySelector("[data-calendar]"), {
    initialView: viewName(place.view),
    initialDate: place.date,
    now: () => new Date(Date.now() + skew),
    events: (range, done, failed) => feed.load(range, done, failed),
    editable: settings.mayEdit,
    eventStartEditable: settings.mayEdit,
    eventDurationEditable: false,
    eventInteractive: true,
    droppable: settings.mayEdit,
    dayMaxEvents: 3,
    // A snap finer than the rows makes FullCalendar drop an entry half a row too low.
    slotDuration: "00:30:00",
    snapDuration: "00:30:00",
    slotHeaderInterval: "01:00:00",
    // High enough for three lines, so that what goes out 45 minutes later stands below and not beside.
    defaultTimedEventDuration: "00:45:00",
    forceEventDuration: true,
    slotMinHeight: 34,
    slotEventOverlap: false,
    listItemEventBeforeClass: "entry-dot",
    titleFormat: { year: "numeric", month: "long" },
    views: { timeGridWeek: { titleFormat: LONG }, listWeek: { titleFormat: LONG } },
    moreLinkText: (count) => t("more_entries", { count }),
    moreLinkHint: (count) => t("more_entries_hint", { count }),
    noEventsText: t("no_entries"),
    weekTextShort: t("week_short"),
    scrollTime: "07:00:00",
    eventOrder: "start,text",
    tableHeaderClass: "days-head",
    popoverClass: "more-entries",
    eventClass: "entry",
    eventInnerClass: "entry-inner",
    eventContent: (info) => ({ domNodes: drawEntry(info, settings) }),
    eventDidMount: (info) => markEntry(info, settings),
    eventClick: (info) => click(info),
    eventDrop: (info) => moves.drop(info),
    dateClick: (info) => compose(info.dateStr),
    datesSet: (info) => show(info),
    eventsSet: () => open(),
    drop: (info) => moves.dropDraft(info),
    // A draft from the list becomes an entry only once the server has given it its time.
    eventReceive: (info) => info.revert(),
  });
  const dialog = new EntryDialog(moves, place);
  feed.onChange = () => calendar.refetchEvents();
  filters.onChange = () => calendar.refetchEvents();
  startDrafts(page, settings, dialog);
  startBar(page, calendar, () => today());
  startKeys(calendar, () => today());

  function today() {
    calendar.today();
    setTimeout(() => showToday(page, settings.today));
  }

  function received({ weeks, entries, gaps }) {
    drawRhythm(page, weeks, settings);
    if (weeks.length > 1) return;
    // The week shows the working day, unless something goes out earlier or later.
    const hours = [...entries, ...gaps].map(({ start }) => Number(wall(start).time.slice(0, 2)));
    const early = Math.min(7, ...hours);
    const late = Math.max(19, ...hours) + 1;
    if (shownHours === `${early} ${late}`) return;
    shownHours = `${early} ${late}`;
    setTimeout(() => {
      calendar.setOption("slotMinTime", `${early}:00:00`);
      calendar.setOption("slotMaxTime", `${late}:00:00`);
    });
  }

  // Once, with the first entries: what comes later stays where the person scrolled to.
  function open() {
    if (opened || !feed.key) return;
    opened = true;
    place.open(page);
  }

  function refresh() {
    feed.forget();
    calendar.refetchEvents();
  }

  function show({ view }) {
    place.remember(viewKey(view.type), view.calendar.formatIso(view.calendar.getDate()).slice(0, 10));
    page.querySelector("[data-calendar-title]").replaceChildren(...title(view));
    for (const button of page.querySelectorAll("[data-calendar-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.calendarView === place.view));
    }
    page.dataset.view = place.view;
    returnFocus(page);
  }

  function click(info) {
    const { jsEvent, event } = info;
    if (jsEvent.ctrlKey || jsEvent.metaKey || jsEvent.shiftKey) return;
    jsEvent.preventDefault();
    const { gap, post, deliveries } = event.extendedProps;
    if (gap) return compose(event.start.toISOString(), gap);
    dialog.open(post, deliveries, info.el);
  }

  function compose(at, gap = null) {
    if (!settings.mayEdit) return;
    rememberFocus(at);
    const query = new URLSearchParams({ at, back: place.here() });
    if (gap) query.set("channel", gap.channel);
    if (gap?.category) query.set("category", gap.category);
    location.href = `${settings.new}?${query}`;
  }
});

function title(view) {
  if (view.type === "dayGridMonth") return [view.title];
  const days = document.createElement("small");
  days.textContent = view.title;
  return [`${t("week_short")} ${isoWeek(view.currentStart)} `, days];
}

function isoWeek(date) {
  const day = new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()));
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const first = new Date(Date.UTC(day.getUTCFullYear(), 0, 1));
  return Math.ceil(((day - first) / 86400000 + 1) / 7);
}

function startBar(page, calendar, today) {
  page.addEventListener("click", ({ target }) => {
    const go = target.closest("[data-calendar-go]");
    const view = target.closest("[data-calendar-view]");
    if (go) (go.dataset.calendarGo === "today" ? today : () => calendar[go.dataset.calendarGo]())();
    if (view) calendar.changeView(viewName(view.dataset.calendarView));
  });
}

function startKeys(calendar, today) {
  shortcut("t", t("today"), today);
  shortcut("m", t("month_view"), () => calendar.changeView(viewName("month")));
  shortcut("w", t("week_view"), () => calendar.changeView(viewName("week")));
  shortcut("l", t("list_view"), () => calendar.changeView(viewName("list")));
  shortcut("ArrowLeft", t("previous"), () => calendar.prev());
  shortcut("ArrowRight", t("next"), () => calendar.next());
}
