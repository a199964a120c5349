// Requests to our own server, with the token that proves they come from our own page.

import { meta } from "./page.js";
import { t } from "./texts.js";

/** What the server refused. `message` is a sentence for the person, `fields` maps a field to its sentence. */
export class RequestError extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || t(status ? "request_failed" : "offline"));
    this.status = status;
    this.body = body;
    this.fields = Object.fromEntries((body?.errors ?? []).map((error) => [error.field, error.message ?? error.detail]));
  }
}

/**
 * Sends JSON (or a FormData as it is) and gives back what the server answered: parsed JSON, text, or null.
 * Throws RequestError where the server refuses or does not answer.
 */
export async function send(method, url, body, { signal } = {}) {
  const response = await attempt(url, { method, signal, ...content(body) });
  const answer = await read(response);
  if (!response.ok) throw new RequestError(response.status, typeof answer === "object" ? answer : null);
  return answer;
}

/** The header that proves where a request comes from. */
export function csrf() {
  return { "X-CSRFToken": meta("csrf-token") };
}

async function attempt(url, options) {
  try {
    return await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError(0, null);
  }
}

function content(body) {
  const headers = { Accept: "application/json", ...csrf() };
  if (body === undefined || body instanceof FormData) return { headers, body };
  return { headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function read(response) {
  if (response.status === 204) return null;
  const kind = response.headers.get("Content-Type") ?? "";
  return kind.includes("json") ? response.json() : response.text();
}
