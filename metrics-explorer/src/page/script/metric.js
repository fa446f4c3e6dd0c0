// The view of one metric: what it is, its charts, its series, and the queries for Prometheus.

const MOST_ROWS = 100;

class MetricView {
  constructor(route) {
    this.name = route.name;
    this.charts = [];
    this.sort = { key: "amount", direction: -1 };
    this.isWhole = false;
    this.root = element("section", { "aria-labelledby": "view-title" });
    this.route(route);
  }

  route(route) {
    if (route.name !== this.name) this.isWhole = false;
    this.name = route.name;
    this.filters = Object.create(null);
    for (const [key, value] of route.params) if (!key.startsWith("~")) this.filters[key] = value;
    const by = route.params.get("~by");
    this.by = by === null ? null : by.split(",").filter(Boolean);
    this.build();
  }

  build() {
    this.clear();
    const found = findMetric(this.name);
    if (!found) {
      this.isMissing = true;
      replaceChildren(this.root, element("h2", { id: "view-title" }, "Metric not found"),
        element("p", { class: "empty" },
          "This program neither declares nor records a metric named ",
          element("code", {}, foreign(this.name)), ". ",
          element("a", { href: metricsLink({}) }, "All metrics")));
      return;
    }
    Object.assign(this, { isMissing: false, ...found, wasSeen: Boolean(found.seen) });
    const { declared, seen } = found;
    const name = declared?.prometheus_name ?? promName(seen);
    this.badges = element("span", { class: "badges" });
    this.queries = element("div", { class: "queries" });
    this.chartArea = element("div", { class: "charts" });
    this.seriesArea = element("div");
    replaceChildren(this.root,
      element("p", {}, element("a", { href: metricsLink({}) }, "All metrics")),
      element("h2", { id: "view-title" }, foreign(name, 120), " ", this.badges),
      element("p", { class: "lead" }, declared ? plain(declared.description)
        : "Another library records this metric: the catalogue does not declare it."),
      declared?.details ? element("p", { class: "details-text" }, shownLines(declared.details))
        : null,
      this.seriesControls(), this.chartArea, this.seriesArea,
      element("h3", {}, "In Prometheus"), this.queries,
      element("h3", {}, "Declaration"), declared ? declarationFacts(declared)
        : element("p", {}, "Recorded by the library ", element("code", {},
          foreign(seen.scope || "without a name")), " as ", element("code", {},
          foreign(seen.name)), ", ", kindText(seen), "."));
    this.showCharts();
    this.showQueries(name);
    this.keys = null;
    this.update();
  }

  labelKeys() {
    const keys = new Set((this.declared?.labels ?? []).map((label) => label.prometheus_name));
    for (const series of this.seen?.series ?? []) {
      for (const key of Object.keys(series.labels)) keys.add(key);
    }
    keys.delete(OVERFLOW_LABEL);
    return Array.from(keys);
  }

  keptLabels() {
    return this.by ?? this.labelKeys();
  }

  link({ filters = this.filters, by = this.by }) {
    return metricLink(this.name, filters, by);
  }

  /** The chosen label values, and the labels that the charts and queries keep. */
  seriesControls() {
    const keys = this.labelKeys();
    const chosen = Object.entries(this.filters).map(([key, value]) => {
      const { [key]: _, ...rest } = this.filters;
      return element("a", { class: "chip", href: this.link({ filters: rest }),
        "aria-label": `Remove ${shortened(key, 40)} ${shortened(value, 60)}` },
      element("bdi", {}, `${shortened(key, 40)} = ${shortened(value, 60)}`), " ×");
    });
    const kept = this.keptLabels();
    const toggles = keys.map((key) => {
      const isKept = kept.includes(key);
      const by = isKept ? kept.filter((one) => one !== key) : [...kept, key];
      return element("a", { class: "chip", href: this.link({ by }), role: "checkbox",
        "aria-checked": isKept, "data-on": isKept ? "" : undefined }, shown(key));
    });
    const isDivided = keys.length > 0 && this.kind() !== "histogram";
    return element("div", { class: "chosen" },
      chosen.length ? element("p", {}, "Only ", chosen) : null,
      isDivided ? element("p", { role: "group", "aria-label": "Divide by" }, "Divide by ",
        toggles) : null);
  }

  kind() {
    return (this.declared ?? this.seen).kind;
  }

  matches() {
    return (labels) => matchesLabels(labels, this.filters) && isOfInstance(labels);
  }

  showCharts() {
    if (!this.seen) {
      replaceChildren(this.chartArea, element("p", { class: "empty" }, emptyText(this.declared)));
      return;
    }
    this.charts = metricCharts(this.declared, this.seen, { matches: this.matches(), by: this.by });
    replaceChildren(this.chartArea, this.charts.map((chart) => chart.root));
  }

  showQueries(name) {
    const by = this.kind() === "histogram" ? this.by ?? [] : this.keptLabels();
    const queries = promQueries({ name, kind: this.kind(), filters: this.filters, by,
      isEachSeries: this.by === null });
    replaceChildren(this.queries, queries.map(([title, query]) => {
      const button = element("button", { type: "button", "aria-label": `Copy the query: ${title}`,
        onclick: () => copyText(query, button) }, "Copy");
      return element("div", { class: "query" }, element("span", {}, title),
        element("code", { tabindex: "0" }, query), button);
    }));
  }

  update() {
    if (this.isMissing ? findMetric(this.name) : !this.wasSeen && findMetric(this.name)?.seen) {
      this.build();
      return;
    }
    if (this.isMissing) return;
    if (this.declared) {
      const found = badgesOf(this.declared);
      const state = found.join();
      if (state !== this.badgeState) replaceChildren(this.badges, found.map(badgeElement));
      this.badgeState = state;
    }
    if (this.seen) this.showSeries();
  }

  /** The table of series is made anew only if its columns change, so that focus stays. */
  showSeries() {
    const keys = this.labelKeys();
    const columns = [
      ...keys.map((key) => ({ key: `label:${key}`, label: key, title: shown(key) })),
      ...seriesNumbers(this.seen)];
    const state = columns.map((column) => column.key).join("\n");
    if (state !== this.columnState || !this.table?.table.isConnected) {
      this.columnState = state;
      this.columns = columns;
      this.rows = new Map();
      this.table = sortableTable({ caption: "Series", columns, sort: this.sort,
        onsort: () => this.showRows() });
      this.table.table.className = "cards series";
      this.more = element("button", { type: "button", hidden: true, onclick: () => {
        this.isWhole = true;
        this.showRows();
      } });
      replaceChildren(this.seriesArea, element("div", { class: "scroll", role: "region",
        tabindex: "0", "aria-label": "Series" }, this.table.table), this.more);
    }
    this.showRows();
  }

  showRows() {
    const matches = this.matches();
    const live = liveSeries(this.seen).filter((series) => matches(series.labels));
    const column = this.columns.find(({ key }) => key === this.sort.key);
    const by = (series) => (column?.label ? series.labels[column.label]
      : column?.read(series).sort);
    const keyed = live.map((series) => ({ series, key: by(series) }));
    keyed.sort((a, b) => compareValues(a.key, b.key, this.sort.direction));
    const shownSeries = (this.isWhole ? keyed : keyed.slice(0, MOST_ROWS))
      .map(({ series }) => series);
    const { body } = this.table;
    const wanted = new Set(shownSeries);
    for (const [series, row] of this.rows) {
      if (wanted.has(series)) continue;
      row.line.remove();
      this.rows.delete(series);
    }
    shownSeries.forEach((series, index) => {
      if (!this.rows.has(series)) this.rows.set(series, this.makeRow(series));
      const { line, cells } = this.rows.get(series);
      if (body.children[index] !== line && !body.contains(document.activeElement)) {
        body.insertBefore(line, body.children[index] ?? null);
      } else if (!line.isConnected) body.append(line);
      for (const [{ read }, cell] of cells) setText(cell, read(series).text);
    });
    this.more.hidden = shownSeries.length === live.length;
    setText(this.more, `Show all ${live.length} series`);
    if (live.length === 0 && !this.none) {
      this.none = element("p", { class: "empty" }, Object.keys(this.filters).length
        ? "No series has these label values now." : "No series has a value now.");
      this.seriesArea.append(this.none);
    } else if (live.length > 0 && this.none) {
      this.none.remove();
      this.none = null;
    }
  }

  makeRow(series) {
    const cells = [];
    const line = element("tr", {}, this.columns.map((column) => {
      const cell = element("td", { class: column.number ? "number" : undefined,
        "data-label": column.title });
      if (column.label) cell.append(this.labelCell(series, column.label));
      else cells.push([column, cell]);
      return cell;
    }));
    return { line, cells };
  }

  labelCell(series, key) {
    if (!(key in series.labels)) {
      return element("span", { class: "muted" },
        series.labels[OVERFLOW_LABEL] ? "(overflow)" : "–");
    }
    const value = series.labels[key];
    return element("a", { href: this.link({ filters: { ...this.filters, [key]: value } }),
      title: `Only ${shortened(key, 40)} = ${shortened(value, 200)}` },
    value === "" ? "(empty)" : foreign(value, 60));
  }

  clear() {
    for (const chart of this.charts) chart.remove();
    this.charts = [];
    this.none = null;
    this.badgeState = null;
  }

  close() {
    this.clear();
  }
}

function shownLines(text) {
  return plain(text).split("\n").flatMap((line, index) => (index ? [element("br"), line] : [line]));
}

/** The columns of numbers in the table of series. */
function seriesNumbers(metric) {
  const name = promName(metric);
  const format = (value) => formatValue(value, metric.unit, name);
  const cell = (value, text) => (Number.isNaN(value) || value === null
    ? { text: "no value", sort: null } : { text: text(value), sort: value });
  const perSecond = { key: "rate", title: "Rate", number: true, hint: "In the last minute",
    read: (series) => cell(rateOf(series), (value) => formatRate(value,
      metric.kind === "histogram" ? "" : metric.unit)) };
  if (metric.kind === "counter") {
    return [{ key: "amount", title: "Total", number: true,
      read: (series) => cell(valueOf(series), format) }, perSecond];
  }
  if (metric.kind !== "histogram") {
    return [{ key: "amount", title: "Value", number: true,
      read: (series) => (Number.isNaN(series.value) ? { text: "NaN", sort: null }
        : cell(valueOf(series), format)) }];
  }
  const read = (of) => (series) => {
    const { boundaries, counts } = bucketTotals([series]);
    return of(series, boundaries, counts, sum(counts));
  };
  const ofQuantile = (q) => read((_, boundaries, counts, count) => (count > 0
    ? { text: quantileText(q, boundaries, counts, format), sort: quantile(q, boundaries, counts) }
    : { text: "no samples", sort: null }));
  return [
    { key: "amount", title: "Samples", number: true,
      read: (series) => cell(countOf(series), formatNumber) }, perSecond,
    { key: "mean", title: "Mean", number: true, read: read((series, _, __, count) =>
      cell(count > 0 ? series.value[0] / count : NaN, format)) },
    { key: "p50", title: "p50", number: true, read: ofQuantile(0.5) },
    { key: "p95", title: "p95", number: true, read: ofQuantile(0.95) },
    { key: "p99", title: "p99", number: true, read: ofQuantile(0.99) },
  ];
}

function rateOf(series) {
  const track = store.tracks.get(series.metric.name);
  const column = track?.columns.get(series);
  const frames = column && lastFrames(track, 60);
  return frames ? columnGrowth(column, frames) / frames.seconds : NaN;
}

/** The charts of a metric, by its kind; only the first one if it is to be brief. */
function metricCharts(declared, seen, { matches = isOfInstance, by = null, isBrief = false }) {
  const names = [seen.name];
  const name = promName(seen);
  const options = { matches, by, unit: seen.unit, name };
  const make = (title, model) => new Chart({ title: isBrief ? "" : title, names,
    height: isBrief ? 140 : 220, label: `${title} of ${name}`,
    model: (range, [track]) => model(track, range) ?? waitingText(track) });
  if (seen.kind === "counter") return [make("Rate", (track, range) =>
    ratesModel(track, range, options))];
  if (seen.kind === "histogram") {
    const heat = () => make("Distribution", (track, range) => heatModel(track, range, options));
    if (isBrief) return [heat()];
    return [heat(),
      make("Quantiles", (track, range) => quantilesModel(track, range, options)),
      make("Samples", (track, range) => samplesModel(track, range, { ...options, by: by ?? [] }))];
  }
  const states = declared && declaredStates(declared);
  if (states) return [make("States", (track, range) =>
    statesModel(track, range, { ...options, states }))];
  const label = stateLabel(declared);
  return [make("Value", (track, range) => (label && isStateSet(track, label)
    ? statesModel(track, range, { ...options, label }) : gaugesModel(track, range, options)))];
}

function waitingText(track) {
  if (track.state === "asked") return "Loading the history…";
  if (track.state !== "loaded") return `No history: ${track.state}`;
  return "No data in this time.";
}

function declarationFacts(declared) {
  const fact = (title, ...content) => (content.some(Boolean)
    ? [element("dt", {}, title), element("dd", {}, content)] : null);
  const code = (text) => (text ? element("code", {}, foreign(text, 160)) : null);
  const labels = declared.labels.map((label) => element("li", {}, code(label.prometheus_name),
    label.key !== label.prometheus_name ? [" (", code(label.key), ")"] : null, ": ",
    label.constant ? "always " : "",
    label.values ? label.values.map((value) => shortened(value, 60)).join(", ")
      : label.recent ? `the ${label.recent} values used last` : `at most ${label.max} values`));
  const thresholds = (declared.thresholds ?? []).map((one) => element("li", {},
    `${one.severity}: ${one.quantile ? `p${one.quantile * 100} ` : ""}${
      one.comparison.replaceAll("_", " ")} ${formatValue(one.value, declared.unit,
      declared.prometheus_name)}${one.lasting_seconds
      ? ` for ${formatSeconds(one.lasting_seconds)}` : ""}`));
  return element("dl", { class: "declaration" },
    fact("Declared at", code(placeText(declared.source))),
    fact("Set", code(`${declared.set.package}::${declared.set.name}`)),
    fact("Kind", kindText(declared), declared.observable ? ", read at each collection" : ""),
    fact("Prometheus", code(declared.prometheus_name)),
    fact("OpenTelemetry", code(declared.name)),
    fact("Samples", (declared.samples ?? []).map((name) => element("div", {}, code(name)))),
    fact("Labels", labels.length ? element("ul", {}, labels) : "none"),
    fact("Series", `at most ${formatNumber(declared.max_series)}`),
    fact("Buckets", (declared.boundaries ?? []).map((one) => formatValue(one, declared.unit,
      declared.prometheus_name)).join(", "), declared.native ? ", and native buckets" : ""),
    fact("Job events", declared.events.join(", ")),
    fact("Absent until", declared.absent_until && shown(declared.absent_until)),
    fact("Before", code(declared.renamed_from)),
    fact("Thresholds", thresholds.length ? element("ul", {}, thresholds) : null));
}
