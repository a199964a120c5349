// Where one is in the calendar: kept in the address, and the last view in this browser.

const VIEWS = ["month", "week", "list"];
const VIEW = "sendeplan.calendar.view";
const FOCUS = "sendeplan.calendar.focus";
const LEFT = "sendeplan.calendar.left";
const HEAD = 26;
const SETTLING = 3000;

export class Place {
  constructor(settings) {
    const query = new URLSearchParams(location.search);
    this.view = [query.get("view"), narrow() ? "list" : localStorage.getItem(VIEW), "month"].find((view) => VIEWS.includes(view));
    this.today = settings.today;
    this.date = /^\d{4}-\d{2}-\d{2}$/.test(query.get("date") ?? "") ? query.get("date") : settings.today;
  }

  remember(view, date) {
    this.view = view;
    this.date = date;
    if (!narrow()) localStorage.setItem(VIEW, view);
    this.set({ view, date });
  }

  /** Puts values into the address; empty ones leave it. */
  set(values) {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(values)) {
      query.delete(name);
      for (const one of [value].flat()) if (one) query.append(name, one);
    }
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
  }

  here() {
    return location.pathname + location.search;
  }

  /** Goes back to where one left these days; else to the row of today, where that lies outside the window. */
  open(page) {
    const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
    sessionStorage.removeItem(LEFT);
    const known = left?.here === this.here();
    const scroll = () => (known ? scrollTo({ top: left.y, behavior: "instant" }) : showToday(page, this.today));
    const keep = () => addEventListener("pagehide", () => sessionStorage.setItem(LEFT, JSON.stringify({ here: this.here(), y: scrollY })));
    whileGrowing(page.querySelector("[data-calendar]"), scroll, keep);
    if (known) keep();
  }
}

// The days get their height bit by bit. Whoever begins to move about (`moved`) is not moved any more.
function whileGrowing(element, scroll, moved) {
  const watch = new ResizeObserver(scroll);
  watch.observe(element);
  const once = new AbortController();
  const stop = () => {
    once.abort();
    watch.disconnect();
    moved();
  };
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(kind, stop, { signal: once.signal, passive: true });
  setTimeout(() => watch.disconnect(), SETTLING);
}

/** Brings the row (in the list the head) of a day into the window, below the bar. */
export function showToday(page, today) {
  const day = page.querySelector(`[data-calendar] [data-date="${today}"]`);
  if (!day || page.dataset.view === "week") return;
  const { top, bottom } = day.getBoundingClientRect();
  const bar = page.querySelector("[data-calendar-bar]");
  const covered = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
  if (top < covered || bottom > innerHeight) scrollBy({ top: top - covered - HEAD, behavior: "instant" });
}

/** Keeps what was clicked, for when one comes back. */
export function rememberFocus(at) {
  sessionStorage.setItem(FOCUS, at);
}

/** Gives the focus back to the calendar after a visit to the composer. */
export function returnFocus(page) {
  if (sessionStorage.getItem(FOCUS) === null) return;
  sessionStorage.removeItem(FOCUS);
  page.querySelector("[data-calendar]").focus({ preventScroll: true });
}

function narrow() {
  return matchMedia("(width < 48rem)").matches;
}
