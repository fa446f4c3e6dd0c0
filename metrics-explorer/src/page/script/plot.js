// Draws a model into a canvas. A model is `lines`, `stack`, `heat` or `states` over a range.

const LEFT = 58;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 20;
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

/** The part of a canvas in which values are drawn. */
function plotBox(width, height, isSmall) {
  if (isSmall) return { left: 1, top: 2, width: width - 2, height: height - 4 };
  return { left: LEFT, top: TOP, width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
}

function timeToX(box, range, time) {
  return box.left + (time - range.from) / (range.to - range.from) * box.width;
}

function xToTime(box, range, x) {
  const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
  return range.from + share * (range.to - range.from);
}

function plot(context, model, range, size, isSmall) {
  const box = plotBox(size.width, size.height, isSmall);
  context.clearRect(0, 0, size.width, size.height);
  context.font = theme.font;
  context.lineJoin = "bevel";
  if (model.type === "heat") plotHeat(context, model, range, box);
  else if (model.type === "states") plotStates(context, model, range, box);
  else plotValues(context, model, range, box, isSmall);
  if (isSmall) return;
  plotTimes(context, range, box);
  plotMarks(context, range, box);
}

function clipped(context, box, draw) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top - 2, box.width, box.height + 4);
  context.clip();
  draw();
  context.restore();
}

/** Steps of 1, 2 or 5, or of powers of two for bytes. */
function niceStep(span, count, isBinary) {
  const rough = span / count;
  if (isBinary && rough > 1) return 2 ** Math.ceil(Math.log2(rough));
  const scale = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].find((step) => step * scale >= rough * 0.999) * scale;
}

/** The lowest and highest value of the axis, and its ticks. */
function valueAxis(model, box) {
  let low = Math.min(0, model.low ?? 0);
  let high = model.high ?? 1;
  const isFlat = !(high > low);
  if (isFlat) high = low + (low === 0 ? 1 : Math.abs(low));
  const isVaried = model.high > model.low && !isFlat;
  if (model.isZoomedToValues && model.low > 0 && model.low > 0.5 * high && isVaried) {
    low = model.low - (high - model.low) * 0.2;
  }
  const step = niceStep(high - low, Math.max(2, Math.floor(box.height / 36)), model.isBinary);
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 0.001; tick += step) {
    ticks.push(Math.abs(tick) < step * 1e-6 ? 0 : tick);
  }
  return { low, high: high + (high - low) * 0.06, ticks };
}

function plotValues(context, model, range, box, isSmall) {
  const axis = valueAxis(model, box);
  const toY = (value) => box.top + box.height
    - (value - axis.low) / (axis.high - axis.low) * box.height;
  if (!isSmall) {
    const text = model.tick ?? model.format;
    for (const tick of axis.ticks) plotTick(context, box, toY(tick), text(tick));
  }
  clipped(context, box, () => {
    if (model.type === "stack") plotStack(context, model, range, box, toY);
    else for (const line of model.lines) plotLine(context, model, line, range, box, toY, isSmall);
    for (const limit of model.limits ?? []) plotLimit(context, box, toY(limit.value), limit);
  });
}

function plotTick(context, box, y, text) {
  context.strokeStyle = theme.grid;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(box.left, Math.round(y) + 0.5);
  context.lineTo(box.left + box.width, Math.round(y) + 0.5);
  context.stroke();
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(text, box.left - 6, Math.max(y, box.top + 4), LEFT - 8);
}

function plotLimit(context, box, y, limit) {
  context.strokeStyle = limit.colour;
  context.lineWidth = 1;
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(box.left, y);
  context.lineTo(box.left + box.width, y);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = theme.ink;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText(limit.text, box.left + box.width - 4, y - 2);
}

/** A line with gaps where there are no values, and a dot where one value stands alone. */
function plotLine(context, model, line, range, box, toY, isSmall) {
  const { times } = model;
  context.strokeStyle = line.colour;
  context.fillStyle = line.colour;
  context.lineWidth = isSmall ? 1.25 : 1.75;
  context.setLineDash(line.dash ?? []);
  context.beginPath();
  let isDrawing = false;
  for (let at = 0; at < times.length; at += 1) {
    const value = line.values[at];
    const isGap = at > 0 && times[at] - times[at - 1] > model.gapMs;
    if (!Number.isFinite(value)) {
      isDrawing = false;
      continue;
    }
    const x = timeToX(box, range, times[at]);
    const y = toY(value);
    if (isDrawing && !isGap) context.lineTo(x, y);
    else {
      context.moveTo(x, y);
      const next = line.values[at + 1];
      if (!Number.isFinite(next)) context.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
    isDrawing = true;
  }
  context.stroke();
  context.setLineDash([]);
}

function plotStack(context, model, range, box, toY) {
  const { times } = model;
  let below = new Float64Array(times.length);
  for (const line of model.lines) {
    const above = below.map((base, at) => base + (Math.max(0, line.values[at]) || 0));
    context.fillStyle = line.colour;
    context.beginPath();
    for (let at = 0; at < times.length; at += 1) {
      context.lineTo(timeToX(box, range, times[at]), toY(above[at]));
    }
    for (let at = times.length - 1; at >= 0; at -= 1) {
      context.lineTo(timeToX(box, range, times[at]), toY(below[at]));
    }
    context.closePath();
    context.globalAlpha = 0.75;
    context.fill();
    context.globalAlpha = 1;
    below = above;
  }
}

/** Rows are buckets of equal height; a cell is the darker the more samples it has. */
function plotHeat(context, model, range, box) {
  const rows = model.rows.length;
  const height = box.height / rows;
  const every = Math.max(1, Math.ceil(rows * 14 / box.height));
  model.rows.forEach((row, index) => {
    const y = box.top + box.height - index * height;
    if ((index + 1) % every === 0) plotTick(context, box, y - height, row.text);
  });
  const peak = Math.max(1e-9, ...model.cells);
  clipped(context, box, () => {
    context.fillStyle = theme.heat;
    for (let column = 0; column < model.edges.length - 1; column += 1) {
      const x = timeToX(box, range, model.edges[column]);
      const width = timeToX(box, range, model.edges[column + 1]) - x;
      for (let row = 0; row < rows; row += 1) {
        const count = model.cells[column * rows + row];
        if (!count) continue;
        context.globalAlpha = 0.15 + 0.85 * Math.sqrt(count / peak);
        const y = box.top + box.height - (row + 1) * height;
        context.fillRect(x + 0.5, y + 0.5, Math.max(1, width - 1), Math.max(1, height - 1));
      }
    }
    context.globalAlpha = 1;
    for (const limit of model.limits ?? []) {
      plotLimit(context, box, box.top + box.height - limit.row * height, limit);
    }
  });
}

function plotStates(context, model, range, box) {
  const height = Math.min(26, box.height / Math.max(1, model.rows.length));
  model.rows.forEach((row, index) => {
    const y = box.top + index * height;
    context.fillStyle = theme.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(row.short, box.left - 6, y + height / 2, LEFT - 8);
    clipped(context, box, () => {
      for (const segment of row.segments) {
        const x = timeToX(box, range, segment.from);
        const width = Math.max(1, timeToX(box, range, segment.to) - x);
        context.fillStyle = segment.colour;
        context.globalAlpha = 0.85;
        context.fillRect(x, y + 2, width, height - 4);
        context.globalAlpha = 1;
        const left = Math.max(x, box.left);
        if (x + width - left < context.measureText(segment.text).width + 8) continue;
        context.fillStyle = theme.panel;
        context.textAlign = "left";
        context.fillText(segment.text, left + 4, y + height / 2);
      }
    });
  });
}

function plotTimes(context, range, box) {
  const seconds = (range.to - range.from) / 1000;
  const wanted = seconds / Math.max(2, Math.floor(box.width / 90));
  const step = TIME_STEPS.find((one) => one >= wanted) ?? TIME_STEPS[TIME_STEPS.length - 1];
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const y = box.top + box.height + 14;
  for (let time = Math.ceil(range.from / 1000 / step) * step; time * 1000 <= range.to;
    time += step) {
    const x = timeToX(box, range, time * 1000);
    if (x < box.left + 22 || x > box.left + box.width - 20) continue;
    const clock = formatClock(time * 1000);
    context.fillText(step >= 60 ? clock.slice(0, -3) : clock, x, y);
  }
}

function plotMarks(context, range, box) {
  for (const mark of store.marks) {
    if (mark.time < range.from || mark.time > range.to) continue;
    const x = Math.round(timeToX(box, range, mark.time)) + 0.5;
    context.strokeStyle = theme.ink;
    context.lineWidth = 1;
    context.setLineDash([2, 2]);
    context.beginPath();
    context.moveTo(x, box.top - 4);
    context.lineTo(x, box.top + box.height);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = theme.ink;
    const isRight = x > box.left + box.width - 90;
    context.textAlign = isRight ? "right" : "left";
    context.textBaseline = "top";
    context.fillText(mark.text, x + (isRight ? -4 : 4), box.top - 4);
  }
}
