// What the program declares, found by name, and what is remarkable about a metric now.

const SERIES_METRIC = "osapi_metrics_series";
const OVERFLOW_METRIC = "osapi_metrics_overflowed_samples_total";
const DROPPED_METRIC = "osapi_metrics_dropped_samples_total";
const OVERFLOW_LABEL = "otel_metric_overflow";
const FULL = 0.8;

const BADGES = {
  never: { title: "never recorded", hint: "Declared, but nobody has recorded it yet" },
  overflowed: { title: "overflowed",
    hint: "Labels beyond a limit: their samples share the overflow series" },
  full: { title: "over 80 % full", hint: "More than 80 % of a limit of series is used" },
  dropped: { title: "samples dropped",
    hint: "Values such as NaN that the metric cannot hold were left out" },
};

const catalogue = { sets: [], jobs: [], dashboards: [], byName: new Map(), error: null };

function readCatalogue(document) {
  Object.assign(catalogue, { sets: document.sets ?? [], jobs: document.jobs ?? [],
    dashboards: document.dashboards ?? [] });
  for (const set of catalogue.sets) {
    for (const metric of set.metrics ?? []) {
      Object.assign(metric, { set, seen: null, labels: metric.labels ?? [],
        events: metric.events ?? [], unit: metric.unit ?? "" });
      for (const name of [metric.name, metric.prometheus_name,
        metric.prometheus_name.replace(/_total$/, "")]) {
        if (!catalogue.byName.has(name)) catalogue.byName.set(name, metric);
      }
    }
  }
}

function declarationOf(name) {
  return catalogue.byName.get(name) ?? null;
}

function placeText(source) {
  return source?.file ? `${source.file}:${source.line}` : "";
}

/** The metric of a name in a link, declared or seen: `{ declared, seen }`. */
function findMetric(name) {
  const declared = declarationOf(name);
  const seen = declared ? declared.seen : store.metrics.get(name)
    ?? Array.from(store.metrics.values()).find((metric) => promName(metric) === name);
  return declared || seen ? { declared, seen: seen ?? null } : null;
}

const selfValues = { timeMs: -1, maps: new Map() };

/** What the framework records of each metric, by its name: a value for each process. */
function selfValuesOf(of, declared) {
  if (selfValues.timeMs !== store.timeMs) {
    selfValues.timeMs = store.timeMs;
    selfValues.maps.clear();
  }
  if (!selfValues.maps.has(of)) {
    const map = new Map();
    for (const series of declarationOf(of)?.seen?.series ?? []) {
      const name = series.labels.metric;
      const value = valueOf(series);
      if (Number.isNaN(value)) continue;
      if (!map.has(name)) map.set(name, new Map());
      const processes = map.get(name);
      const process = series.labels.instance;
      processes.set(process, (processes.get(process) ?? 0) + value);
    }
    selfValues.maps.set(of, map);
  }
  const map = selfValues.maps.get(of);
  return map.get(declared.name) ?? map.get(declared.prometheus_name) ?? new Map();
}

/** A value that the framework records of each metric, of all processes together. */
function selfValue(of, declared) {
  let sum = 0;
  for (const value of selfValuesOf(of, declared).values()) sum += value;
  return sum;
}

function liveSeries(metric) {
  return metric ? Array.from(metric.series).filter((series) => !series.hasEnded) : [];
}

/** How many series a metric has, of how many, and how many values each of its labels: those of the
 * process that has most, because each process has the limits for itself. */
function fullness(declared) {
  const processes = new Map();
  for (const series of liveSeries(declared.seen)) {
    const process = series.labels.instance;
    if (!processes.has(process)) processes.set(process, []);
    processes.get(process).push(series);
  }
  const known = selfValuesOf(SERIES_METRIC, declared);
  const counts = known.size ? Array.from(known.values())
    : Array.from(processes.values(), (series) => series.length);
  const labels = declared.labels.map((label) => {
    const counted = Array.from(processes.values(), (series) => {
      const values = new Set(series.map((one) => one.labels[label.prometheus_name]));
      values.delete(undefined);
      return values.size;
    });
    const limit = label.values?.length ?? label.max ?? label.recent;
    return { label, count: Math.max(0, ...counted), limit, isOpen: label.max !== undefined };
  });
  return { count: Math.max(0, ...counts), limit: declared.max_series, labels };
}

function isFull({ count, limit, labels }) {
  // A closed label may have all its values, and a label with `recent` is always full.
  const isBounded = labels.some((label) => label.isOpen)
    && !labels.some(({ label }) => label.recent !== undefined);
  return (isBounded && count > limit * FULL)
    || labels.some((label) => label.isOpen && label.count > label.limit * FULL);
}

function isNeverRecorded(declared) {
  return store.neverRecorded !== null && (store.neverRecorded.has(declared.name)
    || store.neverRecorded.has(declared.prometheus_name));
}

function badgesOf(declared) {
  const badges = [];
  if (isNeverRecorded(declared)) badges.push("never");
  if (selfValue(OVERFLOW_METRIC, declared) > 0) badges.push("overflowed");
  if (isFull(fullness(declared))) badges.push("full");
  if (selfValue(DROPPED_METRIC, declared) > 0) badges.push("dropped");
  return badges;
}

function allDeclared() {
  return catalogue.sets.flatMap((set) => set.metrics ?? []);
}

/** Metrics that were seen and that nobody here declares, by the library that records them. */
function foreignMetrics() {
  const scopes = new Map();
  for (const metric of store.metrics.values()) {
    if (metric.declared) continue;
    const scope = metric.scope || "without a scope";
    scopes.set(scope, [...(scopes.get(scope) ?? []), metric]);
  }
  return Array.from(scopes).sort(([a], [b]) => a.localeCompare(b));
}
