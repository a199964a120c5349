// The service worker: shows what is pushed, opens its page, and tells the server where this browser is reached when that
// changes. It keeps nothing and answers no request.

import { renew } from "./lib/renewal.js";

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { href, origin } = new URL(event.notification.data.url, self.location.origin);
  if (origin === self.location.origin) event.waitUntil(open(href));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  const url = new URL("account/devices/renewal", self.registration.scope);
  // Where it fails (nobody is signed in), the next page that is opened sees to it.
  event.waitUntil(renew(self.registration, url, event.newSubscription).catch(() => {}));
});

async function open(href) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((window) => window.url === href);
  return there ? there.focus() : self.clients.openWindow(href);
}
