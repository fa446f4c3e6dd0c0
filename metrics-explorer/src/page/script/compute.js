// From cumulative values to increases, rates and quantiles.

/** The first frame at or after a time; the number of frames if there is none. */
function frameAt(track, time) {
  let low = 0;
  let high = track.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (track.times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The frames of the last seconds, or `null` if they are fewer than two. */
function lastFrames(track, seconds) {
  const last = track.length - 1;
  if (last < 1) return null;
  const first = Math.min(frameAt(track, track.times[last] - seconds * 1000 - 250), last);
  if (first === last) return null;
  return { first, last, seconds: (track.times[last] - track.times[first]) / 1000 };
}

/**
 * How much a part of a cumulative column has grown between two frames. A value that falls has
 * started again at 0, and a series that appears after the first frame has begun at 0.
 */
function increase(column, part, first, last) {
  const { values, width } = column;
  let known = first;
  while (known > 0 && Number.isNaN(values[known * width + part])) known -= 1;
  let before = values[known * width + part];
  let sum = 0;
  for (let at = first + 1; at <= last; at += 1) {
    const value = values[at * width + part];
    if (Number.isNaN(value)) continue;
    sum += value >= before ? value - before : value;
    before = value;
  }
  return sum;
}

/** The growth up to each frame, since the first one. */
function accumulated(track, column, part) {
  const { values, width } = column;
  const sums = new Float64Array(track.length);
  let before = values[part];
  let sum = 0;
  for (let at = 1; at < track.length; at += 1) {
    const value = values[at * width + part];
    if (!Number.isNaN(value)) {
      sum += value >= before ? value - before : value;
      before = value;
    }
    sums[at] = sum;
  }
  return sums;
}

/** Increases per second over a window before each frame; `NaN` in the first frame. */
function rates(track, sums, windowSeconds) {
  const result = new Float64Array(track.length).fill(NaN);
  let start = 0;
  for (let at = 1; at < track.length; at += 1) {
    const from = track.times[at] - windowSeconds * 1000 - 250;
    while (start < at - 1 && track.times[start] < from) start += 1;
    const seconds = (track.times[at] - track.times[start]) / 1000;
    result[at] = (sums[at] - sums[start]) / seconds;
  }
  return result;
}

/** All boundaries of some histograms. A bucket counts for the boundary that it ends at. */
function unitedBoundaries(columns) {
  const all = new Set(columns.flatMap((column) => column.series.boundaries));
  return Array.from(all).sort((a, b) => a - b);
}

function bucketPlaces(column, boundaries) {
  const places = column.series.boundaries.map((boundary) => boundaries.indexOf(boundary));
  return [...places, boundaries.length];
}

/** The samples in each bucket between two frames, of all columns together. */
function bucketIncrease(columns, boundaries, first, last) {
  const counts = new Float64Array(boundaries.length + 1);
  for (const column of columns) {
    bucketPlaces(column, boundaries).forEach((place, bucket) => {
      counts[place] += increase(column, bucket + 1, first, last);
    });
  }
  return counts;
}

/** The newest counts since the start of the process. */
function bucketTotals(seriesList) {
  const columns = seriesList.map((series) => ({ series }));
  const boundaries = unitedBoundaries(columns);
  const counts = new Float64Array(boundaries.length + 1);
  for (const column of columns) {
    const { value } = column.series;
    if (!Array.isArray(value)) continue;
    bucketPlaces(column, boundaries).forEach((place, bucket) => {
      counts[place] += value[bucket + 1];
    });
  }
  return { boundaries, counts };
}

function sum(numbers) {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** A quantile, interpolated in its bucket; the last boundary if it is above that. */
function quantile(q, boundaries, counts) {
  const total = sum(counts);
  if (!(total > 0) || boundaries.length === 0) return NaN;
  const rank = q * total;
  let below = 0;
  for (let bucket = 0; bucket < boundaries.length; bucket += 1) {
    const count = counts[bucket];
    if (below + count >= rank && count > 0) {
      const upper = boundaries[bucket];
      const lower = bucket > 0 ? boundaries[bucket - 1] : Math.min(0, upper);
      return lower + (upper - lower) * Math.max(0, (rank - below) / count);
    }
    below += count;
  }
  return boundaries[boundaries.length - 1];
}

/** Whether a quantile lies above the last boundary, so that it is known only to be more. */
function isBeyond(q, counts) {
  const total = sum(counts);
  return total > 0 && q * total > total - counts[counts.length - 1];
}

/** Whether a quantile lies at or below the first boundary, so that it is known only to be less. */
function isInFirst(q, counts) {
  return counts.length > 1 && q * sum(counts) <= counts[0];
}

function valueOf(series) {
  return typeof series.value === "number" ? series.value : NaN;
}

/** The number of samples of a histogram, or the value of another series. */
function countOf(series) {
  if (!Array.isArray(series.value)) return valueOf(series);
  return sum(series.value.slice(1));
}

/** The sum of the values that there are; `NaN` if there is none. */
function sumOf(seriesList) {
  const values = seriesList.map(valueOf).filter((value) => !Number.isNaN(value));
  return values.length ? sum(values) : NaN;
}

function highestOf(seriesList) {
  const values = seriesList.map(valueOf).filter((value) => !Number.isNaN(value));
  return values.length ? Math.max(...values) : NaN;
}
