// Which metric of a set records what of jobs: by the events of the declarations, not by names.

/** The values of a label of how jobs end, or how far they are, that are failures. */
const FAILURES = ["error", "failed", "failure", "panic", "panicked", "timed_out", "timeout"];
/** The values of such a label that are not ends. */
const STAGES = ["active", "created", "queued", "retried", "running", "started"];
/** Labels that say what kind of job a series is of, the most exact one first. */
const KINDS = ["job_name", "job", "operation", "handler", "task", "workflow", "step", "job_type",
  "type", "kind", "service", "profile", "namespace", "queue"];
/** The most kinds that are a row each. */
const MOST_KINDS = 100;
const FAILURE_EVENTS = ["failed", "timed_out", "panicked"];

function rolesOf(set) {
  const metrics = set.metrics.filter((metric) => metric.events.length);
  const first = (event) => metrics.find((metric) => metric.events.includes(event)) ?? null;
  const ends = endsOf(metrics);
  return {
    ends,
    kind: ends ? kindLabel(ends.counters[0]) : null,
    errors: errorsOf(metrics) ?? handWrittenErrors(set, ends),
    duration: first("duration"),
    active: first("active"),
    queueWait: first("queue_wait"),
    oldest: first("oldest_active"),
    lastSuccess: first("last_success"),
    sloValid: first("slo_valid"),
    sloGood: first("slo_good"),
  };
}

/** A counter of an event, if possible one that counts no errors by class. */
function counterOf(metrics, event) {
  const counters = metrics.filter((metric) => metric.kind === "counter"
    && metric.events.includes(event));
  return counters.find((metric) => !metric.labels.some(isErrorLabel)) ?? counters[0] ?? null;
}

/** How jobs end: counters of ends, and which of their series are failures. */
function endsOf(metrics) {
  const finished = counterOf(metrics, "finished");
  const failed = counterOf(metrics, "failed");
  if (finished) {
    const status = statusLabel(finished);
    const failures = status || !failed || failed === finished ? [] : [failed];
    return { counters: [finished], status, failures };
  }
  const completed = counterOf(metrics, "completed");
  const duration = metrics.find((metric) => metric.events.includes("duration"));
  const status = duration && statusLabel(duration);
  // Completed jobs alone do not say how many failed.
  if (completed && (failed || !status)) {
    const failures = failed && failed !== completed ? [failed] : [];
    return { counters: [completed, ...failures], status: null, failures };
  }
  return duration ? { counters: [duration], status, failures: [] } : null;
}

function kindLabel(metric) {
  const isFew = (label) => (label.values?.length ?? label.max ?? label.recent) <= MOST_KINDS;
  const few = metric.labels.filter(isFew).map((label) => label.prometheus_name);
  return KINDS.find((name) => few.includes(name)) ?? null;
}

function statusLabel(metric) {
  return metric.labels.find((label) => (label.values ?? [])
    .some((value) => FAILURES.includes(value)))?.prometheus_name ?? null;
}

function isErrorLabel(label) {
  return label.prometheus_name.split("_").some((word) => ["error", "failure"].includes(word));
}

/** The counter of errors, with the labels of their classes. */
function errorsOf(metrics) {
  for (const metric of metrics) {
    const isOfEnds = metric.events.some((event) => event === "finished"
      || FAILURE_EVENTS.includes(event));
    const classes = metric.labels.filter(isErrorLabel).map((label) => label.prometheus_name);
    if (metric.kind === "counter" && isOfEnds && classes.length) return { metric, classes };
  }
  return null;
}

/** The only counter of errors that the program itself records, if no event of jobs has one. */
function handWrittenErrors(set, ends) {
  const counters = ends ? set.metrics.filter((metric) => metric.kind === "counter"
    && metric.events.length === 0 && metric.labels.some(isErrorLabel)) : [];
  if (counters.length !== 1) return null;
  const [metric] = counters;
  return { metric,
    classes: metric.labels.filter(isErrorLabel).map((label) => label.prometheus_name) };
}

function roleMetrics(roles) {
  const { ends, errors, kind, ...single } = roles;
  const all = [...(ends?.counters ?? []), ...(ends?.failures ?? []), errors?.metric,
    ...Object.values(single)];
  return Array.from(new Set(all.filter(Boolean)));
}
