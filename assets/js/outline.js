// Questions are dragged to another place. Up and Down do the same without this script and by keyboard.
const list = document.querySelector("[data-reorder]");
const form = document.querySelector("[data-moved]");
const rows = [...list.querySelectorAll("[data-to]")];
let held = null;

const clear = () => rows.forEach((row) => row.classList.remove("hd-drop-before", "hd-drop-after", "hd-held"));

// Whether what is held would come after the row under the pointer: past its middle.
const isAfter = (row, event) => {
  const { top, height } = row.getBoundingClientRect();
  return event.clientY > top + height / 2;
};

for (const row of rows) {
  const grip = document.createElement("span");
  grip.className = "hd-grip";
  grip.draggable = true;
  grip.setAttribute("aria-hidden", "true");
  grip.title = list.dataset.reorder;
  row.prepend(grip);
  grip.addEventListener("dragstart", (event) => {
    held = row;
    row.classList.add("hd-held");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(row, 0, 0);
  });
  grip.addEventListener("dragend", () => {
    held = null;
    clear();
  });
  row.addEventListener("dragover", (event) => {
    if (!held || held === row) return;
    event.preventDefault();
    rows.forEach((other) => other.classList.remove("hd-drop-before", "hd-drop-after"));
    row.classList.add(isAfter(row, event) ? "hd-drop-after" : "hd-drop-before");
  });
  row.addEventListener("drop", (event) => {
    if (!held || held === row) return;
    event.preventDefault();
    const left = rows.filter((other) => other !== held);
    form.elements.place.value = left.indexOf(row) + (isAfter(row, event) ? 1 : 0);
    form.action = held.dataset.to;
    form.submit();
  });
}
