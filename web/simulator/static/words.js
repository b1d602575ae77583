// The page's own words in its language, and which language a line of a message is in.

const words = JSON.parse(document.getElementById("words").textContent);

/** The phrase called `name`, its {placeholders} filled. */
export function say(name, values = {}) {
  return Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), words[name]);
}

const SINDHI = /[ڪڳڱٻڄڃڇڊڏڌڍٺٽٿڦڀڻي]/;
const URDU = /[ٹڈڑےںہی]/;
const ARABIC_SCRIPT = /[\u0600-\u06ff]/;

/** "sd" or "ur" for a line in Arabic script, "" for any other; `around` tells where a line itself does not. */
export function languageOf(line, around = "") {
  if (!ARABIC_SCRIPT.test(line)) return "";
  for (const text of [line, around]) {
    if (SINDHI.test(text)) return "sd";
    if (URDU.test(text)) return "ur";
  }
  return "ur";
}
