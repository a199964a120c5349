// Errors at their fields, in the same shape as the form macros draw them.

/** Shows `errors` (name to sentence) in `form`, removes old ones, and puts the focus into the first. */
export function showErrors(form, errors) {
  clearErrors(form);
  let first = null;
  for (const [name, sentence] of Object.entries(errors)) {
    const input = form.elements.namedItem(name);
    const field = input instanceof RadioNodeList ? input[0] : input;
    if (!field) continue;
    markInvalid(field, sentence);
    first ??= field;
  }
  first?.focus();
  return first !== null;
}

/** Removes all error marks of `form`. */
export function clearErrors(form) {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.classList.remove("is-invalid");
  }
  for (const note of form.querySelectorAll(".field-error")) note.remove();
}

/** Marks one field as wrong and says why. */
export function markInvalid(field, sentence) {
  const note = document.createElement("p");
  note.className = "field-error";
  note.id = `${field.id || field.name}-error`;
  note.textContent = sentence;
  field.setAttribute("aria-invalid", "true");
  field.classList.add("is-invalid");
  const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  field.setAttribute("aria-describedby", [...described.add(note.id)].join(" "));
  (field.closest(".field") ?? field.parentElement).append(note);
}
