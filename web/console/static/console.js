// The console's pages work without this file, but for passkeys. It fills in the code behind an invitation's link,
// shows a password while its owner looks, prints, and lets the browser make or show a passkey.
"use strict";

for (const form of document.querySelectorAll("form[data-from-link]")) {
  const code = location.hash.slice(1);
  if (/^[\w-]{43}$/.test(code)) {
    form.elements[form.dataset.fromLink].value = code;
    history.replaceState(null, "", location.pathname + location.search); // the code leaves the address bar
  }
}

for (const tick of document.querySelectorAll("input[data-shows]")) {
  const field = document.getElementById(tick.dataset.shows);
  tick.addEventListener("change", () => { field.type = tick.checked ? "text" : "password"; });
}

for (const button of document.querySelectorAll("button[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Whoever types for long is there, though she clicks nothing: her login goes on.
for (const form of document.querySelectorAll("form[data-keeps]")) {
  let last = 0;
  form.addEventListener("input", async () => {
    if (Date.now() - last < 60_000) return;
    last = Date.now();
    try {
      await fetch(form.dataset.keeps, { method: "HEAD", redirect: "manual", cache: "no-store" });
    } catch (cut) {
      if (!(cut instanceof TypeError)) throw cut; // the network is away: in a minute again
    }
  });
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function asked(json) {
  const options = JSON.parse(json);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list || []) one.id = bytes(one.id);
  }
  return { publicKey: options };
}

function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!button.form.reportValidity()) return;
    const options = asked(button.dataset.options);
    try {
      const credential = button.dataset.passkey === "make"
        ? await navigator.credentials.create(options)
        : await navigator.credentials.get(options);
      button.form.elements.answer.value = answered(credential);
    } catch (refusal) {
      if (refusal.name === "NotAllowedError" || refusal.name === "AbortError") return; // she closed the browser's question
      throw refusal;
    }
    button.form.requestSubmit();
  });
}
