// Which metric of a set records what of jobs: by the events of the declarations, not by names.

/** The values of a label of how jobs end, or how far they are, that are failures. */
const FAILURES = ["error", "failed", "failure", "panic", "panicked", "timed_out", "timeout"];
/** The values of such a label that are not ends. */
const STAGES = ["active", "created", "queued", "retried", "running", "started"];
const FAILURE_EVENTS = ["failed", "timed_out", "panicked"];

function rolesOf(set) {
  const metrics = set.metrics.filter((metric) => metric.events.length);
  const first = (event) => metrics.find((metric) => metric.events.includes(event)) ?? null;
  return {
    ends: endsOf(metrics),
    errors: errorsOf(metrics),
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
  if (completed) {
    const failures = failed && failed !== completed ? [failed] : [];
    return { counters: [completed, ...failures], status: null, failures };
  }
  const duration = metrics.find((metric) => metric.events.includes("duration"));
  return duration ? { counters: [duration], status: statusLabel(duration), failures: [] } : null;
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

function roleMetrics(roles) {
  const { ends, errors, ...single } = roles;
  const all = [...(ends?.counters ?? []), ...(ends?.failures ?? []), errors?.metric,
    ...Object.values(single)];
  return Array.from(new Set(all.filter(Boolean)));
}
