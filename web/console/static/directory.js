// The directory's pages work without this file. It shows what would be told while a row is typed.
"use strict";

for (const form of document.querySelectorAll("form[data-previews]")) {
  const told = document.getElementById("told");
  let waiting = 0;
  let latest = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++latest;
      const answer = await fetch(form.dataset.previews, { method: "POST", body: new FormData(form) });
      if (!answer.ok || mine !== latest) return; // she typed on meanwhile, or has to log in anew: saving will say so
      told.innerHTML = await answer.text(); // our own page's part, escaped where it was made
    }, 400);
  });
}
