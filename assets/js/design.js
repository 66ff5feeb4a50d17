// Drafts save themselves: after a pause, and before leaving. Without this script, Save does the same.
const { dataset } = document.currentScript;
const form = document.querySelector("[data-autosave]");
const status = form.querySelector("[data-status]");
const preview = document.querySelector("iframe");
const { kind, revision } = form.elements;
const PAUSE = 1500;
const AGAIN = 15000;

let changes = 0; // how often she typed or ticked, and how much of it the server has
let saved = 0;
let timer;
let running = null; // the save under way, so that two never cross
let trouble = false; // the last save did not arrive, or was refused
let stopped = false; // somebody else saved first: from here on only she decides
let submitting = false;

const newLines = () => [...form.querySelectorAll("[data-known-as]")];
const filledLines = () => newLines().filter((line) => line.value.trim());
const kindChanged = () => kind && !kind.selectedOptions[0].defaultSelected;
const isDirty = () => changes !== saved || filledLines().length > 0;

// What is saved quietly. A new answer waits until it is finished, and another kind of answer until
// Save is pressed: both change what the page offers.
function content(leaving) {
  const data = new FormData(form);
  const lines = filledLines().filter((line) => leaving || line !== document.activeElement);
  for (const line of newLines()) data.delete(line.name);
  for (const line of lines) data.append(line.name, line.value);
  if (kindChanged()) data.set("kind", [...kind.options].find((option) => option.defaultSelected).value);
  data.set("act", "quiet");
  return { data, lines, at: changes };
}

// A new line has its own name from now on, so that it is never added twice.
function keepLines(lines, ids) {
  lines.forEach((line, place) => {
    if (!ids[place]) return;
    const fresh = line.parentElement.cloneNode(true);
    const next = fresh.querySelector("input");
    next.id = `${line.id}-${ids[place]}`;
    next.value = "";
    const last = newLines().pop().parentElement;
    const label = fresh.querySelector("label");
    label.htmlFor = next.id;
    label.textContent = last.querySelector("label").textContent.replace(/\d+/, (number) => Number(number) + 1);
    last.after(fresh);
    line.name = line.dataset.knownAs + ids[place];
    delete line.dataset.knownAs;
  });
}

function refreshPreview() {
  if (preview && document.activeElement !== preview) preview.contentWindow.location.replace(preview.src);
}

function plan(after) {
  clearTimeout(timer);
  timer = setTimeout(save, after);
}

async function send({ data, lines, at }, leaving) {
  const options = { method: "POST", body: data, headers: { Accept: "application/json" }, keepalive: leaving };
  let reply;
  try {
    reply = await fetch(form.action, { ...options, credentials: "same-origin" });
  } catch {
    trouble = true;
    status.textContent = dataset.offline;
    return plan(AGAIN);
  }
  trouble = !reply.ok || reply.redirected;
  if (reply.headers.get("Content-Type") !== "application/json") {
    status.textContent = reply.redirected ? dataset.signedOut : dataset.failed;
    return;
  }
  const answer = await reply.json();
  stopped = reply.status === 409;
  if (reply.ok) {
    revision.value = answer.revision;
    saved = at;
    keepLines(lines, answer.added);
    refreshPreview();
  }
  status.textContent = answer.says;
}

async function save(leaving = false) {
  clearTimeout(timer);
  while (running) await running;
  if (stopped || submitting || !isDirty()) return;
  running = send(content(leaving), leaving);
  await running;
  running = null;
}

form.addEventListener("input", () => {
  changes += 1;
  if (!stopped) plan(PAUSE);
});
form.addEventListener("focusout", () => isDirty() && !stopped && plan(PAUSE));
window.addEventListener("online", () => save());

// Save itself waits for a quiet save that is under way, whose revision it has to carry.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  submitting = true;
  if (!running) return;
  event.preventDefault();
  await running;
  event.submitter.click();
});

// A link is followed when the words have arrived; a page that is closed sends them on its way out.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = link && !link.target && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!isPlain || stopped || !isDirty()) return;
  event.preventDefault();
  await save(true);
  location.assign(link.href);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && !running) save(true);
});
window.addEventListener("beforeunload", (event) => {
  const isAtRisk = kindChanged() || (isDirty() && (trouble || stopped || running));
  if (!submitting && isAtRisk) event.preventDefault();
});
