// A browser's subscription at its push service that was renewed or lost: made anew, and told to the server. Runs in pages
// and in the service worker, so it knows no document.

/**
 * Tells the server at `url` under which address this browser is reached now: `fresh`, or what it has, or a new one.
 * Whether that is told; not where nobody is signed in, or this browser is not to notify whoever is.
 */
export async function renew(registration, url, fresh = null) {
  const asked = await fetch(url, { redirect: "error", cache: "no-store" });
  if (!asked.ok) return false;
  const { key, token } = await asked.json();
  const subscription = fresh ?? (await registration.pushManager.getSubscription()) ?? (await subscribe(registration, key));
  const { endpoint, keys } = subscription.toJSON();
  const told = await fetch(url, {
    method: "POST",
    redirect: "error",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
  return told.ok;
}

/** A new subscription with the installation's public `key` (base64url). */
export function subscribe(registration, key) {
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

/** What the server knows an address by. */
export async function digest(text) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
