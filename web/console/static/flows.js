// The studio works without this file. On a narrow page the drawing opens on the step where the flow begins, not on its empty edge.
"use strict";

for (const drawing of document.querySelectorAll(".drawing")) {
  const first = drawing.querySelector(".box.first")?.getBoundingClientRect();
  const shown = drawing.getBoundingClientRect();
  if (first) drawing.scrollLeft += (first.left + first.right - shown.left - shown.right) / 2;
}

// What is wrong is told while she types, beside its field; nothing of it is kept before she saves. One look at a time.
const PAUSE = 300;
for (const form of document.querySelectorAll("form[data-checks]")) {
  const places = document.querySelectorAll(`[data-of="${form.id}"]`);
  let timer = 0;
  let looking = false;
  let again = false;

  const show = (answer) => {
    const told = new DOMParser().parseFromString(answer, "text/html");
    for (const place of places) {
      const found = told.querySelector(`[data-found="${place.dataset.found}"]`);
      if (place.innerHTML !== (found?.innerHTML ?? "")) place.replaceChildren(...(found?.childNodes ?? []));
    }
  };

  const look = async () => {
    if (looking) { again = true; return; }
    looking = true;
    do {
      again = false;
      try {
        const body = new URLSearchParams(new FormData(form));
        const answer = await fetch(form.dataset.checks, { method: "POST", body, redirect: "manual", cache: "no-store" });
        if (answer.ok && !again) show(await answer.text());
      } catch (cut) {
        if (!(cut instanceof TypeError)) throw cut; // the network is away: what is wrong is told when she saves
      }
    } while (again);
    looking = false;
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
}
