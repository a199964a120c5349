// On paper nothing can be unfolded: the tables behind charts are open while the page is printed.

let opened = [];

addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.data-table:not([open])")];
  for (const table of opened) table.open = true;
});

addEventListener("afterprint", () => {
  for (const table of opened) table.open = false;
});
