// The view of jobs: a row for each handler, which opens to its charts.

const JOB_COLUMNS = [
  { key: "name", title: "Job", hint: "The handler, and where it is declared" },
  { key: "rate", title: "Rate", number: true,
    hint: "Jobs that ended, per second, in the last minute" },
  { key: "active", title: "Running", number: true, hint: "Jobs that run now" },
  { key: "failures", title: "Failures", number: true, isLong: true,
    hint: "Jobs that failed, by the class of their error" },
  { key: "p50", title: "p50", number: true, hint: "Half of the jobs took at most this long" },
  { key: "p95", title: "p95", number: true, hint: "95 % of the jobs took at most this long" },
  { key: "p99", title: "p99", number: true, hint: "99 % of the jobs took at most this long" },
  { key: "total", title: "Total time", number: true,
    hint: "The durations of all jobs since the process started, added up" },
  { key: "wait", title: "Queue p95", number: true,
    hint: "95 % of the jobs waited at most this long for their start" },
  { key: "oldest", title: "Oldest", number: true, hint: "How long the oldest running job has run" },
  { key: "success", title: "Last success", number: true, hint: "When a job last completed" },
  { key: "objective", title: "Objective", number: true,
    hint: "The share of jobs that has to complete within a time" },
  { key: "burn", title: "Burn", number: true,
    hint: "1× uses up the allowed share of bad jobs just in time; more is too fast" },
];

const jobSort = { key: "p95", direction: -1 };

/** The cells of a row: what to show, what to sort by, and how sure it is. */
function jobCells(numbers) {
  const { duration, durationScale, failures, burn, objective } = numbers;
  const ofQuantile = (found) => (found ? { text: found.text, sort: found.value,
    level: found.level } : noData());
  const ofDuration = (q) => ofQuantile(quantileSeconds(duration, q, durationScale));
  const number = (value, text, absent) => (value === null ? absent ?? noData()
    : { text: text(value), sort: value });
  return {
    rate: number(numbers.rate, (value) => formatRate(value)),
    active: number(numbers.active, formatNumber),
    failures: failures ? failureCell(failures) : noData(),
    p50: ofDuration(0.5), p95: ofDuration(0.95), p99: ofDuration(0.99),
    total: number(numbers.totalSeconds, formatSeconds),
    wait: ofQuantile(quantileSeconds(numbers.queueWait, 0.95, numbers.queueScale)),
    oldest: number(numbers.oldest, formatSeconds, numbers.active === null ? noData()
      : { text: "–", hint: "none is running" }),
    success: number(numbers.lastSuccess, (time) => formatAgo(store.timeMs - time),
      { text: "never", isAbsent: true, hint: "no job has completed since the process started" }),
    objective: objective ? { text: `${formatShare(objective.target)} in ${
      formatSeconds(objective.latency_seconds)}`, sort: objective.latency_seconds }
      : { text: "none", isAbsent: true, hint: "no objective is declared" },
    burn: objective ? burnCell(burn, objective) : { text: "–", hint: "no objective is declared" },
  };
}

function noData() {
  return { text: "no data", isAbsent: true };
}

function failureCell({ count, all, reasons, level }) {
  if (count === 0 && reasons.length === 0) return { text: "none", sort: 0, level, tone: "fine" };
  const [top] = reasons;
  const more = reasons.length > 1 ? ` +${reasons.length - 1}` : "";
  return {
    text: `${formatShare(count / all)}${top ? ` ${shortened(top.name, 28)} ×${
      formatNumber(top.count)}${more}` : ""}`,
    sort: count / all, level, tone: "bad",
    hint: `${plural(count, "failure")} of ${plural(all, "job")}: ${reasons
      .map((reason) => `${shortened(reason.name, 60)} ${formatNumber(reason.count)}`).join(", ")}`,
  };
}

function burnCell(burn, objective) {
  if (!burn) return noData();
  const isFew = burn.valid < (objective.min_events ?? 0);
  const tone = burn.burn > 6 ? "bad" : burn.burn > 1 ? "warn" : "fine";
  const word = burn.burn > 6 ? "fast" : burn.burn > 1 ? "above" : "ok";
  return {
    text: `${digits(burn.burn)}× ${isFew ? "few jobs" : word}`, sort: burn.burn,
    isOld: isFew || burn.level === START, tone,
    hint: `${formatShare(burn.bad)} of ${plural(burn.valid, "job")} missed the objective, ${
      formatShare(1 - objective.target)} may, ${burn.level.text}`,
  };
}

class JobsView {
  constructor(route) {
    this.rows = new Map();
    this.opened = null;
    const { table, body } = sortableTable({
      caption: "Jobs by handler. Numbers are of the last minute, as far as the history goes; grey "
        + "ones of a longer time.",
      columns: JOB_COLUMNS, sort: jobSort, onsort: () => this.sortRows() });
    table.className = "cards jobs";
    this.body = body;
    this.empty = element("div", { class: "empty", hidden: true });
    this.region = element("div", { class: "scroll", role: "region", tabindex: "0",
      "aria-label": "Jobs" }, table);
    this.root = element("section", { "aria-labelledby": "view-title" },
      element("h2", { id: "view-title" }, "Jobs"), this.empty, this.region);
    this.pointerInside = false;
    body.addEventListener("pointerenter", () => { this.pointerInside = true; });
    body.addEventListener("pointerleave", () => { this.pointerInside = false; });
    this.route(route);
    this.update();
    this.sortRows();
  }

  /** Opens the rows that the address names. */
  route(route) {
    this.open = new Set(route.params.getAll("open"));
    for (const row of this.rows.values()) this.toggle(row, this.open.has(row.handler.id));
  }

  update() {
    const { list } = handlers;
    const isEmpty = list.length === 0;
    this.empty.hidden = !isEmpty;
    this.region.hidden = isEmpty;
    if (isEmpty) {
      replaceChildren(this.empty, element("p", {}, "This program has no jobs: no function has ",
        element("code", {}, "#[instrumented_job]"), ". Its metrics are below ",
        element("a", { href: "#/metrics" }, "Metrics"), "."));
      return;
    }
    const ids = new Set(list.map((handler) => handler.id));
    for (const [id, row] of this.rows) if (!ids.has(id)) this.drop(id, row);
    let isNew = false;
    for (const handler of list) {
      if (!this.rows.has(handler.id)) {
        this.add(handler);
        isNew = true;
      }
      this.show(this.rows.get(handler.id));
    }
    const isRead = this.pointerInside || this.body.contains(document.activeElement);
    if (isNew || !isRead) this.sortRows();
  }

  add(handler) {
    const button = element("button", { type: "button", class: "opener", "aria-expanded": "false",
      onclick: () => this.clicked(handler) }, foreign(handler.name, 60));
    const place = handler.divided ? `${handler.whole.name}, ${handler.divided}`
      : handler.job ? placeText(handler.job.source) : "not an annotated function";
    const cells = JOB_COLUMNS.slice(1).map((column) => element("td", {
      class: column.isLong ? "number long" : "number", "data-label": column.title }));
    const line = element("tr", {}, element("th", { scope: "row", class: "name" }, button,
      element("span", { class: "place" }, pathParts(place))), cells);
    const row = { handler, line, cells, button, details: null, charts: [], values: {} };
    this.rows.set(handler.id, row);
    this.body.append(line);
    this.toggle(row, this.open.has(handler.id));
  }

  drop(id, row) {
    this.toggle(row, false);
    row.line.remove();
    this.rows.delete(id);
  }

  show(row) {
    row.values = jobCells(numbersOf(row.handler));
    JOB_COLUMNS.slice(1).forEach((column, index) => {
      const value = row.values[column.key];
      const cell = row.cells[index];
      setText(cell, value.text);
      const isOld = value.isAbsent || value.isOld || (value.level && value.level !== MINUTE);
      setAttribute(cell, "data-tone", isOld ? "old" : value.tone);
      setAttribute(cell, "title", [value.hint, value.level?.text].filter(Boolean).join(", ")
        || null);
    });
  }

  sortRows() {
    const of = (row) => (jobSort.key === "name" ? row.handler.name : row.values[jobSort.key]?.sort);
    const ordered = Array.from(this.rows.values()).sort((a, b) =>
      compareValues(of(a), of(b), jobSort.direction)
        || a.handler.name.localeCompare(b.handler.name));
    const lines = ordered.flatMap((row) => (row.details ? [row.line, row.details] : [row.line]));
    const isSame = lines.every((line, index) => this.body.children[index] === line);
    if (isSame) return;
    const focused = document.activeElement;
    this.body.append(...lines);
    if (this.body.contains(focused)) focused.focus();
  }

  clicked(handler) {
    const open = new Set(this.open);
    if (!open.delete(handler.id)) open.add(handler.id);
    const params = new URLSearchParams(Array.from(open, (id) => ["open", id]));
    location.hash = open.size ? `#/jobs?${params}` : "#/jobs";
  }

  toggle(row, isOpen) {
    setAttribute(row.button, "aria-expanded", isOpen);
    if (isOpen === Boolean(row.details)) return;
    if (!isOpen) {
      for (const chart of row.charts) chart.remove();
      row.details.remove();
      Object.assign(row, { details: null, charts: [] });
      return;
    }
    row.charts = handlerCharts(row.handler);
    row.details = element("tr", { class: "details" }, element("td",
      { colspan: JOB_COLUMNS.length }, element("div", { class: "inside" },
        handlerFacts(row.handler),
        element("div", { class: "charts" }, row.charts.map((chart) => chart.root)))));
    row.line.after(row.details);
    this.opened = row;
  }

  /** Scrolls to the row that was opened last, if a link from elsewhere opened it. */
  reveal() {
    const { opened } = this;
    this.opened = null;
    if (!opened?.details) return;
    const { top, bottom } = opened.line.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight - 150) opened.line.scrollIntoView({ block: "start" });
  }

  close() {
    for (const row of this.rows.values()) for (const chart of row.charts) chart.remove();
  }
}

function handlerFacts(handler) {
  const { set, job, labels } = handler;
  const recorded = roleMetrics(set.roles).filter((metric) => divides(handler, metric));
  const metrics = recorded.map((metric) => {
    const own = Object.entries(labels).filter(([key]) => metric.labels
      .some((label) => label.prometheus_name === key));
    return element("li", {}, element("a", { href: metricLink(metric.prometheus_name,
      Object.fromEntries(own)) }, metric.prometheus_name));
  });
  return element("div", { class: "facts" },
    element("p", {}, job ? ["Declared at ", element("code", {}, shown(placeText(job.source))), ". "]
      : "No annotated function runs this job. ", "Recorded in ", element("code", {},
      `${set.package}::${set.name}`), "."),
    element("details", {}, element("summary", {}, "Its metrics"), element("ul", {}, metrics)));
}

/** The charts of a handler, of the metrics that its set has. */
function handlerCharts(handler) {
  const { ends, errors, duration } = handler.set.roles;
  const names = (metric) => [metric.seen?.name ?? metric.name];
  const list = [];
  const none = (text) => (model) => model ?? text;
  if (ends) {
    const [counter, ...others] = ends.counters;
    const matches = (metric) => {
      const own = handlerMatcher(handler, metric);
      return (labels) => own(labels) && isEnd(ends.status)(labels);
    };
    list.push(new Chart({ title: ends.status ? "Jobs that ended, by status"
      : others.length ? "Completed" : "Jobs that ended", names: names(counter),
    model: (range, [track]) => none("No job has ended in this time.")(
      (counter.kind === "counter" ? ratesModel : samplesModel)(track, range, {
        matches: matches(counter), by: ends.status ? [ends.status] : [], type: "stack",
        unit: counter.unit, fallback: "ended" })) }));
  }
  if (errors) {
    list.push(new Chart({ title: "Errors, by class", names: names(errors.metric),
      model: (range, [track]) => none("No job has returned an error.")(ratesModel(track, range, {
        matches: handlerMatcher(handler, errors.metric), by: errors.classes, type: "stack",
        unit: errors.metric.unit, fallback: "errors" })) }));
  }
  if (duration) {
    const { objective } = handler.job ?? {};
    const scale = secondsIn(duration.unit, duration.prometheus_name) ?? 1;
    const options = () => ({ matches: handlerMatcher(handler, duration), unit: duration.unit,
      name: duration.prometheus_name, limits: objective ? [{ colour: theme.ink,
        value: objective.latency_seconds / scale, text: "objective" }] : [] });
    const empty = none("No job has ended in this time.");
    list.push(
      new Chart({ title: "Durations", names: names(duration),
        model: (range, [track]) => empty(heatModel(track, range, options())) }),
      new Chart({ title: "Durations, quantiles", names: names(duration),
        model: (range, [track]) => empty(quantilesModel(track, range, options())) }));
  }
  return list;
}
