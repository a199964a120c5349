// Sentences in the person's language: templates put them into <script type="application/json" data-texts>.

let known;

/** The sentence called `key`, with `%(name)s` filled in from `values`. */
export function t(key, values = {}) {
  known ??= read();
  const text = known[key] ?? key;
  return text.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
}

function read() {
  const parts = [...document.querySelectorAll("script[data-texts]")].map((part) => JSON.parse(part.textContent));
  return Object.assign({}, ...parts);
}
