// The time that all charts show.

const RANGES = [[60, "1 min"], [300, "5 min"], [600, "10 min"]];
const SHORTEST_MS = 5000;

const view = {
  spanMs: 300e3,
  /** The times between which a paused or zoomed view stands still. */
  fixed: null,
  isPaused: false,
  pausedAt: 0,
  /** The time of the crosshair, which all charts share. */
  cursor: null,
};

function shownRange() {
  return view.fixed ?? { from: store.timeMs - view.spanMs, to: store.timeMs };
}

/** Rates are over a window that grows with the range, so that rare events stay readable. */
function rateWindow(range = shownRange()) {
  return Math.max(5, Math.round((range.to - range.from) / 30e3));
}

function setPaused(isPaused) {
  view.pausedAt = shownRange().to;
  view.fixed = isPaused ? shownRange() : null;
  view.isPaused = isPaused;
  viewChanged();
}

function setSpan(seconds) {
  view.spanMs = seconds * 1000;
  resetZoom();
}

function zoomTo(from, to) {
  const middle = (from + to) / 2;
  const half = Math.max(to - from, SHORTEST_MS) / 2;
  view.fixed = { from: middle - half, to: middle + half };
  viewChanged();
}

/** Zooms around a time; a factor below 1 shows less. */
function zoomBy(factor, around) {
  const { from, to } = shownRange();
  const left = (around - from) * factor;
  const right = (to - around) * factor;
  if (left + right > 660e3) resetZoom();
  else zoomTo(around - left, around + right);
}

function resetZoom() {
  const to = view.pausedAt;
  view.fixed = view.isPaused ? { from: to - view.spanMs, to } : null;
  viewChanged();
}

function viewChanged() {
  const { fixed, isPaused } = view;
  const isZoomed = fixed && (!isPaused || fixed.to !== view.pausedAt
    || fixed.to - fixed.from !== view.spanMs);
  setAttribute(byId("pause"), "aria-pressed", view.isPaused);
  setText(byId("pause"), view.isPaused ? "Resume" : "Pause");
  byId("zoomed").hidden = !isZoomed;
  if (isZoomed) {
    replaceChildren(byId("zoomed"), `${formatClock(view.fixed.from)} to ${
      formatClock(view.fixed.to)} `, element("button", { type: "button", onclick: resetZoom },
      isPaused ? "Whole range" : "Back to now"));
  }
  for (const button of byId("ranges").children) {
    setAttribute(button, "aria-pressed", Number(button.value) * 1000 === view.spanMs);
  }
  showStatus();
  invalidateCharts();
}

function startView() {
  replaceChildren(byId("ranges"), RANGES.map(([seconds, title]) => element("button", {
    type: "button", value: seconds, onclick: () => setSpan(seconds),
  }, title)));
  byId("pause").addEventListener("click", () => setPaused(!view.isPaused));
  viewChanged();
}
