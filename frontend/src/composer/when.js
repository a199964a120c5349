// The chosen kind of time shows its own fields, and moves the emphasis among the buttons.

export function startWhen(composer) {
  const { form } = composer;
  const time = form.elements.publish_at;
  time.addEventListener("input", () => {
    if (time.value) choose(form, "time");
  });
  composer.follow(() => {
    const timed = composer.when !== "none";
    for (const part of form.querySelectorAll("[data-when-part]")) part.hidden = part.dataset.whenPart !== composer.when;
    for (const part of form.querySelectorAll("[data-when-timed]")) part.hidden = !timed;
    for (const part of form.querySelectorAll("[data-when-untimed]")) part.hidden = timed;
    for (const button of form.querySelectorAll("[data-only-timed]")) button.hidden = !timed;
    for (const button of form.querySelectorAll("[data-main]")) {
      const main = (button.dataset.main === "timed") === timed;
      button.classList.toggle("btn-primary", main);
      button.toggleAttribute("data-default", main);
    }
  });
}

function choose(form, value) {
  for (const radio of form.querySelectorAll("input[name=when]")) radio.checked = radio.value === value;
}
