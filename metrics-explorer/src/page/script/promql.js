// Queries for Prometheus that show what the page shows.

const UNIT_WORDS = { s: "seconds", ms: "milliseconds", us: "microseconds", ns: "nanoseconds",
  min: "minutes", h: "hours", By: "bytes", KiBy: "kibibytes", MiBy: "mebibytes", "%": "percent",
  Cel: "celsius", W: "watts", J: "joules", V: "volts", A: "amperes", Hz: "hertz", m: "meters" };

function promLabelName(key) {
  const name = key.replace(/[^a-zA-Z0-9_]+/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** The name of a metric in Prometheus: the declared one, or the one that a scrape gives it. */
function promName(metric) {
  if (metric.declared) return metric.declared.prometheus_name;
  let name = metric.name.replace(/[^a-zA-Z0-9_]+/g, "_").replace(/^([0-9])/, "_$1");
  const word = metric.unit === "1" && metric.kind === "gauge" ? "ratio" : UNIT_WORDS[metric.unit];
  const isCounter = metric.kind === "counter";
  if (isCounter) name = name.replace(/_total$/, "");
  if (word && !name.endsWith(word)) name += `_${word}`;
  return isCounter ? `${name}_total` : name;
}

function promString(text) {
  const escaped = text.replace(/\\/g, "\\\\").replace(/"/g, "\\\"").replace(/\n/g, "\\n");
  return `"${escaped}"`;
}

function promSelector(name, filters) {
  const parts = Object.entries(filters).map(([key, value]) => `${key}=${promString(value)}`);
  return parts.length ? `${name}{${parts.join(", ")}}` : name;
}

function promSum(by, inner) {
  return by.length ? `sum by (${by.join(", ")}) (${inner})` : `sum(${inner})`;
}

/** Titles and queries of a metric, for the chosen labels and the labels that are kept. */
function promQueries({ name, kind, filters, by, isEachSeries }) {
  const rate = (suffix) => `rate(${promSelector(name + suffix, filters)}[5m])`;
  if (kind === "counter") return [["rate", promSum(by, rate(""))]];
  if (kind !== "histogram") {
    const selector = promSelector(name, filters);
    return [["value", isEachSeries ? selector : promSum(by, selector)]];
  }
  const buckets = promSum(["le", ...by], rate("_bucket"));
  return [
    ["95th percentile", `histogram_quantile(0.95, ${buckets})`],
    ["samples per second", promSum(by, rate("_count"))],
    ["mean", `${promSum(by, rate("_sum"))} / ${promSum(by, rate("_count"))}`],
  ];
}
