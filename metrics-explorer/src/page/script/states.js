// Gauges whose values stand for states, as rows of states over time.

/** The states that a panel of a declared dashboard gives the values of a gauge. */
function declaredStates(declared) {
  const uses = (query) => query.metric === declared.name || (query.operands ?? []).some(uses);
  for (const dashboard of catalogue.dashboards) {
    for (const panel of dashboard.panels ?? []) {
      if (panel.kind === "states" && (panel.queries ?? []).some(uses)) return panel.states ?? [];
    }
  }
  return null;
}

/** The closed label of a metric that could name a state: its values are 1 for one state each. */
function stateLabel(declared) {
  // The last label of a state set has its name.
  if (declared?.kind === "state_set") return declared.prometheus_name;
  const isState = (label) => label.values && !label.constant
    && /(^|_)(state|status|phase|mode)$/.test(label.prometheus_name);
  return (declared?.labels ?? []).find(isState)?.prometheus_name;
}

/** Whether the newest values say which one state each thing is in, and count nothing. */
function isStateSet(track, label) {
  const groups = new Map();
  for (const { series } of track.columns.values()) {
    const value = valueOf(series);
    if (Number.isNaN(value)) continue;
    if (value !== 0 && value !== 1) return false;
    const rest = JSON.stringify({ ...series.labels, [label]: "" });
    groups.set(rest, (groups.get(rest) ?? 0) + value);
  }
  return groups.size > 0 && Array.from(groups.values()).every((count) => count <= 1);
}

function statesModel(track, range, { matches, states, label }) {
  const { first, last } = framesIn(track, range);
  const groups = groupColumns(track, matches, label ? otherLabels(track, label) : null);
  const rows = named(groups, "state").slice(0, MOST_LINES).map((group) => {
    const stateAt = label ? (at) => labelledState(group, label, at)
      : (at) => numberedState(group, states, at);
    return { name: group.name, short: shortened(group.name, 9),
      segments: segments(track, first, last, stateAt) };
  }).filter((row) => row.segments.length);
  if (rows.length === 0) return null;
  const readout = (time) => rows.map(({ name, segments: parts }) => {
    const found = time === null ? parts[parts.length - 1]
      : parts.find((part) => part.from <= time && time < part.to + 1000);
    return { name, colour: found?.colour, text: found?.text ?? "–" };
  });
  return {
    type: "states", rows, readout, note: groups.length > rows.length
      ? `${rows.length} of ${groups.length}` : "",
    describe: () => readout(null).slice(0, 8).map(({ name, text }) => `${name} is ${text}`)
      .join("; "),
  };
}

function otherLabels(track, label) {
  const keys = new Set();
  for (const { series } of track.columns.values()) Object.keys(series.labels)
    .forEach((key) => keys.add(key));
  keys.delete(label);
  return Array.from(keys);
}

function labelledState(group, label, at) {
  const column = group.columns.find(({ values }) => values[at] === 1);
  return column ? column.series.labels[label] : undefined;
}

function numberedState(group, states, at) {
  const value = group.columns[0].values[at];
  if (Number.isNaN(value)) return undefined;
  return states.find((state) => state.value === value) ?? { name: digits(value) };
}

/** The times in which a state lasts. */
function segments(track, first, last, stateAt) {
  const list = [];
  const seen = new Map();
  for (let at = first; at < last; at += 1) {
    const state = stateAt(at);
    const time = track.times[at];
    const current = list[list.length - 1];
    if (current) current.to = Math.min(time, current.to + gapOf());
    if (state === undefined) continue;
    const text = state.name ?? state;
    if (current && current.text === text && current.to === time) continue;
    if (!seen.has(text)) seen.set(text, lineStyle(seen.size).colour);
    const colour = wordColour(state.colour) ?? wordColour(text) ?? seen.get(text);
    list.push({ from: time, to: time, text, colour });
  }
  const end = list[list.length - 1];
  if (end) end.to = Math.max(end.to, end.from + store.intervalMs);
  return list;
}
