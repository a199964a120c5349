// Every page: does this browser still have the subscription that the server knows? It renews one by itself, and the service
// worker cannot tell the server while nobody is signed in. Nothing is asked of the server as long as they agree.

import { send } from "./http.js";
import { digest, renew } from "./renewal.js";

const TRIED = "renewal-tried";

/** Whether the subscription was renewed just now. */
export const renewed = compare().catch(() => false);

async function compare() {
  const known = document.querySelector('meta[name="device"]');
  if (!known || !("serviceWorker" in navigator && "PushManager" in window)) return false;
  if (globalThis.Notification?.permission !== "granted" || sessionStorage.getItem(TRIED)) return false;
  await navigator.serviceWorker.register(known.dataset.worker);
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  if (subscription && (await digest(subscription.endpoint)) === known.content) {
    if ("gone" in known.dataset) await end(known, subscription);
    return false;
  }
  sessionStorage.setItem(TRIED, "yes"); // what fails is not tried again at each page
  const done = await renew(registration, known.dataset.renewal, subscription);
  if (done) sessionStorage.removeItem(TRIED);
  return done;
}

// The person has removed this device elsewhere: a renewal must not bring it back.
async function end(known, subscription) {
  await subscription.unsubscribe();
  await send("DELETE", known.dataset.renewal);
}
