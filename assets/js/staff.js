// Charts are drawn only when asked for: the table on the page already says everything.
const { nonce, dataset } = document.currentScript;

// Plotly writes style attributes, which our policy refuses; the same words set through the style
// object are allowed, because only a script of ours could have set them.
function allowStyles() {
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function set(name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}

function loadPlotly() {
  loadPlotly.once ??= new Promise((resolve, reject) => {
    // Plotly looks for this mark and then leaves its inline styles out; staff.css has them.
    const mark = Object.assign(document.createElement("template"), {
      id: "plotly.js-style-global",
      className: "no-inline-styles",
    });
    const script = Object.assign(document.createElement("script"), {
      nonce,
      src: dataset.plotly,
      onload: resolve,
      onerror: reject,
    });
    allowStyles();
    document.head.append(mark, script);
  });
  return loadPlotly.once;
}

async function figureOf(slot) {
  const inline = slot.querySelector("script[type='application/json']");
  if (inline) return JSON.parse(inline.textContent);
  const reply = await fetch(slot.dataset.figure, { credentials: "same-origin" });
  if (!reply.ok) throw reply;
  return reply.json();
}

async function draw(slot, button) {
  const canvas = slot.querySelector("[data-canvas]");
  const status = slot.querySelector("[data-status]");
  button.disabled = true;
  status.textContent = dataset.loading;
  try {
    const [figure] = await Promise.all([figureOf(slot), loadPlotly()]);
    canvas.hidden = false;
    await window.Plotly.newPlot(canvas, figure.data, figure.layout, {
      displayModeBar: false,
      responsive: true,
      showLink: false,
    });
    status.textContent = dataset.drawn;
    button.remove();
  } catch {
    loadPlotly.once = undefined;
    canvas.hidden = true;
    button.disabled = false;
    status.textContent = dataset.again;
  }
}

for (const slot of document.querySelectorAll("[data-chart]")) {
  const button = slot.querySelector("[data-show]");
  button.hidden = false;
  button.addEventListener("click", () => draw(slot, button));
}
