// The phones work without this file: each press is a form that is answered by a page. With it the page stays, and only
// what changed on it is exchanged, so that nothing typed on another phone is lost and nothing jumps.
"use strict";

const lost = document.querySelector("[data-lost]");

function toTheEnd() {
  for (const talk of document.querySelectorAll(".talk")) talk.scrollTop = talk.scrollHeight;
}

/** Bring this page to what another one shows, wherever both have a place of the same name. */
function exchange(other) {
  for (const place of document.querySelectorAll("[data-swap]")) {
    const now = other.querySelector(`[data-swap="${place.dataset.swap}"]`);
    if (now && now.innerHTML !== place.innerHTML) place.replaceChildren(...now.childNodes);
  }
  const carried = other.querySelector("[name=script]").value;
  for (const field of document.querySelectorAll("[name=script]")) field.value = carried;
  const said = other.querySelector("main > .error");
  document.querySelector("main > .error")?.remove();
  if (said) document.querySelector("main > h1").after(said);
  toTheEnd();
}

async function send(form, pressed) {
  const typed = form.querySelector("textarea");
  const text = typed.value;
  const body = new FormData(form, pressed);
  if (pressed.value === "say") typed.value = "";
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (answer.status >= 500) throw new Error("not now"); // what stands here can be sent again
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.redirected || !page.querySelector("[name=script]")) {
      location.reload();
      return;
    }
    exchange(page);
    lost.hidden = true;
    lost.classList.add("hidden");
    if (!document.activeElement || document.activeElement === document.body) typed.focus();
  } catch {
    if (pressed.value === "say") typed.value = text; // nothing typed is lost
    lost.hidden = false;
    lost.classList.remove("hidden");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

// One tick for the three of them.
const everywhere = document.querySelectorAll("[data-phone] [name=all]");
for (const tick of everywhere) {
  tick.addEventListener("change", () => {
    for (const other of everywhere) other.checked = tick.checked;
  });
}

for (const form of document.querySelectorAll("[data-phone]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return; // a second press while the first is under way
    send(form, event.submitter ?? form.querySelector(".send"));
  });
  form.querySelector("textarea").addEventListener("keydown", (event) => {
    // Not while a word is being composed: Enter then chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".send"));
  });
}

toTheEnd();
document.fonts?.ready.then(toTheEnd);
