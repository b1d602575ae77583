// The pages of words work without this file. It makes placeholders into chips that cannot be broken, keeps what is
// typed on this device until it is saved, and takes over what the same language said before.
"use strict";

const HOLE = /\{([a-z][a-z0-9_]*)\}/g;
let current = null; // the field that was written in last

const chip = (name) => {
  const made = document.createElement("span");
  made.className = "hole";
  made.contentEditable = "false";
  made.dir = "ltr";
  made.dataset.hole = name;
  made.textContent = name;
  return made;
};

const draw = (field, text) => {
  field.replaceChildren();
  let at = 0;
  for (const found of text.matchAll(HOLE)) {
    if (!field.known.has(found[1])) continue; // typed by hand, and no placeholder of this phrase
    field.append(text.slice(at, found.index), chip(found[1]));
    at = found.index + found[0].length;
  }
  field.append(text.slice(at));
};

const read = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.dataset?.hole) return `{${node.dataset.hole}}`;
  if (node.nodeName === "BR") return "\n";
  return [...node.childNodes].map(read).join("");
};

const write = (field, text) => {
  draw(field, text);
  told(field);
};

const told = (field) => {
  field.area.value = read(field);
  field.area.dispatchEvent(new Event("input", { bubbles: true }));
};

const insert = (field, node) => {
  const selected = getSelection();
  let range = selected.rangeCount ? selected.getRangeAt(0) : null;
  if (!range || !field.contains(range.commonAncestorContainer)) {
    range = document.createRange();
    range.selectNodeContents(field);
    range.collapse(false);
  }
  range.deleteContents();
  range.insertNode(node);
  range.setStartAfter(node);
  range.collapse(true);
  field.focus();
  selected.removeAllRanges();
  selected.addRange(range);
  told(field);
};

// A browser that does not know it shows the plain field.
const plainOnly = (() => {
  const probe = document.createElement("div");
  probe.setAttribute("contenteditable", "plaintext-only");
  return probe.contentEditable === "plaintext-only";
})();

for (const area of plainOnly ? document.querySelectorAll("textarea[data-chips]") : []) {
  const field = document.createElement("div");
  field.area = area;
  field.known = new Set(area.dataset.chips.split(" ").filter(Boolean));
  field.className = "written";
  field.setAttribute("contenteditable", "plaintext-only");
  field.lang = area.lang;
  field.dir = area.dir;
  field.setAttribute("role", "textbox");
  field.setAttribute("aria-multiline", "true");
  field.setAttribute("aria-labelledby", `${area.id}-label`);
  document.getElementById(`${area.id}-label`).addEventListener("click", () => field.focus());
  draw(field, area.value);
  area.hidden = true;
  area.after(field);
  current = current || field;
  field.addEventListener("focus", () => { current = field; });
  field.addEventListener("input", () => told(field));
  field.addEventListener("blur", () => { // what was pasted or typed in braces becomes a chip
    if ([...field.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && HOLE.test(node.data))) draw(field, area.value);
    HOLE.lastIndex = 0;
  });
}

const plain = document.querySelector("textarea[data-chips]");
for (const button of document.querySelectorAll("[data-puts]")) {
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the place in the field is not lost
  button.addEventListener("click", () => {
    if (current) insert(current, chip(button.dataset.puts));
    else plain.setRangeText(`{${button.dataset.puts}}`, plain.selectionStart, plain.selectionEnd, "end");
  });
}
for (const button of document.querySelectorAll("[data-takes]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (current) write(current, button.dataset.takes);
    else plain.value = button.dataset.takes;
    (current || plain).focus();
  });
}

// Ctrl+Enter says it and goes on to the next.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  document.querySelector("[data-saves]")?.click();
});

// J and K run through a list.
const names = [...document.querySelectorAll(".phrases .name")];
const listKeys = document.querySelector("[data-keys-switch]");
if (names.length && listKeys) {
  const tick = listKeys.querySelector("input");
  tick.checked = localStorage.getItem("hamraz-keys") !== "off";
  tick.addEventListener("change", () => localStorage.setItem("hamraz-keys", tick.checked ? "on" : "off"));
  listKeys.hidden = false;
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step || !tick.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), select")) return;
    const at = names.indexOf(document.activeElement);
    names[Math.min(names.length - 1, Math.max(0, at < 0 ? 0 : at + step))].focus();
  });
}

// What is typed stays on this device until it is saved, whatever happens to the connection.
for (const form of document.querySelectorAll("form[data-remembers]")) {
  const name = `hamraz-words ${form.dataset.remembers}`;
  const areas = [...form.querySelectorAll("textarea")];
  const kept = JSON.parse(localStorage.getItem(name) || "null");
  if (kept && !document.querySelector(".error, .found-here")) {
    areas.forEach((area, at) => {
      if (typeof kept[at] !== "string" || kept[at] === area.value) return;
      area.value = kept[at];
      if (plainOnly) write(area.nextElementSibling, kept[at]);
      form.querySelector("[data-restored]").hidden = false;
    });
  }
  form.addEventListener("input", () => localStorage.setItem(name, JSON.stringify(areas.map((area) => area.value))));
}
if (document.querySelector(".said")) { // it was saved: only what belongs to the words of now is worth keeping
  for (const key of Object.keys(localStorage)) {
    const form = document.querySelector("form[data-remembers]");
    const [language, phrase] = form ? form.dataset.remembers.split(" ") : ["", ""];
    if (phrase && key.startsWith(`hamraz-words ${language} ${phrase} `) && key !== `hamraz-words ${form.dataset.remembers}`) localStorage.removeItem(key);
  }
}
