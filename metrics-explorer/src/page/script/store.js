// What the process has said: series with their newest values, and tracks, which are the histories
// of the metrics that somebody looks at.

/** The seconds of a track: those of the process, and some that a paused view still shows. */
const TRACK_FRAMES = 720;
const SPARE_FRAMES = 120;

const store = {
  process: null,
  intervalMs: 1000,
  timeMs: 0,
  leftOut: 0,
  /** Names of declared metrics without a series, or `null` before the first `hello`. */
  neverRecorded: null,
  /** Series by what identifies them across restarts: metric and labels. */
  series: new Map(),
  /** The series of the running process by their numbers. */
  byId: new Map(),
  /** Metrics by the names that the process uses. */
  metrics: new Map(),
  /** Starts and changes of version: `{ time, text }`. */
  marks: [],
  tracks: new Map(),
};

/** A metric that has had a series: `name` is the one to ask the history for. */
function metricOf(described) {
  let metric = store.metrics.get(described.metric);
  if (!metric) {
    metric = {
      name: described.metric,
      scope: described.scope ?? "",
      kind: described.kind,
      unit: described.unit ?? "",
      declared: declarationOf(described.metric),
      series: new Set(),
    };
    if (metric.declared) metric.declared.seen = metric;
    store.metrics.set(described.metric, metric);
  }
  return metric;
}

function seriesKey(described) {
  const labels = Object.entries(described.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([described.metric, labels, described.boundaries ?? null]);
}

/** The series of a description, the one of an earlier process if there was one. */
function seriesOf(described) {
  const key = seriesKey(described);
  let series = store.series.get(key);
  if (!series) {
    const metric = metricOf(described);
    series = {
      key,
      metric,
      labels: promLabels(metric, described.labels ?? {}),
      boundaries: described.kind === "histogram" ? described.boundaries ?? [] : null,
      value: null,
      hasEnded: true,
    };
    store.series.set(key, series);
    metric.series.add(series);
  }
  return series;
}

/** The labels by their names in Prometheus, by which jobs and queries know them. */
function promLabels(metric, labels) {
  const declared = new Map((metric.declared?.labels ?? [])
    .map((label) => [label.key, label.prometheus_name]));
  // Without a prototype, so that a label named `constructor` is absent where it is absent.
  const result = Object.create(null);
  for (const [key, value] of Object.entries(labels)) {
    result[declared.get(key) ?? promLabelName(key)] = String(value);
  }
  return result;
}

function readNumber(value) {
  if (typeof value === "number") return value;
  if (value === "+Inf") return Infinity;
  if (value === "-Inf") return -Infinity;
  return value === null ? null : NaN;
}

/** A histogram's value is its sum and then its buckets. */
function readValue(value) {
  return Array.isArray(value) ? value.map((part) => readNumber(part) ?? NaN) : readNumber(value);
}

function hello(message) {
  const process = message.process ?? null;
  noteProcess(process, message.time_ms);
  store.process = process;
  store.intervalMs = message.interval_ms ?? 1000;
  store.byId.clear();
  for (const series of store.series.values()) endSeries(series);
  update(message);
  for (const series of store.series.values()) forgetIfUnused(series);
}

function update(message) {
  store.timeMs = message.time_ms;
  store.leftOut = message.left_out ?? 0;
  if (message.never_recorded) store.neverRecorded = new Set(message.never_recorded);
  for (const described of message.series ?? []) {
    const series = seriesOf(described);
    series.hasEnded = false;
    store.byId.set(described.id, series);
  }
  for (const [id, value] of message.values ?? []) {
    const series = store.byId.get(id);
    if (series) series.value = readValue(value);
  }
  for (const id of message.ended ?? []) {
    const series = store.byId.get(id);
    if (!series) continue;
    endSeries(series);
    forgetIfUnused(series);
    store.byId.delete(id);
  }
  for (const track of store.tracks.values()) track.append(message.time_ms);
}

function endSeries(series) {
  series.hasEnded = true;
  series.value = null;
}

/** Series come and go with the values of their labels, so that an ended one is kept only for a
 * track that still shows it. */
function forgetIfUnused(series) {
  if (!series.hasEnded || store.tracks.get(series.metric.name)?.columns.has(series)) return;
  store.series.delete(series.key);
  series.metric.series.delete(series);
}

/** A mark where a process begins and where its version changes. */
function noteProcess(process, timeMs) {
  if (!process) return;
  const before = store.process;
  const isNew = !before || before.started_ms !== process.started_ms;
  if (!isNew) return;
  const version = process.version ? ` ${shortened(process.version, 24)}` : "";
  const isDeploy = before && before.version !== process.version;
  const text = isDeploy ? `deployed${version}` : before ? "restarted" : `started${version}`;
  const time = Number.isFinite(process.started_ms) ? process.started_ms : timeMs;
  store.marks.push({ time, text });
  store.marks = store.marks.slice(-50);
}

/** The history of one metric: times, and a column for each series. */
class Track {
  constructor(name) {
    this.name = name;
    this.times = new Float64Array(TRACK_FRAMES + SPARE_FRAMES);
    this.length = 0;
    this.columns = new Map();
    /** `asked`, `loaded`, or the reason why there is no history. */
    this.state = "asked";
    this.users = 0;
  }

  get metric() {
    return store.metrics.get(this.name);
  }

  column(series) {
    let column = this.columns.get(series);
    if (!column) {
      const width = series.boundaries ? series.boundaries.length + 2 : 1;
      column = { series, width, values: new Float64Array(this.times.length * width).fill(NaN) };
      this.columns.set(series, column);
    }
    return column;
  }

  append(time) {
    if (this.length && time <= this.times[this.length - 1]) return;
    if (this.length === this.times.length) this.shift();
    const at = this.length;
    this.times[at] = time;
    this.length += 1;
    for (const series of this.metric?.series ?? []) {
      if (!series.hasEnded || this.columns.has(series)) this.write(series, at, series.value);
    }
  }

  write(series, at, value) {
    const { values, width } = this.column(series);
    if (width === 1) values[at] = value ?? NaN;
    else if (value?.length === width) values.set(value, at * width);
    else values.fill(NaN, at * width, (at + 1) * width);
  }

  /** Makes room for the spare frames, and forgets series without a value in what is left. */
  shift() {
    this.times.copyWithin(0, SPARE_FRAMES);
    this.length -= SPARE_FRAMES;
    for (const [series, { values, width }] of this.columns) {
      values.copyWithin(0, SPARE_FRAMES * width);
      values.fill(NaN, this.length * width);
      if (series.hasEnded && values.every(Number.isNaN)) {
        this.columns.delete(series);
        forgetIfUnused(series);
      }
    }
  }

  /** Puts a history between what is older than it and what has arrived since. */
  merge(times, described) {
    const before = this.snapshot();
    const [first, last] = [times[0] ?? Infinity, times[times.length - 1] ?? -Infinity];
    const older = before.times.filter((time) => time < first);
    const newer = before.times.filter((time) => time > last);
    const merged = [...older, ...times, ...newer].slice(-TRACK_FRAMES);
    this.columns.clear();
    this.times.set(merged);
    this.length = merged.length;
    const places = new Map(merged.map((time, index) => [time, index]));
    for (const [series, frames] of before.columns) {
      for (const [time, value] of frames) {
        const at = time < first || time > last ? places.get(time) : undefined;
        if (at !== undefined) this.write(series, at, value);
      }
    }
    for (const one of described) {
      const series = seriesOf(one);
      one.values.forEach((value, index) => {
        const at = value === null ? undefined : places.get(times[index]);
        if (at !== undefined) this.write(series, at, readValue(value));
      });
    }
  }

  snapshot() {
    const times = Array.from(this.times.subarray(0, this.length));
    const columns = Array.from(this.columns, ([series, { values, width }]) => [series,
      times.map((time, at) => [time,
        width === 1 ? values[at] : values.slice(at * width, (at + 1) * width)])]);
    return { times, columns };
  }
}

/** The track of a metric, for one more user, who has to release it. */
function useTrack(name) {
  let track = store.tracks.get(name);
  if (!track) {
    track = new Track(name);
    store.tracks.set(name, track);
    askHistory(track);
  }
  track.users += 1;
  return track;
}

function releaseTrack(track) {
  track.users -= 1;
  if (track.users > 0) return;
  store.tracks.delete(track.name);
  for (const series of track.columns.keys()) forgetIfUnused(series);
}
