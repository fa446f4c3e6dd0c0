// A chart on the page: its canvas, its legend, and what pointer and keyboard do with it.

const FRAME_BUDGET_MS = 8;
/** The browser paints lines after they are drawn, which no clock here sees. */
const FRAME_BUDGET_POINTS = 4000;
const LABEL_EVERY_MS = 5000;

const charts = new Set();
let isDrawingPlanned = false;
let chartNumber = 0;

/** Marks what is visible to be drawn once, in the next frames. */
function invalidateCharts() {
  for (const chart of charts) chart.isStale = true;
  planDrawing();
}

function planDrawing() {
  if (isDrawingPlanned || document.hidden) return;
  isDrawingPlanned = true;
  requestAnimationFrame(drawSome);
}

/** Draws as many charts as fit into a frame, and leaves the others for the next one. */
function drawSome() {
  isDrawingPlanned = false;
  const start = performance.now();
  let points = 0;
  for (const chart of charts) {
    if (!chart.isVisible || !chart.isStale) continue;
    if (points > FRAME_BUDGET_POINTS || performance.now() - start > FRAME_BUDGET_MS) {
      planDrawing();
      return;
    }
    chart.draw();
    points += chart.model?.points ?? 0;
  }
}

const visibility = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const { chart } = target;
    chart.isVisible = isIntersecting;
    if (isIntersecting) chart.begin();
  }
  planDrawing();
}, { rootMargin: "120px" });

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    target.chart.size = { width: contentRect.width, height: contentRect.height };
    target.chart.isStale = true;
  }
  planDrawing();
});

function startCharts() {
  document.addEventListener("visibilitychange", () => {
    invalidateCharts();
  });
}

class Chart {
  /**
   * `names` are the metrics whose tracks it needs, `model` makes what to draw of a range and the
   * tracks, or returns a text that says why there is nothing.
   */
  constructor({ title, label = title, names, model, height = 180, isSmall = false }) {
    chartNumber += 1;
    this.title = title;
    this.label = label;
    this.names = names;
    this.makeModel = model;
    this.isSmall = isSmall;
    this.tracks = null;
    this.isStale = true;
    this.isVisible = false;
    this.labelledAt = -Infinity;
    /** Measured when it changes: to read it while others are written would lay out the page. */
    this.size = { width: 0, height: 0 };
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.message = element("p", { class: "nothing" });
    this.plot = element("div", { class: isSmall ? "plot small" : "plot" }, this.canvas);
    this.plot.style.height = `${height}px`;
    this.plot.chart = this;
    this.root = isSmall ? this.plot : this.figure();
    visibility.observe(this.plot);
    sizes.observe(this.plot);
    charts.add(this);
  }

  figure() {
    const id = `chart-${chartNumber}`;
    this.note = element("span", { class: "muted" });
    this.legend = element("ul", { class: "legend" });
    this.cross = element("div", { class: "cross", hidden: true });
    this.brush = element("div", { class: "brush", hidden: true });
    this.spoken = element("p", { class: "hidden", "aria-live": "polite" });
    this.plot.append(this.cross, this.brush, this.message);
    setAttribute(this.plot, "role", "img");
    setAttribute(this.plot, "tabindex", "0");
    setAttribute(this.plot, "aria-label", `${this.label}. No values yet.`);
    this.listen();
    return element("figure", { class: "chart", "aria-labelledby": id },
      element("figcaption", { id }, this.title, " ", this.note), this.plot, this.legend,
      this.spoken);
  }

  begin() {
    if (!this.tracks) this.tracks = this.names.map(useTrack);
  }

  remove() {
    visibility.unobserve(this.plot);
    sizes.unobserve(this.plot);
    charts.delete(this);
    for (const track of this.tracks ?? []) releaseTrack(track);
    this.tracks = null;
  }

  draw() {
    this.isStale = false;
    const { size } = this;
    if (!size.width || !this.tracks) return;
    const model = this.makeModel(shownRange(), this.tracks);
    const had = Boolean(this.model);
    this.model = typeof model === "string" ? null : model;
    if (had !== Boolean(this.model)) this.labelledAt = -Infinity;
    if (!this.isSmall) {
      setText(this.message, typeof model === "string" ? model : "");
      setText(this.note, [this.model?.note, this.historyFault()].filter(Boolean).join(", "));
    }
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (!this.model) context.clearRect(0, 0, size.width, size.height);
    else plot(context, this.model, shownRange(), size, this.isSmall);
    if (!this.isSmall) this.read();
  }

  /** Why the chart begins only when the page was opened. */
  historyFault() {
    const track = this.tracks.find(({ state }) => state !== "asked" && state !== "loaded");
    return this.model && track ? `without its history: ${track.state}` : "";
  }

  /** Shows the values at the crosshair, or the newest ones. */
  read() {
    const box = this.box();
    const range = shownRange();
    const { cursor } = view;
    const isShown = cursor !== null && cursor >= range.from && cursor <= range.to && this.model;
    this.cross.hidden = !isShown;
    if (isShown) this.cross.style.left = `${timeToX(box, range, cursor)}px`;
    const entries = this.model?.readout(isShown ? cursor : null) ?? [];
    this.showLegend(entries, isShown ? cursor : null);
    const now = performance.now();
    if (now - this.labelledAt < LABEL_EVERY_MS) return;
    this.labelledAt = now;
    const text = this.model ? this.model.describe() : this.message.textContent;
    setAttribute(this.plot, "aria-label", `${this.label}. ${text}`);
  }

  showLegend(entries, cursor) {
    const wanted = entries.length + (cursor === null ? 0 : 1);
    while (this.legend.children.length > wanted) this.legend.lastChild.remove();
    while (this.legend.children.length < wanted) {
      this.legend.append(element("li", {}, element("i", { class: "swatch" }), element("bdi"), " ",
        element("b")));
    }
    const rows = cursor === null ? entries
      : [{ name: "at", text: formatClock(cursor) }, ...entries];
    rows.forEach((entry, index) => {
      const [swatch, name, value] = this.legend.children[index].children;
      swatch.hidden = !entry.colour;
      swatch.style.background = swatchFill(entry);
      setText(name, shortened(entry.name, 60));
      setText(value, entry.text);
    });
  }

  box() {
    return plotBox(this.size.width, this.size.height, false);
  }

  timeOf(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left;
    return xToTime(this.box(), shownRange(), x);
  }

  listen() {
    const { plot: target } = this;
    target.addEventListener("pointermove", (event) => this.pointerMoves(event));
    target.addEventListener("pointerleave", () => setCursor(null));
    target.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType !== "touch") this.drag = this.timeOf(event);
    });
    target.addEventListener("pointerup", (event) => this.pointerEnds(event));
    target.addEventListener("dblclick", resetZoom);
    target.addEventListener("keydown", (event) => this.keyPressed(event));
    target.addEventListener("blur", () => setCursor(null));
    target.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== target) return;
      event.preventDefault();
      zoomBy(event.deltaY > 0 ? 1.25 : 0.8, this.timeOf(event));
    }, { passive: false });
  }

  pointerMoves(event) {
    const time = this.timeOf(event);
    if (this.drag !== undefined && event.buttons === 0) this.drag = undefined;
    if (this.drag !== undefined) {
      const range = shownRange();
      const ends = [this.drag, time].map((end) => timeToX(this.box(), range, end));
      this.brush.hidden = false;
      this.brush.style.left = `${Math.min(...ends)}px`;
      this.brush.style.width = `${Math.abs(ends[0] - ends[1])}px`;
    }
    setCursor(time);
  }

  pointerEnds(event) {
    const start = this.drag;
    this.drag = undefined;
    this.brush.hidden = true;
    if (start === undefined) return;
    const range = shownRange();
    const time = this.timeOf(event);
    const share = Math.abs(time - start) / (range.to - range.from);
    if (share > 0.02) zoomTo(Math.min(start, time), Math.max(start, time));
  }

  keyPressed(event) {
    const range = shownRange();
    const step = Math.max(store.intervalMs, (range.to - range.from) / 60);
    const around = view.cursor ?? range.to;
    const moves = {
      ArrowLeft: () => this.speakAt(Math.max(range.from, around - step)),
      ArrowRight: () => this.speakAt(Math.min(range.to, around + step)),
      Home: () => this.speakAt(range.from),
      End: () => this.speakAt(range.to),
      "+": () => zoomBy(0.7, around),
      "=": () => zoomBy(0.7, around),
      "-": () => zoomBy(1.4, around),
      Escape: () => {
        setCursor(null);
        resetZoom();
      },
    };
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moves[event.key]();
  }

  speakAt(time) {
    setCursor(time);
    const entries = this.model?.readout(time) ?? [];
    const values = entries.slice(0, 6).map(({ name, text }) => `${shortened(name, 40)} ${text}`);
    setText(this.spoken, `${formatClock(time)}: ${values.join(", ") || "no values"}`);
  }
}

/** A dashed line has a dashed swatch. */
function swatchFill({ colour, dash }) {
  if (!colour || !dash?.length) return colour ?? "";
  return `repeating-linear-gradient(90deg, ${colour} 0 3px, transparent 3px 5px)`;
}

/** Moves the crosshair of all charts, without drawing them anew. */
function setCursor(time) {
  if (view.cursor === time) return;
  view.cursor = time;
  for (const chart of charts) if (chart.isVisible && !chart.isSmall) chart.read();
}
