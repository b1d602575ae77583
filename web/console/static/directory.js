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
      const answer = await fetch(form.dataset.previews, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (!answer.ok || mine !== latest) return; // she typed on meanwhile, or has to log in anew: saving will say so
      told.innerHTML = await answer.text(); // our own page's part, escaped where it was made
    }, 400);
  });
}

// Keys of a page: a letter or an arrow presses what names it, unless she is typing or has switched them off.
const keyed = new Map();
for (const target of document.querySelectorAll("[data-key]")) {
  for (const key of target.dataset.key.split(" ")) keyed.set(key, target);
}
const keysSwitch = document.querySelector("[data-keys-switch]");
if (keysSwitch && keyed.size) {
  const tick = keysSwitch.querySelector("input");
  tick.checked = localStorage.getItem("hamraz-keys") !== "off";
  tick.addEventListener("change", () => localStorage.setItem("hamraz-keys", tick.checked ? "on" : "off"));
  keysSwitch.hidden = false;
  let pressed = false;
  addEventListener("pageshow", () => { pressed = false; }); // also when she comes back to it
  document.addEventListener("keydown", (event) => {
    const target = keyed.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const typing = event.target instanceof Element && event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (!target || typing || !tick.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    if (pressed) return;
    pressed = true;
    setTimeout(() => { pressed = false; }, 3_000); // where it stayed on this page after all
    target.click();
  });
}

// One tick for every row of the page.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    for (const tick of all.closest("form").querySelectorAll("input[name=row]")) tick.checked = event.target.checked;
  });
}
