// The view of the catalogue: all metrics by set, as a list or as a wall of charts.

/** The most entries that one task makes: to lay out a long list at once takes too long. */
const ENTRIES_A_TASK = 20;

class MetricsView {
  constructor(route) {
    this.isWall = route.view === "charts";
    this.view = route.view;
    this.badge = null;
    this.query = "";
    this.entries = [];
    this.groups = [];
    this.search = element("input", { type: "search", id: "search", autocomplete: "off",
      spellcheck: "false", placeholder: "Name, help or label", oninput: () => this.searched() });
    this.chips = element("div", { class: "chips", role: "group",
      "aria-label": "Only metrics that are" });
    this.count = element("p", { class: "muted", role: "status" });
    this.list = element("div");
    this.root = element("section", { "aria-labelledby": "view-title" },
      element("div", { class: "finder" },
        element("h2", { id: "view-title" }, this.isWall ? "Charts" : "Metrics"),
        element("label", { for: "search" }, element("span", { class: "hidden" }, "Search"),
          this.search), this.chips, this.count), this.list);
    this.badge = route.params.get("~badge");
    this.query = route.params.get("~q") ?? "";
    this.build();
    this.route(route);
  }

  route(route) {
    this.badge = route.params.get("~badge");
    this.query = route.params.get("~q") ?? "";
    if (this.search.value !== this.query) this.search.value = this.query;
    this.update();
  }

  searched() {
    this.query = this.search.value;
    history.replaceState(null, "", this.link(this.badge));
    this.filter();
  }

  link(badge) {
    return metricsLink({ view: this.view, badge, query: this.query });
  }

  build() {
    this.foreignCount = countForeign();
    for (const entry of this.entries) entry.chart?.remove();
    this.entries = [];
    this.groups = [];
    this.list.textContent = "";
    for (const set of catalogue.sets) {
      const metrics = (set.metrics ?? []).map((declared) => ({ declared }));
      this.addGroup(`${set.name}`, set.package, set.description, metrics);
    }
    for (const [scope, metrics] of foreignMetrics()) {
      this.addGroup(scope, "not declared here",
        "Metrics of other libraries, which the catalogue does not describe.",
        metrics.map((seen) => ({ declared: null, seen })));
    }
    this.whole = this.grow(this.entries);
  }

  /** Makes the entries of a list, a few in each task, those that are shown first. */
  async grow(entries) {
    for (;;) {
      const waiting = entries.filter((entry) => !entry.root);
      const next = [...waiting.filter((entry) => entry.isShown),
        ...waiting.filter((entry) => !entry.isShown)].slice(0, ENTRIES_A_TASK);
      for (const entry of next) this.make(entry);
      if (waiting.length === next.length) return;
      await nextTask();
      if (this.isClosed || this.entries !== entries) return;
    }
  }

  addGroup(name, origin, description, metrics) {
    const entries = metrics.map(({ declared, seen = null }) => ({ declared, seenAlone: seen,
      text: searchText(declared ?? seen), root: null, isShown: true,
      found: declared ? badgesOf(declared) : [] }));
    const heading = element("h3", {}, foreign(name), " ",
      element("span", { class: "muted" }, shown(origin)));
    const about = description ? element("p", { class: "muted" }, plain(description)) : null;
    const body = element(this.isWall ? "div" : "tbody", { class: this.isWall ? "charts" : null });
    const content = this.isWall ? body
      : element("table", { class: "cards metrics" },
        element("caption", { class: "hidden" }, `Metrics of ${shortened(name)}`),
        element("thead", {}, element("tr", {}, ["Metric", "Kind", "Labels", "Series", "Now",
          "Trend"].map((title) => element("th", { scope: "col" }, title)))), body);
    const root = element("section", { class: "set" }, heading, about, content);
    const group = { root, body, entries };
    for (const entry of entries) {
      entry.group = group;
      entry.isShown = this.isWanted(entry);
    }
    this.groups.push(group);
    this.entries.push(...entries);
    this.list.append(root);
  }

  /** Makes an entry, and puts it before those that follow it in its group. */
  make(entry) {
    entry.badges = element("span", { class: "badges" });
    if (this.isWall) this.fillWall(entry);
    else this.fillRow(entry);
    entry.root.hidden = !entry.isShown;
    const { body, entries } = entry.group;
    const following = entries.slice(entries.indexOf(entry) + 1).find(({ root }) => root);
    body.insertBefore(entry.root, following?.root ?? null);
    this.updateEntry(entry);
  }

  updateEntry(entry) {
    showBadges(entry);
    if (this.isWall) this.updateTile(entry);
    else if (entry.isShown) this.updateRow(entry);
  }

  isWanted({ found, text }) {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    return (!this.badge || found.includes(this.badge))
      && words.every((word) => text.includes(word));
  }

  fillWall(entry) {
    const metric = entry.declared ?? entry.seenAlone;
    const name = entry.declared?.prometheus_name ?? metric.name;
    entry.link = element("a", { href: metricLink(name) }, foreign(name, 90));
    entry.root = element("div", { class: "tile" },
      element("h4", {}, entry.link, " ", entry.badges));
    entry.message = element("p", { class: "muted" });
    entry.root.append(entry.message);
  }

  fillRow(entry) {
    const { declared } = entry;
    const metric = declared ?? entry.seenAlone;
    const name = declared?.prometheus_name ?? promName(metric);
    const other = declared ? declared.name : metric.name;
    entry.now = element("td", { class: "number", "data-label": "Now" });
    entry.series = element("td", { "data-label": "Series" });
    entry.meter = element("i", { class: "meter" }, element("i"));
    entry.meterText = element("span");
    entry.series.append(entry.meterText, entry.meter);
    entry.trend = element("td", { class: "trend", "data-label": "Trend" });
    entry.labels = element("td", { class: "labels", "data-label": "Labels" });
    entry.link = element("a", { href: metricLink(declared ? name : metric.name) },
      foreign(name, 100));
    entry.root = element("tr", {},
      element("th", { scope: "row" }, entry.link, entry.badges,
        element("span", { class: "help" }, declared ? plain(declared.description)
          : "Not declared in this program's catalogue."),
        element("span", { class: "place" },
          declared ? shown(placeText(declared.source)) : null,
          other !== name ? [declared ? " · " : "", "OpenTelemetry: ", foreign(other)] : null)),
      element("td", { "data-label": "Kind" }, kindText(metric)),
      entry.labels, entry.series, entry.now, entry.trend);
  }

  seenOf(entry) {
    return entry.declared ? entry.declared.seen : entry.seenAlone;
  }

  update() {
    if (countForeign() !== this.foreignCount) this.build();
    for (const entry of this.entries) {
      entry.found = entry.declared ? badgesOf(entry.declared) : [];
      if (entry.root) this.updateEntry(entry);
    }
    this.showChips();
    this.filter();
  }

  updateTile(entry) {
    const seen = this.seenOf(entry);
    if (seen && !entry.chart) {
      const [chart] = metricCharts(entry.declared, seen, { isBrief: true });
      entry.chart = chart;
      entry.root.append(chart.root);
    }
    setText(entry.message, seen ? "" : emptyText(entry.declared));
  }

  updateRow(entry) {
    const seen = this.seenOf(entry);
    const live = liveSeries(seen).filter(({ labels }) => isOfInstance(labels));
    setText(entry.now, seen ? headline(seen, live) : "–");
    if (entry.declared) {
      const { count, limit, labels } = fullness(entry.declared);
      setText(entry.meterText, `${formatNumber(count)} of ${formatNumber(limit)}`);
      entry.meter.firstChild.style.width = `${Math.min(100, 100 * count / limit)}%`;
      showLabelCounts(entry.labels, labels);
    } else {
      setText(entry.meterText, formatNumber(live.length));
      entry.meter.hidden = true;
      const keys = new Set(live.flatMap((series) => Object.keys(series.labels)));
      setText(entry.labels, Array.from(keys, (key) => shortened(key, 40)).join(", ") || "none");
    }
    if (seen && !entry.chart) {
      entry.chart = new Chart({ title: "trend", names: [seen.name], height: 32, isSmall: true,
        model: (range, [track]) => trendModel(seen, track, range) });
      entry.trend.append(entry.chart.root);
    }
  }

  showChips() {
    const counts = Object.keys(BADGES).map((badge) => [badge,
      this.entries.filter((entry) => entry.found.includes(badge)).length]);
    const state = JSON.stringify([counts, this.badge, this.query]);
    if (state === this.chipState) return;
    this.chipState = state;
    const focused = document.activeElement?.dataset?.badge;
    replaceChildren(this.chips, counts.map(([badge, count]) => element("a", {
      href: this.link(this.badge === badge ? null : badge), "data-badge": badge,
      title: BADGES[badge].hint, "aria-current": this.badge === badge ? "true" : undefined,
    }, `${BADGES[badge].title} ${count}`)));
    if (focused) this.chips.querySelector(`[data-badge="${focused}"]`)?.focus();
  }

  filter() {
    let count = 0;
    for (const { root, entries } of this.groups) {
      let isAny = false;
      for (const entry of entries) {
        const isShown = this.isWanted(entry);
        if (entry.root && isShown && !entry.isShown && !this.isWall) this.updateRow(entry);
        entry.isShown = isShown;
        if (entry.root) entry.root.hidden = !isShown;
        isAny ||= isShown;
        count += Number(isShown);
      }
      root.hidden = !isAny;
    }
    const all = this.entries.length;
    setText(this.count, count === 0 ? noMatchText(this.query, this.badge)
      : count === all ? plural(all, "metric") : `${count} of ${plural(all, "metric")}`);
  }

  close() {
    this.isClosed = true;
    for (const entry of this.entries) entry.chart?.remove();
  }
}

function countForeign() {
  return foreignMetrics().reduce((count, [, metrics]) => count + metrics.length, 0);
}

function noMatchText(query, badge) {
  const what = badge ? ` that is marked “${BADGES[badge]?.title ?? shortened(badge)}”` : "";
  const how = query ? ` with “${shortened(query)}” in its name, help or labels` : "";
  return what || how ? `No metric${what}${how}.` : "This program declares and records no metrics.";
}

function searchText(metric) {
  const labels = (metric.labels ?? []).flatMap((label) => [label.key, label.prometheus_name,
    ...(label.values ?? [])]);
  return [metric.name, metric.prometheus_name, metric.description, metric.scope, metric.unit,
    metric.kind, metric.set?.name, metric.source?.file, ...labels]
    .filter(Boolean).join("\n").toLowerCase();
}

function kindText(metric) {
  return [metric.kind.replaceAll("_", " "), metric.unit].filter(Boolean).map(shown).join(", ");
}

function emptyText(declared) {
  const place = placeText(declared.source);
  const until = declared.absent_until ? ` It is absent until ${declared.absent_until}.` : "";
  return `Nobody has recorded this metric yet.${until}${place ? ` It is declared at ${place}.`
    : ""}`;
}

function showBadges(entry) {
  const state = entry.found.join();
  if (entry.badgeState === state) return;
  entry.badgeState = state;
  replaceChildren(entry.badges, entry.found.map(badgeElement));
}

function badgeElement(badge) {
  return element("span", { class: "badge", "data-badge": badge, title: BADGES[badge].hint },
    BADGES[badge].title);
}

function showLabelCounts(cell, labels) {
  const text = labels.map(({ label, count, limit, isOpen }) =>
    `${label.prometheus_name} ${isOpen || label.recent ? `${count} of ${limit}${
      label.recent ? " recent" : ""}` : label.values.join(" | ")}`);
  setText(cell, text.map((one) => shortened(one, 90)).join(", ") || "none");
}

/** The one number that says most about a metric now. */
function headline(metric, live) {
  if (live.length === 0) return "no value";
  const words = headlineWords(metric, live);
  if (words) return shortened(words, 60);
  if (metric.kind === "histogram") {
    const { boundaries, counts } = bucketTotals(live);
    const text = (value) => formatValue(value, metric.unit, promName(metric));
    return sum(counts) > 0 ? `p95 ${quantileText(0.95, boundaries, counts, text)}` : "no samples";
  }
  const name = promName(metric);
  if (metric.kind === "gauge" && live.length > 1) {
    const [low, high] = live.map(valueOf).filter(Number.isFinite).reduce(
      ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
      [Infinity, -Infinity]);
    if (low > high) return "no value";
    const text = (value) => formatValue(value, metric.unit, name);
    return low === high ? text(low) : `${text(low)} to ${text(high)}`;
  }
  return formatValue(sumOf(live), metric.unit, name);
}

/** The facts of an info, or the states that hold; null of other metrics. */
function headlineWords({ declared }, live) {
  if (declared?.kind === "info" && live.length === 1) {
    return Object.values(live[0].labels).join(", ");
  }
  if (declared?.kind !== "state_set") return null;
  const holding = live.filter((one) => valueOf(one) === 1);
  if (declared.labels.length > 1 && live.length > declared.labels.at(-1).values.length) return null;
  return holding.map(({ labels }) => labels[declared.prometheus_name]).join(", ") || "none";
}

function trendModel(metric, track, range) {
  const options = { matches: isOfInstance, by: [], unit: metric.unit, name: metric.name };
  if (metric.kind === "counter") return ratesModel(track, range, options) ?? "";
  if (metric.kind === "histogram") return samplesModel(track, range, options) ?? "";
  return gaugesModel(track, range, { ...options, by: null, most: 5 }) ?? "";
}

/** How many samples a histogram gets. */
function samplesModel(track, range, { matches, by, type, fallback = "samples" }) {
  const windowSeconds = rateWindow(range);
  const all = named(groupColumns(track, matches, by), fallback);
  const lines = highestGroups(track, all, true).map((group) => {
    const boundaries = unitedBoundaries(group.columns);
    const total = new Float64Array(track.length);
    for (const bucket of bucketSums(track, group.columns, boundaries)) {
      bucket.forEach((count, at) => { total[at] += count; });
    }
    return { ...group, values: rates(track, total, windowSeconds) };
  });
  return valuesModel({ type, track, range, lines, of: all.length,
    format: (value) => formatRate(value), tick: rateTick,
    note: `samples per second, over ${windowSeconds} s` });
}
