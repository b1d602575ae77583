// Messages on a phone's screen. What stands there is brought to what the server says, piece by piece,
// so that a screen reader hears only what is new and nothing jumps.

import { languageOf, say } from "./words.js";

const AT_END = 48; // pixels from the end of a chat that still count as being there
const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** Show `bubbles` in `talk`. `press(bubble, key)` is called when a key under one is pressed. */
export function showBubbles(talk, bubbles, press) {
  const standing = new Map([...talk.querySelectorAll(":scope > .bubble")].map((box) => [box.id, box]));
  const stays = new Set(bubbles.map((bubble) => bubble.id));
  const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < AT_END;
  for (const [id, box] of standing) if (!stays.has(id)) box.remove();
  let isNew = false;
  for (const bubble of bubbles) {
    let box = standing.get(bubble.id);
    if (!box) {
      box = emptyBubble(bubble);
      talk.append(box);
      isNew = true;
    }
    showKeys(box, bubble, press);
    showBelow(box, bubble);
  }
  if (isNew || atEnd) talk.scrollTop = talk.scrollHeight;
}

function emptyBubble(bubble) {
  const box = element("div", `bubble ${bubble.hers ? "hers" : "ours"} ${bubble.kind}`);
  box.id = bubble.id;
  box.append(content(bubble), element("div", "keys"), element("p", "meta"));
  return box;
}

function content(bubble) {
  if (bubble.kind === "photo") return picture();
  if (bubble.kind === "voice") return withIcon("voice", say("voice"), "0:01");
  if (bubble.kind === "pin") return withIcon("place", say("place"), "Hyderabad");
  const text = element("div", "text");
  text.dir = "auto";
  if (bubble.kind === "tap") text.append(hidden(`${say("tapped")}: `));
  for (const line of bubble.text.split("\n")) {
    const span = element("span", "line");
    span.textContent = `${line}\n`;
    const language = languageOf(line, bubble.text);
    if (language) span.lang = language;
    text.append(span);
  }
  return text;
}

function picture() {
  const image = element("img", "picture");
  Object.assign(image, { src: "/simulator/static/bus_stop.png", alt: say("photo"), width: 200, height: 132 });
  return image;
}

function withIcon(icon, title, more) {
  const line = element("div", "text attached");
  line.append(iconOf(icon), ` ${title} `, element("bdi", "", more));
  return line;
}

function showKeys(box, bubble, press) {
  const keys = box.querySelector(".keys");
  const now = JSON.stringify(bubble.keys);
  if (keys.dataset.shown === now) return;
  keys.dataset.shown = now;
  keys.classList.toggle("as-list", bubble.asList);
  const hadFocus = keys.contains(document.activeElement);
  keys.replaceChildren(...bubble.keys.map((row) => {
    const line = element("div", "row");
    line.append(...row.map((key) => keyOf(key, () => press(bubble, key))));
    return line;
  }));
  // A pressed key goes: whoever pressed it by keyboard writes on.
  if (hadFocus) box.closest(".phone").querySelector("textarea").focus();
}

/** A key with a label in any language. */
export function keyOf(key, pressed) {
  const button = element("button", "", key.label);
  button.type = "button";
  button.dir = "auto";
  const language = languageOf(key.label);
  if (language) button.lang = language;
  button.addEventListener("click", pressed);
  return button;
}

function showBelow(box, bubble) {
  const below = box.querySelector(".meta");
  const parts = [element("time", "", time.format(new Date(bubble.at)))];
  if (bubble.hers) parts.push(...tick(bubble.status));
  if (bubble.parts) {
    const { parts: count, alphabet, price } = bubble;
    parts.push(element("span", "", say("cost", { parts: count, alphabet, price: dollars.format(price) })));
  }
  if (bubble.protected) parts.push(element("span", "", say("protected")));
  if (bubble.copyGone) parts.push(element("span", "gone", say("copy_gone")));
  const now = parts.map((part) => part.textContent).join("|");
  if (below.dataset.shown === now) return;
  below.dataset.shown = now;
  below.replaceChildren(...parts);
}

function tick(status) {
  if (status >= 400) return [element("span", "not-taken", say("not_taken", { status }))];
  const mark = element("span", status ? "tick arrived" : "tick", status ? "✓✓" : "✓");
  mark.setAttribute("aria-hidden", "true");
  return [mark, hidden(say(status ? "arrived" : "sent"))];
}

export function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

function hidden(text) {
  return element("span", "hidden", text);
}

function iconOf(name) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  icon.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}`);
  icon.append(use);
  return icon;
}
