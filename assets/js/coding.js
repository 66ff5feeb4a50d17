// The coding desk, faster: shortcuts, selecting words, and a save that survives a lost connection.
// Without this script the same form does the same things.
const { dataset } = document.currentScript;
const form = document.querySelector("[data-desk]");
const words = form.querySelector("[data-words]");
const status = form.querySelector("[data-status]");

form.querySelector("[data-help]").hidden = false;

// Shortcuts work only while the answer itself has the focus, so they never surprise anybody who
// speaks to the computer or types a note (WCAG 2.1.4).
function tick(box) {
  if (!box) return;
  box.checked = !box.checked;
  touch();
  status.textContent = `${box.labels[0].innerText.trim()}: ${box.checked ? "stands" : "taken away"}`;
}

function turn(select) {
  if (!select) return;
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  touch();
  status.textContent = select.options[select.selectedIndex].text;
}

const press = (selector) => form.querySelector(selector)?.click();
const lastRow = () => [...form.querySelectorAll("[data-row]")].pop();
const shortcuts = {
  a: () => press("[data-accept]"),
  s: () => press("[data-save]"),
  n: () => press("[data-skip]"),
  t: () => lastRow().querySelector("[data-theme]").focus(),
  u: () => tick(form.elements.unsure),
  x: () => tick(form.elements.none_fits),
};

words.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  const act = digit
    ? () => (event.shiftKey ? turn(form.querySelector(`#polarity-${digit}`)) : tick(form.querySelector(`#keep-${digit}`)))
    : shortcuts[event.key.toLowerCase()];
  if (!act || (event.shiftKey && !digit)) return;
  event.preventDefault();
  act();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") words.focus();
});

// Where a point of the page lies in the answer, in code points of the original.
function placeOf(node, offset, isEnd) {
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
  if (!piece) return null;
  if (piece.dataset.end) return Number(isEnd ? piece.dataset.end : piece.dataset.start);
  return Number(piece.dataset.start) + [...node.textContent.slice(0, offset)].length;
}

function takeSelection() {
  const selection = document.getSelection();
  if (selection.isCollapsed || !words.contains(selection.anchorNode) || !words.contains(selection.focusNode)) return;
  const range = selection.getRangeAt(0);
  const quoted = range.cloneContents();
  for (const badge of quoted.querySelectorAll("[data-badge]")) badge.remove();
  for (const hidden of quoted.querySelectorAll("[data-end]")) hidden.textContent = `[${hidden.textContent}]`;
  const row = lastRow();
  row.querySelector("[data-quote]").value = quoted.textContent.trim();
  row.querySelector("[data-from]").value = placeOf(range.startContainer, range.startOffset, false) ?? "";
  row.querySelector("[data-to]").value = placeOf(range.endContainer, range.endOffset, true) ?? "";
  row.querySelector("[data-theme]").focus();
  touch();
}

words.addEventListener("mouseup", takeSelection);
for (const quote of form.querySelectorAll("[data-quote]")) {
  quote.addEventListener("input", () => {
    const row = quote.closest("[data-row]");
    row.querySelector("[data-from]").value = "";
    row.querySelector("[data-to]").value = "";
  });
}

// What is half done is kept on the server a moment after each change, and on the way out: a closed
// laptop loses nothing. It counts nowhere before it is saved, and never writes over another tab.
const PAUSE = 1000;
let changes = 0; // how often something was changed, and how much of it the server has
let kept = 0;
let timer;
let keeping = null; // the request under way, so that two never cross
let stopped = false; // saved, or another tab went on: from here on only Save keeps

function touch() {
  changes += 1;
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}

async function send(at, leaving) {
  const body = new FormData(form);
  body.set("act", "quiet");
  try {
    const headers = { Accept: "application/json" };
    const reply = await fetch(form.action, { method: "POST", body, headers, credentials: "same-origin", keepalive: leaving });
    if (reply.headers.get("Content-Type") !== "application/json") return;
    const answer = await reply.json();
    stopped ||= reply.status === 409;
    if (stopped) return reply.ok || say(answer.words);
    form.elements.half.value = answer.half;
    kept = at;
    form.querySelector("[data-kept]").textContent = answer.words;
  } catch {
    // Without a connection it stays on the page, and goes when the connection is back.
  }
}

async function keep(leaving = false) {
  clearTimeout(timer);
  while (keeping) await keeping;
  if (stopped || changes === kept) return;
  keeping = send(changes, leaving);
  await keeping;
  keeping = null;
}

form.addEventListener("input", touch);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep(true));

// A save that meets no network keeps the page, says so, and tries again when the network is back.
let waiting = null;

function say(text) {
  status.textContent = text;
  const button = form.querySelector("[data-save]");
  button.after(status);
}

async function save(act) {
  clearTimeout(timer);
  stopped = true;
  await keeping;
  const body = new FormData(form);
  body.append("act", act);
  say(dataset.saving);
  try {
    const headers = { Accept: "application/json" };
    const reply = await fetch(form.action, { method: "POST", body, headers, credentials: "same-origin" });
    waiting = null;
    stopped = false;
    if (new URL(reply.url).pathname.startsWith("/sign-in")) return say(dataset.signedOut);
    stopped = true;
    if (reply.headers.get("Content-Type") === "application/json") return location.assign((await reply.json()).next);
    submitPlainly(act); // there is something to change, and the page says what
  } catch {
    waiting = act;
    stopped = false;
    say(dataset.offline);
  }
}

function submitPlainly(act) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "act", value: act });
  form.append(field);
  form.submit();
}

form.addEventListener("submit", (event) => {
  const act = event.submitter?.value ?? "save";
  if (act === "add") return;
  event.preventDefault();
  save(act);
});
window.addEventListener("online", () => (waiting ? save(waiting) : keep()));
words.focus({ preventScroll: true });
