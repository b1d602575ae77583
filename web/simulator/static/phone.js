// One phone: what is done on it goes to the demo's server, which posts it as the provider would.

import { element, keyOf, showBubbles } from "./bubbles.js";
import { languageOf, say } from "./words.js";

const HYDERABAD = [25.396, 68.3578];
const ROOM = { "GSM-7": [160, 153], "UCS-2": [70, 67] }; // in one SMS, and in each of several

export class Phone {
  /** `lost` is called when the server does not answer. */
  constructor(section, lost) {
    this.channel = section.dataset.channel;
    this.section = section;
    this.talk = section.querySelector(".talk");
    this.field = section.querySelector("textarea");
    this.counter = section.querySelector(".counter");
    this.lost = lost;
    this.sending = Promise.resolve();
    this.listen();
    this.typed();
  }

  show({ bubbles, below }) {
    this.talk.querySelector(".greet").hidden = bubbles.length > 0;
    showBubbles(this.talk, bubbles, (bubble, key) =>
      this.send({ text: key.label, tap: key.data, message: bubble.message }));
    const keys = this.section.querySelector(".below");
    const now = JSON.stringify(below);
    if (keys.dataset.shown === now) return;
    keys.dataset.shown = now;
    keys.hidden = below.length === 0;
    if (keys.contains(document.activeElement)) this.field.focus();
    keys.replaceChildren(...below.map((row) => {
      const line = element("div", "row");
      line.append(...row.map((key) =>
        keyOf({ label: key.asksPin ? `📍 ${say("place")}` : key.label }, () =>
          this.send(key.asksPin ? { pin: HYDERABAD } : { text: key.label }))));
      return line;
    }));
  }

  listen() {
    const form = this.section.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => {
      // Not while a word is being composed: Enter then chooses it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.section.querySelector(".begin").addEventListener("click", () => this.begin());
    for (const greeting of this.section.querySelectorAll(".greet button")) {
      greeting.addEventListener("click", () => {
        this.send({ text: greeting.textContent });
        this.field.focus();
      });
    }
    const sends = { place: () => this.send({ pin: HYDERABAD }), voice: () => this.sendFile(voiceNote()) };
    sends.photo = async () => this.sendFile(await photo());
    for (const button of this.section.querySelectorAll("[data-sends]")) {
      button.addEventListener("click", sends[button.dataset.sends]);
    }
  }

  async write() {
    const text = this.field.value;
    if (!text.trim()) return;
    this.field.value = "";
    this.typed();
    if (await this.send({ text })) return;
    this.field.value = text; // nothing typed is lost
    this.typed();
  }

  send(said) {
    return this.post("", { headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) });
  }

  sendFile(file) {
    const body = new FormData();
    body.append("file", file);
    return this.post("", { body });
  }

  begin() {
    this.field.focus();
    return this.post("/begin", {});
  }

  /** Post after what was sent before; whether the server answered. */
  post(path, options) {
    const posted = this.sending.then(async () => {
      try {
        return (await fetch(`/simulator/${this.channel}${path}`, { method: "POST", ...options })).ok;
      } catch (error) {
        this.lost(error);
        return false;
      }
    });
    this.sending = posted;
    return posted;
  }

  async typed() {
    const text = this.field.value;
    this.field.lang = languageOf(text) || document.documentElement.lang;
    if (!this.counter) return;
    const counted = await fetch("/simulator/count", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
    }).then((answer) => answer.json(), this.lost);
    if (!counted || text !== this.field.value) return; // a later letter is counted already
    const { units, alphabet } = counted;
    const parts = Math.max(1, counted.parts);
    const [alone, several] = ROOM[alphabet];
    const room = parts === 1 ? alone : parts * several;
    this.counter.textContent = say("counter", { units, room, parts, alphabet });
  }
}

// A voice note of a second's silence and a drawn picture: nothing here is recorded.
function voiceNote() {
  const head = "OggS\x00\x02" + "\x00".repeat(20) + "\x01\x13OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00";
  return new Blob([Uint8Array.from(head, (letter) => letter.charCodeAt(0))], { type: "audio/ogg" });
}

async function photo() {
  return (await fetch("/simulator/static/bus_stop.png")).blob();
}
