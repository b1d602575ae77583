// Keeps a page fresh while it is open. The server tells ids only; what stands in the page it fetches anew from its own
// address and puts in what is marked with data-live, piece by piece, so that nothing that is in use is taken away:
// what has the focus, is typed in, open, uncovered or playing stays. Every minute it looks by itself, also where no stream is to be had.
"use strict";

(() => {
  const root = document.querySelector("main[data-stream]");
  if (!root) return;
  const EVERY = 60_000, AGAIN = 10_000, SETTLE = 150, TYPING = 60_000;
  const BY_ITSELF = { "X-Hamraz-By-Itself": "1" };
  let fetching = false, wanted = false, settling = 0, ended = false, lastTyped = 0;

  const writing = (node) => node.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  const inUse = (node) => writing(node)
    || [...node.querySelectorAll("audio, video")].some((one) => !one.paused)
    || node.querySelector("details[open], .covered input:checked") !== null;

  // In its place, with the focus where it was.
  function replace(now, fresh) {
    const links = "a, button, summary";
    const at = now.contains(document.activeElement) ? [...now.querySelectorAll(links)].indexOf(document.activeElement) : -1;
    const put = document.importNode(fresh, true);
    now.replaceWith(put);
    if (at >= 0) (put.querySelectorAll(links)[at] || put.querySelector(links) || root).focus({ preventScroll: true });
    return put;
  }

  function put(now, fresh) {
    if (now.isEqualNode(fresh)) return;
    if (now.dataset.live !== "list") {
      if (!inUse(now)) replace(now, fresh);
      return;
    }
    const atEnd = now.lastElementChild && now.lastElementChild.getBoundingClientRect().bottom <= innerHeight + 40;
    const there = new Map([...now.children].map((one) => [one.id, one]));
    let before = now.firstElementChild;
    for (const one of [...fresh.children]) {
      const known = one.id && there.get(one.id);
      if (!known) { now.insertBefore(document.importNode(one, true), before); continue; }
      there.delete(one.id);
      let kept = known;
      if (!known.isEqualNode(one) && !inUse(known)) kept = replace(known, one);
      if (kept === before || known === before) before = kept.nextElementSibling;
      else now.insertBefore(kept, before);
    }
    for (const gone of there.values()) gone.remove();
    if (atEnd && now.lastElementChild && now.dataset.follows) now.lastElementChild.scrollIntoView({ block: "nearest" });
  }

  // What the page brought along filled in is no typing of hers, unless it was typed before and refused.
  const BROUGHT_BACK = "#reply, #note, [data-typed]";
  const typed = () => [...document.querySelectorAll("textarea")]
    .filter((one) => (one.value !== one.defaultValue || one.matches(BROUGHT_BACK)) && one.value.trim());

  // The case is hers no more, or it is now: nothing of the old page stays but what she has typed.
  function become(other) {
    const kept = typed().map((one) => one.value);
    root.replaceChildren(...[...other.children].map((one) => document.importNode(one, true)));
    root.dataset.shape = other.dataset.shape;
    const box = document.getElementById("kept");
    if (!kept.length || !box) return;
    for (const text of kept) {
      const line = document.createElement("p");
      line.dir = "auto";
      line.className = "ours";
      line.textContent = text;
      box.append(line);
    }
    box.hidden = false;
  }

  async function fetchAnew(headers) {
    if (ended) return;
    if (fetching) { wanted = true; return; }
    fetching = true;
    try {
      const answer = await fetch(root.dataset.page, { headers, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || answer.status === 403) { end(); return; }
      if (answer.status === 404) { location.replace(root.dataset.page); return; } // a reload might send a form again
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const other = fresh.querySelector("main");
      if (other && other.dataset.shape !== root.dataset.shape) { become(other); return; }
      for (const piece of document.querySelectorAll("[data-live]")) {
        const same = fresh.getElementById(piece.id);
        if (same) put(piece, same);
      }
      for (const form of document.forms) { // a form that is open for long must still prove that it is ours
        const same = [...fresh.forms].find((one) => one.getAttribute("action") === form.getAttribute("action"));
        if (same && form.elements.csrf_token) form.elements.csrf_token.value = same.elements.csrf_token.value;
      }
      document.dispatchEvent(new CustomEvent("fresh"));
    } catch (cut) {
      if (!(cut instanceof TypeError)) throw cut; // the network is away: the next look brings it
    } finally {
      fetching = false;
      if (wanted) { wanted = false; soon(); }
    }
  }

  function soon() {
    clearTimeout(settling);
    settling = setTimeout(() => fetchAnew(BY_ITSELF), SETTLE);
  }

  function end() {
    if (ended) return;
    ended = true;
    const boxes = typed(), told = document.getElementById("ended");
    if (!boxes.length || !told) { location.replace(root.dataset.ended); return; } // who is logged in now goes on to her own
    // What she has typed must not be lost; nothing else stays on the screen.
    const stay = [told, ...boxes, ...boxes.flatMap((one) => [...one.labels])];
    for (const one of root.querySelectorAll("*")) {
      if (!stay.some((other) => one.contains(other) || other.contains(one))) one.remove();
    }
    told.hidden = false;
    told.focus();
  }

  function listen(after) {
    const stream = new EventSource(`${root.dataset.stream}?after=${encodeURIComponent(after)}`);
    stream.addEventListener("case", (told) => { if (!root.dataset.case || root.dataset.case === told.data) soon(); });
    stream.addEventListener("everything", soon);
    stream.addEventListener("ended", () => { stream.close(); end(); });
    stream.addEventListener("elsewhere", () => stream.close());
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen(""), AGAIN);
    });
    addEventListener("pagehide", () => stream.close());
  }

  // Whoever logs out here is on her way to the login already; a second way there would meet the first.
  document.querySelector("form.out")?.addEventListener("submit", () => { ended = true; });
  listen(root.dataset.after);
  setInterval(() => { if (!document.hidden) fetchAnew(BY_ITSELF); }, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  document.addEventListener("input", () => { // whoever types is there, though she clicks nothing
    if (Date.now() - lastTyped > TYPING) { lastTyped = Date.now(); fetchAnew({}); }
  });
})();
