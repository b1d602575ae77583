// The whole page: three phones, fed by one stream of the server's, and the thief's pane beside them.

import { Phone } from "./phone.js";
import { look } from "./thief.js";

const LOOK_AGAIN = 2000; // milliseconds; deliveries and chores change rows after an answer
const ended = document.getElementById("ended");
const phones = [...document.querySelectorAll(".phone")].map((section) => new Phone(section, lost));
let stream = null;

function lost() {
  ended.hidden = false;
}

function listen() {
  if (stream) return;
  stream = new EventSource("/simulator/changes"); // comes back by itself when the server does
  stream.addEventListener("error", lost);
  stream.addEventListener("open", () => { ended.hidden = true; });
  stream.addEventListener("message", (event) => {
    const screens = JSON.parse(event.data);
    for (const phone of phones) phone.show(screens[phone.channel]);
    look().catch(lost);
  });
}

// A browser keeps few connections to one server: a page that nobody looks at gives its own back.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return listen();
  stream?.close();
  stream = null;
});

listen();
setInterval(() => look().catch(lost), LOOK_AGAIN);
