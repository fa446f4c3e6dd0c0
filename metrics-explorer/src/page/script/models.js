// What a chart shows of the series of a metric.

const MOST_LINES = 20;

/** Columns of a track whose series are wanted, by the values of some labels. */
function groupColumns(track, matches, by) {
  const groups = new Map();
  for (const column of track.columns.values()) {
    const { labels } = column.series;
    if (!matches(labels)) continue;
    const keys = by ?? Object.keys(labels);
    const name = keys.filter((key) => key in labels).map((key) => labels[key]).join(" · ");
    const key = JSON.stringify(keys.map((one) => labels[one] ?? ""));
    if (!groups.has(key)) groups.set(key, { key, name, words: keys.map((one) => labels[one]),
      columns: [] });
    groups.get(key).columns.push(column);
  }
  return Array.from(groups.values());
}

/** The groups with the highest values, or counters that grow most, if there are too many. */
function highestGroups(track, groups, isCounter, most = MOST_LINES) {
  if (groups.length <= most) return groups;
  const frames = { first: Math.max(0, track.length - 60), last: track.length - 1 };
  const amount = (group) => sum(group.columns.map((column) => (isCounter
    ? columnGrowth(column, frames) : column.values[frames.last * column.width] || 0)));
  return groups.map((group) => ({ group, amount: amount(group) }))
    .sort((a, b) => b.amount - a.amount).slice(0, most).map(({ group }) => group);
}

/** The frames of a track in a range, and one before it, so that lines reach the edge. */
function framesIn(track, range) {
  const first = Math.max(0, frameAt(track, range.from) - 1);
  const last = Math.min(track.length, frameAt(track, range.to) + 1);
  return { first, last };
}

function gapOf() {
  return Math.max(3500, store.intervalMs * 3.5);
}

function groupRates(track, group, part, windowSeconds) {
  const total = new Float64Array(track.length);
  for (const column of group.columns) {
    accumulated(track, column, part).forEach((value, at) => {
      total[at] += value;
    });
  }
  return rates(track, total, windowSeconds);
}

/** The sum of a group's gauges in each frame. */
function groupValues(track, group) {
  const total = new Float64Array(track.length).fill(NaN);
  for (const { values } of group.columns) {
    for (let at = 0; at < track.length; at += 1) {
      const value = values[at];
      if (!Number.isNaN(value)) total[at] = Number.isNaN(total[at]) ? value : total[at] + value;
    }
  }
  return total;
}

function newest(values) {
  for (let at = values.length - 1; at >= 0; at -= 1) {
    if (!Number.isNaN(values[at])) return values[at];
  }
  return NaN;
}

function finiteRange(lists) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low > high ? {} : { low, high };
}

/** The place of the newest frame at or before a time, or of the last frame. */
function placeAt(times, time) {
  if (time === null) return times.length - 1;
  let place = times.length - 1;
  while (place > 0 && times[place] > time + 500) place -= 1;
  return place;
}

/** A model of lines or of a stack, from lines with `name`, `words` and `values`. */
function valuesModel({ type = "lines", track, range, lines, of = lines.length, format, tick, note,
  unit, limits, isGauge }) {
  const { first, last } = framesIn(track, range);
  const times = track.times.slice(first, last);
  const cut = lines.map((line) => ({ ...line, values: line.values.slice(first, last) }));
  const present = cut.filter((line) => line.values.some((value) => !Number.isNaN(value)));
  if (present.length === 0 || times.length === 0) return null;
  const drawn = present.map((line, index) => Object.assign(line, styleOf(line, index)));
  const text = (value) => (Number.isNaN(value) ? "–" : format(value));
  const bounds = type === "stack" ? stackBounds(drawn, times.length)
    : finiteRange(drawn.map((line) => line.values));
  const limitHigh = Math.max(...(limits ?? []).map((limit) => limit.value), -Infinity);
  return {
    type, times, lines: drawn, format, tick, limits, note: of > lines.length
      ? `${note ?? ""} (the highest ${lines.length} of ${of})`.trim() : note,
    points: drawn.length * times.length,
    gapMs: gapOf(),
    low: bounds.low,
    high: limitHigh < bounds.high * 4 ? Math.max(bounds.high, limitHigh) : bounds.high,
    isBinary: unit === "By",
    isZoomedToValues: isGauge,
    readout: (time) => {
      const place = placeAt(times, time);
      return drawn.map(({ name, colour, dash, values }) => ({ name, colour, dash,
        text: text(time === null ? newest(values) : values[place]) }));
    },
    describe: () => drawn.slice(0, 5).map(({ name, values }) => {
      const { low, high } = finiteRange([values]);
      return `${shortened(name, 40)}: now ${text(newest(values))}, lowest ${text(low ?? NaN)}, `
        + `highest ${text(high ?? NaN)}`;
    }).join("; "),
  };
}

function stackBounds(lines, length) {
  let high = 0;
  for (let at = 0; at < length; at += 1) {
    high = Math.max(high, sum(lines.map((line) => Math.max(0, line.values[at]) || 0)));
  }
  return { low: 0, high };
}

function styleOf(line, index) {
  const colour = line.colour ?? line.words?.map(wordColour).find(Boolean);
  return colour ? { colour, dash: [] } : lineStyle(index);
}

function named(groups, fallback) {
  return groups.map((group) => ({ ...group, name: group.name || fallback }));
}

function ratesModel(track, range, { matches, by, type, unit, fallback = "rate" }) {
  const windowSeconds = rateWindow(range);
  const all = named(groupColumns(track, matches, by), fallback);
  const lines = highestGroups(track, all, true).map((group) => ({
    ...group, values: groupRates(track, group, 0, windowSeconds),
  }));
  return valuesModel({ type, track, range, lines, of: all.length, unit,
    format: (value) => formatRate(value, unit), tick: (value) => rateTick(value, unit),
    note: `per second, over ${windowSeconds} s` });
}

function gaugesModel(track, range, { matches, by, unit, name, limits, most }) {
  const all = named(groupColumns(track, matches, by), "value");
  const lines = highestGroups(track, all, false, most)
    .map((group) => ({ ...group, values: groupValues(track, group) }));
  return valuesModel({ track, range, lines, of: all.length, unit, limits, isGauge: true,
    format: (value) => formatValue(value, unit, name) });
}

/** A rate on an axis, whose ticks are all per second. */
function rateTick(value, unit) {
  return unit === "By" ? formatRate(value, unit) : `${formatNumber(value)}/s`;
}

/** The lines of p50, p95 and p99 of all chosen series together. */
function quantilesModel(track, range, { matches, unit, name, limits }) {
  const columns = groupColumns(track, matches, []).flatMap((group) => group.columns);
  if (columns.length === 0) return null;
  const windowSeconds = rateWindow(range) * 2;
  const boundaries = unitedBoundaries(columns);
  const counts = bucketSums(track, columns, boundaries);
  const lines = [[0.5, 0], [0.95, 1], [0.99, 5]].map(([q, hue]) => ({
    name: `p${q * 100}`, q, colour: theme.series[hue],
    values: new Float64Array(track.length).fill(NaN),
  }));
  const inWindow = new Float64Array(boundaries.length + 1);
  const { first, last } = framesIn(track, range);
  for (let at = Math.max(1, first); at < last; at += 1) {
    const start = frameAt(track, track.times[at] - windowSeconds * 1000);
    for (let bucket = 0; bucket < inWindow.length; bucket += 1) {
      inWindow[bucket] = counts[bucket][at] - counts[bucket][start];
    }
    for (const line of lines) line.values[at] = quantile(line.q, boundaries, inWindow);
  }
  return valuesModel({ track, range, lines, unit, limits, note: `over ${windowSeconds} s`,
    format: (value) => formatValue(value, unit, name) });
}

/** The growth of each bucket up to each frame, of all columns together. */
function bucketSums(track, columns, boundaries) {
  const sums = Array.from({ length: boundaries.length + 1 },
    () => new Float64Array(track.length));
  for (const column of columns) {
    bucketPlaces(column, boundaries).forEach((place, bucket) => {
      const target = sums[place];
      const grown = accumulated(track, column, bucket + 1);
      for (let at = 0; at < grown.length; at += 1) target[at] += grown[at];
    });
  }
  return sums;
}

function heatModel(track, range, { matches, unit, name, limits }) {
  const columns = groupColumns(track, matches, []).flatMap((group) => group.columns);
  if (columns.length === 0 || track.length < 2) return null;
  const boundaries = unitedBoundaries(columns);
  const sums = bucketSums(track, columns, boundaries);
  const cellMs = Math.max(store.intervalMs, Math.ceil((range.to - range.from) / 60e3) * 1000);
  const edges = [];
  for (let edge = Math.floor(range.from / cellMs) * cellMs; edge < range.to + cellMs;
    edge += cellMs) edges.push(edge);
  const places = edges.map((edge) => Math.min(frameAt(track, edge), track.length - 1));
  const count = (column, bucket) => sums[bucket][places[column + 1]] - sums[bucket][places[column]];
  const used = sums.map((list) => list[places[edges.length - 1]] - list[places[0]]);
  const [lowest, highest] = [used.findIndex(Boolean), used.findLastIndex(Boolean)];
  if (lowest < 0) return null;
  const from = Math.max(0, lowest - 1);
  const to = Math.min(boundaries.length, highest + 1);
  const text = (value) => formatValue(value, unit, name);
  const rows = [];
  for (let bucket = from; bucket <= to; bucket += 1) {
    rows.push({ bucket, text: bucket < boundaries.length ? text(boundaries[bucket]) : "+∞" });
  }
  const cells = new Float64Array(rows.length * (edges.length - 1));
  for (let column = 0; column < edges.length - 1; column += 1) {
    rows.forEach((row, index) => {
      cells[column * rows.length + index] = count(column, row.bucket);
    });
  }
  const quantilesText = (counts) => [0.5, 0.95, 0.99].map((q) => ({
    name: `p${q * 100}`, text: quantileText(q, boundaries, counts, text),
  }));
  const countsOf = (time) => {
    if (time === null) return used;
    const column = Math.max(0, edges.findLastIndex((edge) => edge <= time));
    return used.map((_, bucket) => (column < edges.length - 1 ? count(column, bucket) : 0));
  };
  const readout = (time) => {
    const counts = countsOf(time);
    return [{ name: "samples", colour: theme.heat, text: formatNumber(sum(counts)) },
      ...quantilesText(counts)];
  };
  return {
    type: "heat", edges, rows, cells, readout, points: cells.length,
    limits: placedLimits(limits, boundaries, from, to),
    note: `samples in each bucket, in ${formatSeconds(cellMs / 1000)}; darkest: ${
      formatNumber(Math.max(...cells))}`,
    describe: () => readout(null).map((entry) => `${entry.name} ${entry.text}`).join(", "),
  };
}

/** Limits that are a boundary of a bucket that is shown, with its row. */
function placedLimits(limits, boundaries, from, to) {
  return (limits ?? []).flatMap((limit) => {
    const bucket = boundaries.findIndex((boundary) => boundary >= limit.value * 0.999999);
    return bucket >= from && bucket <= to ? [{ ...limit, row: bucket - from + 1 }] : [];
  });
}

function quantileText(q, boundaries, counts, text) {
  const value = quantile(q, boundaries, counts);
  if (Number.isNaN(value)) return "no data";
  // Nothing is known of the place within the first and the last bucket.
  if (isInFirst(q, counts) && boundaries[0] > 0) return `≤ ${text(boundaries[0])}`;
  return (isBeyond(q, counts) ? "> " : "") + text(value);
}
