// The journey works without this file. With it: leaving blanks the screen first, the whole journey is one
// history entry, and a slow or missing network is told in words. Nothing is ever kept on the phone.
let sending = null;

// Reads the page aloud with a voice that lives on this device; a voice from elsewhere would send
// the words there, so without one of its own the button stays hidden.
function voice() {
  if (!("speechSynthesis" in window)) return null;
  const { lang } = document.documentElement;
  return speechSynthesis.getVoices().find((v) => v.localService && v.lang.startsWith(lang));
}

function offerReading() {
  const button = document.querySelector("[data-read]");
  if (button) button.hidden = !voice();
}

function hush() {
  if ("speechSynthesis" in window) speechSynthesis.cancel();
}

function read() {
  const parts = [...document.querySelector("main").children].filter((part) => !part.matches("[data-read]"));
  const words = new SpeechSynthesisUtterance(parts.map((part) => part.innerText).join("\n"));
  words.voice = voice();
  hush();
  speechSynthesis.speak(words);
}

addEventListener("click", (event) => {
  if (event.target.closest("[data-read]")) read();
  const link = event.target.closest("[data-replace]");
  if (link) {
    event.preventDefault();
    location.replace(link.href);
  }
});
if ("speechSynthesis" in window) {
  speechSynthesis.addEventListener("voiceschanged", offerReading);
}
offerReading();

function leave(form) {
  const body = new URLSearchParams(new FormData(form));
  const { action } = form.attributes;
  const away = form.dataset.exit;
  if (sending) sending.abort();
  hush();
  document.documentElement.replaceChildren();
  try {
    // Told to outlive the page: it ends the session and takes the cookie away.
    fetch(action.value, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
  } finally {
    location.replace(away);
  }
}

function say(words) {
  document.querySelector("[data-status]").textContent = words || "";
}

function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  const { lang, dir } = next.documentElement;
  Object.assign(document.documentElement, { lang, dir });
  document.body.replaceWith(next.body);
  scrollTo(0, 0);
  hush();
  offerReading();
  const start = document.querySelector("[data-focus]") || document.querySelector("h1");
  if (start) start.focus();
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button && button.name) body.append(button.name, button.value);
  const words = document.querySelector("[data-status]").dataset;
  sending = new AbortController();
  say();
  const slow = setTimeout(() => say(words.slow), 5000);
  try {
    const reply = await fetch(form.attributes.action.value, { method: "POST", body, signal: sending.signal });
    // Words already typed stay on the screen rather than give way to an error page.
    if (!reply.ok) throw reply;
    const html = await reply.text();
    clearTimeout(slow);
    show(html);
    history.replaceState(null, "", reply.url);
  } catch (reply) {
    clearTimeout(slow);
    say(navigator.onLine ? words[`on${reply.status}`] || words.again : words.offline);
  }
  sending = null;
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.exit) {
    event.preventDefault();
    leave(form);
  } else if ("step" in form.dataset) {
    event.preventDefault();
    if (!sending) send(form, event.submitter);
  }
});

let shifts = [];
addEventListener("keydown", (event) => {
  const now = event.timeStamp;
  shifts = event.key === "Shift" ? [...shifts, now].filter((then) => now - then < 5000) : [];
  if (shifts.length > 2) document.querySelector("[data-exit]").requestSubmit();
});

// A page the browser kept whole for its Back button is blanked and asked for again.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    document.documentElement.replaceChildren();
    location.reload();
  }
});
