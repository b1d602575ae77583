// The three phones: what is typed goes to the demo's server, which sends it on as the provider would.
"use strict";

const URDU_OR_SINDHI = /[\u0600-\u06ff]/;
const SINDHI = /[ڪڳڱٻڄڃڇڊڏڌڍٺٽٿڦڀڻ]/;

function bubble(phone, text, whose, message) {
  const talk = phone.querySelector(".talk");
  const box = document.createElement("div");
  box.className = whose;
  box.dir = "auto";
  if (URDU_OR_SINDHI.test(text)) box.lang = SINDHI.test(text) ? "sd" : "ur";
  box.textContent = text;
  if (message && message.parts && phone.dataset.channel === "sms") {
    const cost = document.createElement("span");
    cost.className = "cost";
    cost.textContent = `${message.parts} part${message.parts > 1 ? "s" : ""} · ${message.alphabet} · about $${message.price.toFixed(2)}`;
    box.append(cost);
  }
  talk.append(box);
  talk.scrollTop = talk.scrollHeight;
  return box;
}

async function post(channel, body) {
  const options = body instanceof FormData
    ? { method: "POST", body }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/simulator/${channel}`, options);
  return answer.ok ? answer.json() : { messages: [], status: answer.status };
}

async function send(phone, body, shown) {
  const channel = phone.dataset.channel;
  if (shown) bubble(phone, shown, "hers");
  const answer = await post(channel, body);
  for (const message of answer.messages) bubble(phone, message.text, "ours", message);
  if (answer.status && answer.status !== 200) bubble(phone, `(the provider got ${answer.status} and will try again)`, "ours");
  if (channel === "telegram") await telegram(phone);
  thief();
}

// A tiny voice note and picture, made here: nothing is recorded.
function sample(kind) {
  if (kind === "photo") {
    const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 32 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#7a2e4d";
    pen.fillRect(0, 0, 32, 32);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }
  const head = "OggS\x00\x02" + "\x00".repeat(20) + "\x01\x13OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00";
  return Promise.resolve(new Blob([Uint8Array.from(head, (letter) => letter.charCodeAt(0))], { type: "audio/ogg" }));
}

const seen = new Map(); // Telegram message id → its bubble

async function telegram(phone) {
  const { messages } = await (await fetch("/simulator/telegram")).json();
  const there = new Set(messages.map((message) => message.id));
  for (const [id, box] of seen) if (!there.has(id)) { box.remove(); seen.delete(id); }
  for (const message of messages) {
    let box = seen.get(message.id);
    if (!box) {
      box = bubble(phone, message.text, "ours", message);
      seen.set(message.id, box);
    }
    box.querySelector(".keys")?.remove();
    if (!message.keyboard.length) continue;
    const keys = document.createElement("div");
    keys.className = "keys";
    for (const row of message.keyboard) {
      const line = document.createElement("span");
      for (const key of row) {
        const button = document.createElement("button");
        button.type = "button";
        button.dir = "auto";
        button.textContent = key.label;
        button.addEventListener("click", () => send(phone, { tap: key.data, message: message.id }, key.label));
        line.append(button);
      }
      keys.append(line);
    }
    const talk = phone.querySelector(".talk");
    box.append(keys);
    talk.scrollTop = talk.scrollHeight;
  }
}

async function thief() {
  const databases = await (await fetch("/simulator/thief")).json();
  const rows = document.querySelector(".thief .rows");
  const shown = document.createDocumentFragment();
  for (const [database, tables] of Object.entries(databases)) {
    for (const [table, lines] of Object.entries(tables)) {
      const title = document.createElement("h3");
      title.textContent = `${database} · ${table} (${lines.count})`;
      shown.append(title);
      for (const line of lines.rows) {
        const box = document.createElement("div");
        for (const [column, value] of Object.entries(line)) {
          const name = document.createElement("b");
          name.textContent = ` ${column} `;
          box.append(name, String(value));
        }
        shown.append(box);
      }
    }
  }
  rows.replaceChildren(shown);
}

for (const phone of document.querySelectorAll(".phone")) {
  const channel = phone.dataset.channel;
  const form = phone.querySelector("form");
  const field = phone.querySelector("textarea");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    field.dispatchEvent(new Event("input"));
    send(phone, { text }, text);
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); form.requestSubmit(); }
  });
  phone.querySelector(".pin")?.addEventListener("click", () =>
    send(phone, { latitude: 25.396, longitude: 68.3578 }, "📍 Hyderabad"));
  for (const kind of ["voice", "photo"]) {
    phone.querySelector(`.${kind}`)?.addEventListener("click", async () => {
      const body = new FormData();
      body.append("file", await sample(kind), kind);
      send(phone, body, kind === "voice" ? "🎤 0:01" : "🖼");
    });
  }
  const count = phone.querySelector(".count");
  if (count) {
    field.addEventListener("input", async () => {
      const found = await post("count", { text: field.value });
      const single = found.alphabet === "UCS-2" ? 70 : 160;
      count.textContent = `${found.units} / ${found.parts > 1 ? found.parts * (single === 70 ? 67 : 153) : single} · ${found.parts || 1} part${found.parts > 1 ? "s" : ""} · ${found.alphabet}`;
    });
  }
}

let since = 0;
setInterval(async () => {
  await telegram(document.querySelector(".phone.telegram"));
  const later = await (await fetch(`/simulator/later?since=${since}`)).json();
  since = later.next;
  for (const message of later.messages) bubble(document.querySelector(`.phone.${message.to}`), message.text, "ours", message);
}, 1000);
thief();
