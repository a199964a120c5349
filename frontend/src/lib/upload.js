// A file on its way to the server, with word of how far it is; what `fetch` cannot tell.

import { csrf, RequestError } from "./http.js";

/**
 * Sends `file` as a form. `hear` gets the part that is sent (0 to 1); `signal` ends it.
 * Gives back what the server answered; throws RequestError, or an AbortError where `signal` ended it.
 */
export function upload(url, file, { hear, signal }) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", file);
  return new Promise((resolve, reject) => {
    const fail = (status, answer) => reject(new RequestError(status, answer));
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => lengthComputable && hear(loaded / total));
    request.addEventListener("load", () => (request.status < 300 ? resolve(request.response) : fail(request.status, request.response)));
    request.addEventListener("error", () => fail(0, null));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", url);
    request.responseType = "json";
    for (const [name, value] of Object.entries({ Accept: "application/json", ...csrf() })) request.setRequestHeader(name, value);
    request.send(body);
  });
}
