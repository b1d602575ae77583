// What a thief would see: rows as they come from the server. Shown again only where they changed.

import { element } from "./bubbles.js";
import { say } from "./words.js";

const number = new Intl.NumberFormat("en");
const pane = document.querySelector(".thief");
const seen = new Set(); // rows shown before, as text
let looking = false;

/** Ask for the rows and show them. Fails when the server does not answer. */
export async function look() {
  if (looking || document.hidden) return;
  looking = true;
  try {
    const { databases, search } = await (await fetch("/simulator/thief")).json();
    const { bytes, texts, found } = search;
    pane.dataset.found = found;
    write(pane.querySelector(".search"), say("thief.search", { bytes: number.format(bytes), texts, found }));
    show(databases);
  } finally {
    looking = false;
  }
}

function show(databases) {
  const rows = pane.querySelector(".rows");
  const now = JSON.stringify(databases);
  if (rows.shown === now) return;
  rows.shown = now;
  const isFirst = seen.size === 0;
  const shown = document.createDocumentFragment();
  for (const database of ["main", "keys"]) {
    for (const [table, { count, rows: lines }] of Object.entries(databases[database])) {
      const title = element("h3", "", `${database} · ${table} `);
      title.append(element("span", "", String(count)));
      shown.append(title, ...lines.map((line) => rowOf(line, isFirst)));
      if (count > lines.length) shown.append(element("p", "rest", say("thief.more", { count: count - lines.length })));
    }
  }
  rows.replaceChildren(shown);
}

function rowOf(line, isFirst) {
  const row = element("p", "line");
  for (const [column, value] of Object.entries(line)) {
    row.append(element("span", "column", column), " ", element("code", "", String(value)), " ");
  }
  if (!seen.has(row.textContent)) {
    seen.add(row.textContent);
    if (!isFirst) row.classList.add("fresh");
  }
  return row;
}

function write(box, text) {
  if (box.textContent !== text) box.textContent = text;
}
