// Notices on this device: what the browser can, its subscription at its push service, and which entry of the list it is.

import { behave } from "./page.js";
import { digest, subscribe as subscribeAt } from "./renewal.js";
import { t } from "./texts.js";
import { renewed } from "./this-device.js";
import { toast } from "./toasts.js";

behave("[data-devices]", async (box) => {
  if (await renewed) return location.reload(); // the list is as it was before
  const state = stateOf();
  const subscription = state === "ready" ? await current(box) : null;
  const entry = subscription && document.querySelector(`[data-device="${await digest(subscription.endpoint)}"]`);
  if (entry) {
    entry.querySelector("[data-this-device]").hidden = false;
    takeAlong(entry.querySelector("[data-device-removal]"), subscription);
    return;
  }
  box.querySelector(`[data-state="${state}"]`).hidden = false;
  if (state === "ready") offer(box, box.querySelector("form"));
});

function stateOf() {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    return /iPhone|iPad/.test(navigator.userAgent) ? "ios" : "unsupported";
  }
  return Notification.permission === "denied" ? "denied" : "ready";
}

async function current(box) {
  const registration = await navigator.serviceWorker.getRegistration(box.dataset.worker);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

function offer(box, form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      // Asked first, while the click still counts as one.
      if ((await Notification.requestPermission()) !== "granted") return refused(box, form);
      fill(form, await subscribe(box));
      form.submit();
    } catch {
      toast(t("device_failed"), { kind: "error" });
    } finally {
      button.disabled = false;
    }
  });
}

function refused(box, form) {
  if (Notification.permission !== "denied") return; // the question was only closed: it may be asked again
  form.hidden = true;
  box.querySelector('[data-state="denied"]').hidden = false;
}

async function subscribe(box) {
  await navigator.serviceWorker.register(box.dataset.worker);
  const registration = await navigator.serviceWorker.ready;
  // One that the server does not know was made for another person or with other keys.
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  return subscribeAt(registration, box.dataset.key);
}

function fill(form, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  for (const [name, value] of Object.entries({ endpoint, p256dh: keys.p256dh, auth: keys.auth })) {
    form.elements[name].value = value;
  }
}

// What is removed here ends in the browser too.
function takeAlong(form, subscription) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await subscription.unsubscribe().catch(() => {});
    form.submit();
  });
}
