// Numbers, units, times and texts, as people read them.

const UNIT_SECONDS = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 };
const NAME_SECONDS = { _nanoseconds: "ns", _microseconds: "us", _milliseconds: "ms" };
const SCALES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Three significant digits, without trailing zeros. */
function digits(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toString();
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

function formatNumber(value) {
  if (value === null || value === undefined) return "no value";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const size = Math.abs(value);
  for (const [scale, letter] of SCALES) {
    if (size >= scale * (letter === "k" ? 10 : 1)) return digits(value / scale) + letter;
  }
  return Number.isInteger(value) ? String(value) : digits(value);
}

function formatBytes(value) {
  let step = 0;
  let size = value;
  while (Math.abs(size) >= 1024 && step < BYTES.length - 1) {
    size /= 1024;
    step += 1;
  }
  return `${digits(size)} ${BYTES[step]}`;
}

function formatSeconds(seconds) {
  const size = Math.abs(seconds);
  if (size === 0) return "0 s";
  if (size < 1e-6) return `${digits(seconds * 1e9)} ns`;
  if (size < 1e-3) return `${digits(seconds * 1e6)} µs`;
  if (size < 1) return `${digits(seconds * 1e3)} ms`;
  if (size < 90) return `${digits(seconds)} s`;
  const minutes = Math.round(size / 60);
  const sign = seconds < 0 ? "−" : "";
  if (minutes < 60) {
    const rest = Math.round(size % 60);
    const whole = Math.floor(size / 60);
    return rest === 60 ? `${sign}${whole + 1} min`
      : `${sign}${whole} min${rest ? ` ${rest} s` : ""}`;
  }
  if (minutes < 48 * 60) {
    return `${sign}${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  }
  return `${sign}${digits(size / 86400)} days`;
}

/** The seconds in a unit of time, or `undefined` for another unit. */
function secondsIn(unit, name) {
  if (unit) return UNIT_SECONDS[unit];
  const suffix = Object.keys(NAME_SECONDS).find((end) => name.includes(end));
  if (suffix) return UNIT_SECONDS[NAME_SECONDS[suffix]];
  return /_seconds(_|$)/.test(name) ? 1 : undefined;
}

/** A value in the unit of its metric. */
function formatValue(value, unit, name = "") {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatNumber(value);
  const seconds = secondsIn(unit, name);
  if (seconds !== undefined) {
    if (/timestamp/.test(name) && value > 1e9) return formatClock(value * seconds * 1000);
    return formatSeconds(value * seconds);
  }
  if (unit === "By" || (!unit && /_bytes(_|$)/.test(name))) return formatBytes(value);
  if (unit === "%") return `${formatNumber(value)} %`;
  if (!unit || unit === "1") return formatNumber(value);
  const word = unit.replace(/[{}]/g, "").replace(/_/g, " ");
  return unit.startsWith("{") ? formatNumber(value) : `${formatNumber(value)} ${shown(word)}`;
}

function formatRate(perSecond, unit) {
  if (!Number.isFinite(perSecond)) return formatNumber(perSecond);
  if (unit === "By") return `${formatBytes(perSecond)}/s`;
  if (perSecond !== 0 && Math.abs(perSecond) < 0.1) return `${digits(perSecond * 60)}/min`;
  return `${formatNumber(perSecond)}/s`;
}

function formatShare(share) {
  if (!Number.isFinite(share)) return "no data";
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent >= 99.95 && percent < 100 ? "> 99.9" : digits(percent)} %`;
}

function formatClock(milliseconds) {
  const time = new Date(milliseconds);
  if (Number.isNaN(time.getTime())) return "no time";
  const two = (part) => String(part).padStart(2, "0");
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const isNear = Math.abs(Date.now() - milliseconds) < 20 * 3600e3;
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return isNear ? clock : `${day} ${clock}`;
}

function formatAgo(milliseconds) {
  if (milliseconds < 1500) return "now";
  return `${formatSeconds(Math.round(milliseconds / 1000))} ago`;
}

/** Controls, and characters that reorder or hide text, as escapes: a label cannot mislead. */
function shown(text) {
  return String(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => {
      if (character === "\n") return "\\n";
      if (character === "\t") return "\\t";
      return `\\u{${character.codePointAt(0).toString(16)}}`;
    });
}

/** A documentation comment without the marks of Markdown that make links and code. */
function plain(text) {
  return text.replace(/\[([^\]]+)\](\([^)]*\)|\[[^\]]*\])?/g, "$1").replace(/`/g, "")
    .split("\n").map(shown).join("\n");
}

/** At most `length` characters of a text that somebody else chose. */
function shortened(text, length = 80) {
  const whole = shown(String(text).slice(0, length * 4));
  return whole.length > length || text.length > length * 4 ? `${whole.slice(0, length - 1)}…`
    : whole;
}

function plural(count, one, many = `${one}s`) {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

function formatLabels(labels, keys = Object.keys(labels)) {
  const parts = keys.map((key) => `${key}=${shortened(labels[key] ?? "", 40)}`);
  return parts.join(" ") || "all";
}
