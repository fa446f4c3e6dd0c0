// The colours of the charts, which the style sheet declares for light and dark.

const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
const HUES = 8;

/** Words for how a job ends, or a thing is: they have the same colour everywhere. */
const WORD_COLOURS = {
  good: ["completed", "success", "succeeded", "ok", "closed", "up", "healthy", "green", "good"],
  bad: ["failed", "failure", "error", "open", "down", "unhealthy", "red", "critical"],
  warn: ["timed_out", "timeout", "half_open", "half-open", "degraded", "yellow", "warning"],
  odd: ["panicked", "panic", "lost"],
  idle: ["cancelled", "canceled", "idle", "unknown", "none", "skipped"],
};

let theme = null;

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const series = Array.from({ length: HUES }, (_, index) => colour(`series-${index}`));
  const words = Object.entries(WORD_COLOURS)
    .flatMap(([kind, list]) => list.map((word) => [word, colour(kind)]));
  theme = {
    ink: colour("ink"), muted: colour("muted"), grid: colour("grid"), panel: colour("panel"),
    accent: colour("accent"), heat: colour("heat"), series, words: new Map(words),
    font: "11px system-ui, sans-serif",
  };
}

/** How the line at a place in a list is drawn: a hue, and a dash where hues repeat. */
function lineStyle(index) {
  return {
    colour: theme.series[index % HUES],
    dash: DASHES[Math.floor(index / HUES) % DASHES.length],
  };
}

function wordColour(word) {
  return theme.words.get(String(word).toLowerCase());
}

function startTheme() {
  readTheme();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readTheme();
    invalidateCharts();
  });
}
