// The connection to the process: its stream of updates, and its history where it is looked at.

const RETRY_SECONDS = [1, 2, 4, 8, 15];
/** The most values that one answer of the history may have, so that reading it is no long task. */
const MOST_VALUES = 250e3;

const live = {
  source: null,
  /** `connecting`, `live`, `reconnecting`, `gone` or `refused`. */
  state: "connecting",
  reason: "",
  attempts: 0,
  retryAt: 0,
  lostAt: 0,
  heardAt: 0,
};

function connect() {
  live.heardAt = Date.now();
  const source = new EventSource("live");
  live.source = source;
  source.addEventListener("hello", (event) => heard(event, (message) => {
    hello(message);
    for (const track of store.tracks.values()) askHistory(track);
  }));
  source.addEventListener("update", (event) => heard(event, update));
  source.addEventListener("error", () => {
    source.close();
    lost();
  });
}

function heard(event, take) {
  const message = JSON.parse(event.data);
  live.heardAt = Date.now();
  live.attempts = 0;
  live.state = "live";
  take(message);
  dataArrived();
  showStatus();
}

/** Plans the next attempt; if none has succeeded since the last one, asks for the reason. */
async function lost() {
  const isFirst = live.state === "live";
  if (isFirst || !live.lostAt) live.lostAt = Date.now();
  if (isFirst) live.state = "reconnecting";
  else Object.assign(live, await refusal());
  const seconds = RETRY_SECONDS[Math.min(live.attempts, RETRY_SECONDS.length - 1)];
  live.attempts += 1;
  live.retryAt = Date.now() + seconds * 1000;
  setTimeout(connect, seconds * 1000);
  showStatus();
}

/** Why there is no stream: an `EventSource` does not tell. */
async function refusal() {
  const abort = new AbortController();
  try {
    const answer = await fetch("live", { signal: abort.signal, cache: "no-store" });
    if (answer.ok) return { state: "reconnecting", reason: "" };
    return { state: "refused", reason: await errorText(answer) };
  } catch {
    return { state: "gone", reason: "" };
  } finally {
    abort.abort();
  }
}

async function errorText(answer) {
  try {
    const { error } = await answer.json();
    return shortened(error.message, 300);
  } catch {
    return `the server answers ${answer.status} ${shortened(answer.statusText, 60)}`.trim();
  }
}

/** A stream that is silent is a process that hangs, or a network that forgot the connection. */
function watch() {
  const silent = Date.now() - live.heardAt;
  if (live.state === "live" && silent > Math.max(10e3, store.intervalMs * 5)) {
    live.source.close();
    lost();
  }
  showStatus();
}

function statusTexts() {
  const wait = Math.max(0, Math.ceil((live.retryAt - Date.now()) / 1000));
  const again = wait > 0 ? `, next try in ${wait} s` : "";
  if (live.state === "reconnecting") return ["reconnecting", wait > 0 ? ` (${wait} s)` : ""];
  if (live.state === "gone") {
    return [live.heardAt && store.process !== null || store.timeMs
      ? `the process is gone since ${formatClock(live.lostAt)}`
      : "the process does not answer", again];
  }
  if (live.state === "refused") return [`refused: ${live.reason}`, again];
  if (live.state === "connecting") return ["connecting", ""];
  if (view.isPaused) {
    const behind = Math.max(0, store.timeMs - view.pausedAt);
    return ["paused", behind >= 1000 ? `, ${formatSeconds(Math.round(behind / 1000))} behind` : ""];
  }
  return ["live", ""];
}

function showStatus() {
  const [text, more] = statusTexts();
  setText(byId("status-text"), text);
  setText(byId("status-more"), more);
  const isWaiting = shownView.view === null && live.state !== "connecting";
  if (isWaiting) setText(byId("main").firstElementChild, `No data yet: ${text}.`);
  const isPaused = live.state === "live" && view.isPaused;
  setAttribute(byId("status"), "data-state", isPaused ? "paused" : live.state);
}

const asked = new Set();
let isAsking = false;

/** Asks for the history of a track, together with the others of this moment. */
function askHistory(track) {
  asked.add(track);
  if (isAsking) return;
  isAsking = true;
  setTimeout(answerTracks, 0);
}

async function answerTracks() {
  while (asked.size) {
    const batch = nextBatch();
    try {
      await readHistory(batch);
    } catch (error) {
      for (const track of batch) track.state = error.message;
    }
    invalidateCharts();
  }
  isAsking = false;
}

function nextBatch() {
  const batch = [];
  let values = 0;
  for (const track of asked) {
    const weight = Array.from(track.metric?.series ?? [])
      .reduce((total, { boundaries }) => total + (boundaries ? boundaries.length + 2 : 1), 1) * 600;
    if (batch.length && values + weight > MOST_VALUES) break;
    values += weight;
    batch.push(track);
    asked.delete(track);
  }
  return batch;
}

async function readHistory(tracks) {
  const params = new URLSearchParams(tracks.map((track) => ["metric", track.name]));
  const answer = await fetch(`history?${params}`, { cache: "no-store" }).catch(() => {
    throw new Error("the process does not answer");
  });
  if (!answer.ok) throw new Error(await errorText(answer));
  const { times, series } = await answer.json();
  const byName = new Map(tracks.map((track) => [track.name, []]));
  for (const one of series) byName.get(one.metric)?.push(one);
  for (const track of tracks) {
    track.merge(times, byName.get(track.name));
    track.state = "loaded";
    await nextTask();
  }
}

/** Lets the browser do something else between two large pieces of work. */
function nextTask() {
  return new Promise((resume) => {
    setTimeout(resume, 0);
  });
}
