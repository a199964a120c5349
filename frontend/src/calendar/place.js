// Where one is in the calendar: kept in the address, and the last view in this browser.

const VIEWS = ["month", "week", "list"];
const VIEW = "sendeplan.calendar.view";
const FOCUS = "sendeplan.calendar.focus";

export class Place {
  constructor(settings) {
    const query = new URLSearchParams(location.search);
    this.view = [query.get("view"), narrow() ? "list" : localStorage.getItem(VIEW), "month"].find((view) => VIEWS.includes(view));
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
}

/** Keeps what was clicked, for when one comes back. */
export function rememberFocus(at) {
  sessionStorage.setItem(FOCUS, at);
}

/** Gives the focus back to the calendar after a visit to the composer. */
export function returnFocus(page) {
  if (sessionStorage.getItem(FOCUS) === null) return;
  sessionStorage.removeItem(FOCUS);
  page.querySelector("[data-calendar]").focus();
}

function narrow() {
  return matchMedia("(width < 48rem)").matches;
}
