// Runs before the first paint: picks the colours that the person chose, or those of the system.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function apply() {
  const chosen = root.dataset.theme;
  root.dataset.bsTheme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
  root.dispatchEvent(new CustomEvent("sendeplan:theme", { bubbles: true }));
}

dark.addEventListener("change", apply);
new MutationObserver(apply).observe(root, { attributeFilter: ["data-theme"] });
apply();
