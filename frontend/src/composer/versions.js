// A tab for all channels and one for each chosen one. Without this script all versions stand below each other.

import { icon } from "../lib/icons.js";
import { t } from "../lib/texts.js";

export function startVersions(composer) {
  const { form } = composer;
  const list = form.querySelector("[data-version-tabs]");
  const panels = new Map([...form.querySelectorAll("[data-version]")].map((panel) => [panel.dataset.version, panel]));
  let current = firstWithError(panels) ?? "base";

  list.addEventListener("keydown", (event) => walk(event, list, show));
  form.addEventListener("change", ({ target }) => {
    if (target.matches("[data-own]")) openOwn(composer, target);
  });
  composer.follow(draw);

  function draw() {
    const chosen = composer.chosen();
    if (current !== "base" && !chosen.some((rule) => rule.id === current)) current = "base";
    list.hidden = chosen.length === 0;
    for (const [id, panel] of panels) namePanel(panel, id, list.hidden);
    drawTabs(composer, list, chosen, show);
    for (const box of form.querySelectorAll("[data-own]")) toggleOwn(box);
    select();
  }

  function show(id, focus = false) {
    current = id;
    select();
    if (focus) document.getElementById(`tab-${id}`).focus();
    composer.dispatchEvent(new Event("version"));
  }

  function select() {
    for (const [id, panel] of panels) panel.hidden = id !== current;
    for (const tab of list.children) {
      tab.setAttribute("aria-selected", String(tab.dataset.tab === current));
      tab.tabIndex = tab.dataset.tab === current ? 0 : -1;
    }
    composer.version = current;
  }
}

// With nothing to choose between there are no tabs, and so no panels of tabs.
function namePanel(panel, id, alone) {
  if (alone) {
    panel.removeAttribute("role");
    panel.removeAttribute("aria-labelledby");
  } else {
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${id}`);
  }
}

function drawTabs(composer, list, chosen, show) {
  const wanted = [{ id: "base", name: t("base") }, ...chosen];
  const known = new Map([...list.children].map((tab) => [tab.dataset.tab, tab]));
  const tabs = wanted.map((rule) => {
    const tab = known.get(rule.id) ?? makeTab(rule, show);
    const own = rule.id !== "base" && ["text", "media", "first_comment"].some((part) => composer.hasOwn(rule.id, part));
    tab.querySelector("[data-own-mark]").hidden = !own;
    return tab;
  });
  if (tabs.some((tab, index) => list.children[index] !== tab) || tabs.length !== list.children.length) list.replaceChildren(...tabs);
}

function makeTab(rule, show) {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.id = `tab-${rule.id}`;
  tab.dataset.tab = rule.id;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", `version-${rule.id}`);
  const name = document.createElement("span");
  name.textContent = rule.name;
  const mark = document.createElement("span");
  mark.className = "own-mark";
  mark.dataset.ownMark = "";
  mark.append(icon("pencil", t("own_version")));
  if (rule.network) tab.append(icon(rule.icon));
  tab.append(name, mark);
  tab.addEventListener("click", () => show(rule.id));
  return tab;
}

// An own text begins as the text for all: changing a word is the usual thing to want.
function openOwn(composer, box) {
  const part = box.dataset.own;
  if (!box.checked || part === "media") return;
  const own = composer.form.elements[`variants.${box.closest("[data-version]").dataset.version}.${part}`];
  if (!own.value) own.value = composer.form.elements[part].value;
  requestAnimationFrame(() => own.focus());
}

function toggleOwn(box) {
  box.closest("[data-version]").querySelector(`[data-own-part="${box.dataset.own}"]`).hidden = !box.checked;
}

function walk(event, list, show) {
  const tabs = [...list.children];
  const at = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  show(tabs[(to + tabs.length) % tabs.length].dataset.tab, true);
}

function firstWithError(panels) {
  for (const [id, panel] of panels) if (panel.querySelector("[aria-invalid=true]")) return id;
  return null;
}
