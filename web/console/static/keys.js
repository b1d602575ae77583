// Keys for whoever has cases open all day. Each presses what stands in the page anyway, as a link, a button or a fold; none
// works while something is typed, and none with Ctrl, Alt or the Windows key, which are the browser's and the reader's.
"use strict";

(() => {
  const main = document.querySelector("main");
  const rows = () => [...document.querySelectorAll("#rows > li > a.code")];
  let before = "";

  function step(by) {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by, 0), all.length - 1)];
    next.focus();
    next.closest("li").scrollIntoView({ block: "nearest" });
    return true;
  }

  function use(selector) {
    const found = document.querySelector(selector);
    if (!found) return false;
    const fold = found.closest("details");
    if (found.matches("details")) {
      found.open = true;
      (found.querySelector("select, input:not([type=hidden]), button") || found).focus();
    } else if (found.matches("textarea, input, select")) {
      if (fold) fold.open = true;
      found.focus();
      found.scrollIntoView({ block: "nearest" });
    } else {
      found.click();
    }
    return true;
  }

  const help = () => {
    const over = document.getElementById("help");
    if (!over) return false;
    if (over.open) over.close(); else over.showModal();
    return true;
  };

  // On an Urdu or Sindhi keyboard the same place on the keyboard does the same.
  function letter(pressed) {
    if (/^[\x21-\x7e]$/.test(pressed.key)) return pressed.key.toLowerCase();
    if (/^Key[A-Z]$/.test(pressed.code)) return pressed.code.slice(3).toLowerCase();
    return pressed.code === "Slash" ? (pressed.shiftKey ? "?" : "/") : pressed.key;
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    o: () => document.activeElement.matches("a.code") && (document.activeElement.click(), true),
    r: () => use("#reply"),
    t: () => use("#ready"),
    n: () => use("#note"),
    c: () => use("#do-claim button"),
    x: () => use("#do-release button"),
    h: () => use("#do-hand-over"),
    e: () => use("#do-close"),
    "/": () => use("#search"),
    "?": help,
    "g i": () => use("#to-list"),
  };

  // What is half written as an answer or a note goes along with whatever else is done, and stands in the page that comes.
  function takeAlong(form) {
    if (!main || !main.dataset.case || !form.action.startsWith(new URL(`${main.dataset.page}/`, location).href)) return;
    for (const box of document.querySelectorAll("textarea#reply, textarea#note")) {
      const known = form.elements[box.name];
      if (known === box || !(known || box.value.trim())) continue;
      const copy = known || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: box.name }));
      copy.value = box.value;
    }
  }

  // A file that is too large would be turned away at the door, and everything that was typed with it.
  document.addEventListener("change", (chosen) => {
    const field = chosen.target;
    if (!field.dataset.most) return;
    field.setCustomValidity([...field.files].some((one) => one.size > field.dataset.most) ? field.dataset.large : "");
    field.reportValidity();
  });

  document.addEventListener("keydown", (pressed) => {
    if (pressed.key === "Enter" && (pressed.ctrlKey || pressed.metaKey) && pressed.target.matches("textarea")) {
      pressed.preventDefault();
      const form = pressed.target.form;
      form.requestSubmit(form.querySelector("button"));
      return;
    }
    if (pressed.defaultPrevented || pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.isComposing) return;
    if (pressed.target.matches("input:not([type=file]), textarea, select, audio, video") || pressed.target.isContentEditable) return;
    if (document.querySelector("dialog[open]") && pressed.key !== "?") return;
    const key = letter(pressed);
    const act = KEYS[`${before} ${key}`] || KEYS[key];
    before = key === "g" ? "g" : "";
    if (act && act()) pressed.preventDefault();
  });

  // A second click, a second Enter: the first one is under way. Not for long: a file for her device leaves the page as it
  // is, and a send that she stopped must go again. What must never go twice carries a name of its own, for the server.
  const A_MOMENT = 3_000;
  document.addEventListener("submit", (sent) => {
    const form = sent.target;
    if (form.method === "dialog") return;
    if (form.dataset.sent) { sent.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, A_MOMENT);
    takeAlong(form);
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  document.addEventListener("click", (pressed) => { if (pressed.target.closest("[data-helps]")) help(); });
  if (main && document.activeElement === document.body && document.querySelector("#thread")) {
    document.querySelector("#thread").lastElementChild?.scrollIntoView({ block: "nearest" });
  }
})();
