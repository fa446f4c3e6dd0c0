// The handlers of jobs, with the numbers of each.

const MINUTE = { key: "minute",
  get text() {
    const seconds = Math.max(0, ...Array.from(handlers.tracks.values(),
      (track) => (track && framesOf(track, MINUTE)?.seconds) || 0));
    // A page that was just opened may know less.
    return seconds > 0 && seconds < 55 ? `in the last ${Math.round(seconds)} s`
      : "in the last minute";
  } };
const HISTORY = { key: "history", text: "since the history began" };
const START = { key: "start", text: "since the process started" };

const handlers = { list: [], tracks: new Map(), instance: "", seriesSeen: -1 };

/** Finds the handlers, and asks for the history of all that they record. */
function startHandlers() {
  for (const set of jobSets()) {
    for (const metric of roleMetrics(set.roles)) {
      if (!handlers.tracks.has(metric)) handlers.tracks.set(metric, null);
    }
  }
  updateHandlers();
}

function jobSets() {
  return catalogue.sets.filter((set) => (set.metrics ?? []).some((one) => one.events.length))
    .map((set) => {
      set.roles ??= rolesOf(set);
      set.jobs ??= catalogue.jobs.filter((job) => job.set === set.name
        && (!job.set_package || job.set_package === set.package));
      return set;
    });
}

/** Takes tracks of metrics that were first seen now, and lists handlers that came with them. */
function updateHandlers() {
  for (const [metric, track] of handlers.tracks) {
    if (!track && metric.seen) handlers.tracks.set(metric, useTrack(metric.seen.name));
  }
  const list = jobSets().flatMap((set) => handlersOf(set));
  const names = list.map((handler) => handler.id).join("\n");
  if (names === handlers.names) return;
  handlers.names = names;
  handlers.list = list;
}

function handlersOf(set) {
  const declared = set.jobs.map((job) => ({ id: job.name, name: job.name, job, set,
    labels: job.labels ?? {} }));
  const keys = new Set(set.jobs.flatMap((job) => Object.keys(job.labels ?? {})));
  if (set.jobs.length === 0 && hasLabel(set, "job_name")) keys.add("job_name");
  if (keys.size === 0) {
    const isSeen = set.jobs.length === 0 && roleMetrics(set.roles).some((metric) => metric.seen);
    const whole = isSeen ? [{ id: set.name, name: set.name, job: null, set, labels: {} }]
      : declared;
    // Several jobs without labels cannot be told apart, and neither can their parts.
    return whole.length === 1 ? [...whole, ...partsOf(whole[0])] : whole;
  }
  return [...declared, ...undeclaredOf(set, Array.from(keys), declared)];
}

/** A handler for each value of the label that says what kind of job a series is of. */
function partsOf(whole) {
  const { set } = whole;
  const label = set.roles.kind;
  if (!label) return [];
  const values = new Set();
  for (const metric of roleMetrics(set.roles)) {
    for (const { labels } of liveSeries(metric.seen)) {
      if (label in labels) values.add(labels[label]);
    }
  }
  return Array.from(values).sort().map((value) => ({ id: `${whole.id} ${label}=${value}`,
    name: value, job: whole.job, set, labels: { [label]: value }, whole, divided: label }));
}

function hasLabel(set, name) {
  return set.metrics.some((metric) => metric.labels.some((one) => one.prometheus_name === name));
}

/** Jobs that no annotated function runs, by the labels of their series. */
function undeclaredOf(set, keys, declared) {
  const found = new Map();
  const metrics = [...(set.roles.ends?.counters ?? []), set.roles.active].filter(Boolean);
  for (const metric of metrics) {
    for (const { labels } of metric.seen?.series ?? []) {
      const isOverflow = labels[OVERFLOW_LABEL] === "true";
      const own = keys.filter((key) => key in labels);
      if (own.length < keys.length && !isOverflow) continue;
      const chosen = isOverflow ? { [OVERFLOW_LABEL]: "true" }
        : Object.fromEntries(own.map((key) => [key, labels[key]]));
      if (declared.some((handler) => matchesLabels(chosen, handler.labels))) continue;
      const id = isOverflow ? `${set.name} overflow` : own.map((key) => labels[key]).join(" ");
      const name = isOverflow ? "further names (overflow)" : id;
      if (!found.has(id)) found.set(id, { id, name, job: null, set, labels: chosen });
    }
  }
  return Array.from(found.values());
}

function matchesLabels(labels, wanted) {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function divides({ divided }, metric) {
  return !divided || metric.labels.some((label) => label.prometheus_name === divided);
}

/** Whether series with these labels are a handler's. A metric may lack a label of the handler. */
function handlerMatcher(handler, metric) {
  const has = new Set(metric.labels.map((label) => label.prometheus_name));
  has.add(OVERFLOW_LABEL);
  const wanted = Object.fromEntries(Object.entries(handler.labels)
    .filter(([key]) => has.has(key)));
  return (labels) => matchesLabels(labels, wanted) && isOfInstance(labels);
}

/** Whether a series is of the process that was chosen, where several are shown. */
function isOfInstance(labels) {
  return !handlers.instance || labels.instance === handlers.instance;
}

/** The series of a metric that a handler records, and their columns in its track. A metric that
 * does not divide by the label of a part says nothing about the part. */
function handlerSeries(handler, metric, accepts = () => true) {
  if (!metric?.seen || !divides(handler, metric)) return null;
  const matches = handlerMatcher(handler, metric);
  const track = handlers.tracks.get(metric);
  const isWanted = ({ labels }) => matches(labels) && accepts(labels);
  return {
    track,
    live: liveSeries(metric.seen).filter(isWanted),
    columns: track ? Array.from(track.columns.values()).filter(({ series }) => isWanted(series))
      : [],
  };
}

/** Calls `read` for the last minute, the history and the whole time, until it finds something. */
function firstLevel(read) {
  for (const level of [MINUTE, HISTORY, START]) {
    const found = read(level);
    if (found !== null) return { ...found, level };
  }
  return null;
}

/** The growth of chosen series at a level; `NaN` if it is not known. */
function growth(chosen, level) {
  if (!chosen) return NaN;
  if (level === START) return sum(chosen.live.map(countOf).filter((count) => count > 0));
  const frames = chosen.track && framesOf(chosen.track, level);
  if (!frames) return NaN;
  return sum(chosen.columns.map((column) => columnGrowth(column, frames)));
}

function columnGrowth(column, { first, last }) {
  if (column.width === 1) return increase(column, 0, first, last);
  let total = 0;
  for (let part = 1; part < column.width; part += 1) total += increase(column, part, first, last);
  return total;
}

function framesOf(track, level) {
  return lastFrames(track, level === MINUTE ? 60 : 3600);
}

function isEnd(status) {
  return (labels) => !status || !STAGES.includes(labels[status]);
}

/** The jobs that ended since the process started; `null` if none is known. */
function endedTotal(handler) {
  const { ends } = handler.set.roles;
  const parts = (ends?.counters ?? []).map((metric) => handlerSeries(handler, metric,
    isEnd(ends.status))).filter(Boolean);
  return parts.length ? sum(parts.map((part) => growth(part, START))) : null;
}

function endedRate(handler) {
  const { ends } = handler.set.roles;
  const parts = (ends?.counters ?? []).map((metric) => handlerSeries(handler, metric,
    isEnd(ends.status)));
  const known = parts.filter((part) => part?.track && framesOf(part.track, MINUTE));
  if (known.length === 0) return null;
  return sum(known.map((part) => growth(part, MINUTE) / framesOf(part.track, MINUTE).seconds));
}

/** How many jobs failed of how many, and why. */
function failuresOf(handler) {
  const { ends, errors } = handler.set.roles;
  if (!ends) return null;
  const ended = ends.counters.map((metric) => handlerSeries(handler, metric, isEnd(ends.status)));
  const failed = ends.status
    ? ends.counters.map((metric) => handlerSeries(handler, metric,
      (labels) => FAILURES.includes(labels[ends.status])))
    : ends.failures.map((metric) => handlerSeries(handler, metric));
  const total = (parts, level) => sum(parts.map((part) => growth(part, level) || 0));
  return firstLevel((level) => {
    const all = total(ended, level);
    if (!(all > 0)) return null;
    const reasons = errors ? reasonsOf(handler, errors.metric, errors.classes, level)
      : ends.status ? reasonsOf(handler, ends.counters[0], [ends.status], level,
        (labels) => FAILURES.includes(labels[ends.status])) : [];
    const count = failed.length ? total(failed, level) : sum(reasons.map((reason) => reason.count));
    return { all, count, reasons: withPanics(handler, reasons, count, level) };
  });
}

/** Adds what has no class of an error: panics, and failures that the handler did not describe. */
function withPanics(handler, reasons, count, level) {
  const { ends } = handler.set.roles;
  const rest = Math.round(count - sum(reasons.map((reason) => reason.count)));
  if (rest <= 0) return reasons;
  const panics = ends.status ? reasonsOf(handler, ends.counters[0], [ends.status], level,
    (labels) => /^panic/.test(labels[ends.status])) : [];
  const panicked = Math.min(rest, sum(panics.map((reason) => reason.count)));
  return [...reasons, { name: "panicked", count: panicked },
    { name: "without a class", count: rest - panicked }]
    .filter((reason) => reason.count > 0).sort((a, b) => b.count - a.count);
}

/** Failures by class, the most frequent first. */
function reasonsOf(handler, metric, classes, level, accepts) {
  const chosen = handlerSeries(handler, metric, accepts);
  if (!chosen) return [];
  const counts = new Map();
  const frames = level !== START && chosen.track && framesOf(chosen.track, level);
  const add = (labels, count) => {
    const name = classes.map((key) => labels[key]).filter(Boolean).join(" · ") || "other classes";
    if (count > 0) counts.set(name, (counts.get(name) ?? 0) + count);
  };
  if (level === START) for (const series of chosen.live) add(series.labels, countOf(series));
  else if (frames) {
    for (const column of chosen.columns) add(column.series.labels, columnGrowth(column, frames));
  }
  return Array.from(counts, ([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count);
}

/** The distribution of a handler's histogram at the first level with samples. */
function distributionOf(handler, metric, accepts) {
  const chosen = handlerSeries(handler, metric, accepts);
  if (!chosen) return null;
  return firstLevel((level) => {
    const found = level === START ? bucketTotals(chosen.live) : bucketsAt(chosen, level);
    return found && sum(found.counts) > 0 ? found : null;
  });
}

function bucketsAt({ track, columns }, level) {
  const frames = track && framesOf(track, level);
  if (!frames) return null;
  const boundaries = unitedBoundaries(columns);
  return { boundaries, counts: bucketIncrease(columns, boundaries, frames.first, frames.last) };
}

/** The share of bad jobs against the share that the objective allows. */
function burnOf(handler) {
  const { objective } = handler.job ?? {};
  if (!objective) return null;
  const found = goodAndValid(handler, objective);
  if (!found) return null;
  const bad = Math.max(0, 1 - found.good / found.valid);
  return { ...found, bad, burn: bad / (1 - objective.target) };
}

function goodAndValid(handler, { latency_seconds: latency }) {
  const { sloGood, sloValid, duration, ends } = handler.set.roles;
  const [good, valid] = [sloGood, sloValid].map((metric) => handlerSeries(handler, metric));
  const levels = (read) => [HISTORY, START].map((level) => [level, read(level)])
    .find(([, pair]) => pair && pair.valid > 0);
  const counted = levels((level) => ({ good: growth(good, level) || 0,
    valid: growth(valid, level) || 0 }));
  if (counted) return { ...counted[1], level: counted[0] };
  if (!duration || (valid && valid.live.length)) return null;
  const status = statusLabel(duration) ?? ends?.status;
  const scale = secondsIn(duration.unit, duration.prometheus_name) ?? 1;
  const completed = handlerSeries(handler, duration,
    (labels) => !status || WORD_COLOURS.good.includes(labels[status]));
  const all = handlerSeries(handler, duration);
  const measured = levels((level) => {
    if (!all) return null;
    const at = (chosen) => (level === START ? bucketTotals(chosen.live)
      : bucketsAt(chosen, level) ?? { boundaries: [], counts: [0] });
    const { boundaries, counts } = at(completed);
    const within = counts.filter((_, bucket) => boundaries[bucket] <= (latency / scale) * 1.000001);
    return { good: sum(within), valid: sum(at(all).counts) };
  });
  return measured ? { ...measured[1], level: measured[0] } : null;
}

/** All numbers of a handler, read once for each update; `null` where there is no data. */
function numbersOf(handler) {
  const state = `${store.timeMs} ${handlers.instance}`;
  if (handler.state !== state) Object.assign(handler, { state, numbers: readNumbers(handler) });
  return handler.numbers;
}

function readNumbers(handler) {
  const { roles } = handler.set;
  const live = (metric) => handlerSeries(handler, metric)?.live ?? [];
  const present = (value) => (Number.isNaN(value) ? null : value);
  const seconds = (metric) => (metric ? secondsIn(metric.unit, metric.prometheus_name) ?? 1 : 1);
  const ran = live(roles.duration).filter((series) => Array.isArray(series.value));
  const oldest = present(highestOf(live(roles.oldest)));
  const success = present(highestOf(live(roles.lastSuccess)));
  return {
    rate: endedRate(handler),
    ended: endedTotal(handler),
    active: present(sumOf(live(roles.active))),
    failures: failuresOf(handler),
    duration: distributionOf(handler, roles.duration),
    durationScale: seconds(roles.duration),
    totalSeconds: ran.length ? sum(ran.map((one) => one.value[0])) * seconds(roles.duration) : null,
    queueWait: distributionOf(handler, roles.queueWait),
    queueScale: seconds(roles.queueWait),
    oldest: oldest === null ? null : oldest * seconds(roles.oldest),
    lastSuccess: success > 0 ? success * seconds(roles.lastSuccess) * 1000 : null,
    objective: handler.job?.objective ?? null,
    burn: burnOf(handler),
  };
}

/** A quantile in seconds, with what it is based on; `null` without samples. */
function quantileSeconds(distribution, q, scale) {
  if (!distribution) return null;
  const { boundaries, counts, level } = distribution;
  const value = quantile(q, boundaries, counts) * scale;
  const text = quantileText(q, boundaries, counts, (one) => formatSeconds(one * scale));
  return { value, text, level };
}
