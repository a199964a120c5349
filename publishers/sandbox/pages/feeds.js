// Brings in new posts and figures every few seconds, without losing place, open comments, focus or a running video.
const SECONDS = 5;

async function refresh() {
  if (document.hidden || document.activeElement?.closest("main")) return;
  if ([...document.querySelectorAll("video")].some((video) => !video.paused)) return;
  const answer = await fetch("/", { headers: { "X-Refresh": "1" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  const main = document.querySelector("main");
  if (!fresh) return;
  for (const details of main.querySelectorAll("details[open]")) {
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
  if (fresh.innerHTML !== main.innerHTML) main.replaceWith(fresh);
}

setInterval(() => refresh().catch(() => {}), SECONDS * 1000);
