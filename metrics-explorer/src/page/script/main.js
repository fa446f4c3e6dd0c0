// Starts the page, and shows the view of its address.

const VIEWS = { jobs: JobsView, metrics: MetricsView, charts: MetricsView, metric: MetricView };
const TITLES = { jobs: "Jobs", metrics: "Metrics", charts: "Charts" };

const shownView = { name: null, view: null };
const scrolls = [];
let scrollPlace = 0;

function navigate() {
  if (!store.timeMs) return;
  const route = readRoute();
  const isBack = history.state?.place !== undefined;
  scrolls[scrollPlace] = shownView.scroll ?? 0;
  scrollPlace = isBack ? history.state.place : scrolls.length;
  if (!isBack) history.replaceState({ place: scrollPlace }, "");
  const isOther = shownView.name !== route.view;
  if (isOther) {
    shownView.view?.close();
    const isFirst = shownView.view === null;
    shownView.name = route.view;
    shownView.view = new VIEWS[route.view](route);
    replaceChildren(byId("main"), shownView.view.root);
    if (!isFirst) byId("main").focus({ preventScroll: true });
  } else shownView.view.route(route);
  if (isBack) scrollBack(scrolls[scrollPlace] ?? 0);
  else {
    if (isOther || route.view === "metric") scrollTo(0, 0);
    shownView.view.reveal?.();
  }
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.dataset.view === (route.view === "metric" ? "metrics" : route.view);
    setAttribute(link, "aria-current", isCurrent ? "page" : null);
  }
  showTitle(route);
}

/** Scrolls to where a view was left, which may not be there before the view is whole. */
function scrollBack(place) {
  const { view: returned } = shownView;
  scrollTo(0, place);
  returned.whole?.then(() => {
    if (shownView.view === returned) scrollTo(0, place);
  });
}

function showTitle(route) {
  const name = store.process?.name ? shortened(store.process.name, 40) : "Metrics";
  document.title = `${route.name ? shortened(route.name) : TITLES[route.view]} · ${name}`;
}

/** Shows what has arrived, unless nobody can see it or the view is to stand still. */
function dataArrived() {
  if (document.hidden) return;
  if (shownView.view === null) {
    startHandlers();
    showProcess();
    showSummary();
    navigate();
  }
  updateHandlers();
  if (view.isPaused) return;
  showProcess();
  showSummary();
  shownView.view.update();
  invalidateCharts();
}

function showProcess() {
  const { process } = store;
  setText(byId("process-name"), process?.name ? shortened(process.name, 60) : "Metrics");
  const up = process?.started_ms ? formatSeconds(Math.round((store.timeMs - process.started_ms)
    / 1000)) : "";
  const facts = [process?.version && `version ${shortened(process.version, 40)}`,
    up && `up ${up}`, process?.instance && shortened(process.instance, 60)];
  setText(byId("process-facts"), facts.filter(Boolean).join(" · "));
  showInstances();
  const left = store.leftOut > 0 ? `${plural(store.leftOut, "series", "series")} left out: the `
    + "history has no room for more." : "";
  showNotice([catalogue.error, absentText(), left].filter(Boolean).join(" "));
}

/** Which processes do not answer, where several are shown. */
function absentText() {
  const { series = [], scope } = store.metrics.get("up") ?? {};
  if (scope !== "osapi-metrics explore") return "";
  const absent = Array.from(series).filter((one) => !one.hasEnded && valueOf(one) === 0)
    .map(({ labels }) => processName(labels.instance));
  if (absent.length === 0) return "";
  return `${shortened(absent.sort().join(", "), 300)} ${absent.length > 1 ? "do" : "does"} not `
    + "answer.";
}

/** The address of a process, with the service that it says it is. */
function processName(instance) {
  for (const { labels } of store.metrics.get("target_info")?.series ?? []) {
    if (labels.instance === instance && labels.service_name) {
      return `${shortened(labels.service_name, 40)} (${shortened(instance, 60)})`;
    }
  }
  return shortened(instance, 60);
}

function showNotice(text) {
  setText(byId("notice"), text);
  byId("notice").hidden = !text;
}

/** The choice of a process, where several are shown. */
function showInstances() {
  if (handlers.seriesSeen === store.series.size) return;
  handlers.seriesSeen = store.series.size;
  const found = new Set();
  for (const { labels } of store.series.values()) if (labels.instance) found.add(labels.instance);
  const select = byId("instance");
  byId("instance-choice").hidden = found.size < 2;
  const wanted = ["", ...Array.from(found).sort()];
  if (wanted.join("\n") === handlers.instances) return;
  handlers.instances = wanted.join("\n");
  if (!found.has(handlers.instance)) handlers.instance = "";
  replaceChildren(select, wanted.map((value) => element("option", { value },
    value ? processName(value) : "all")));
  select.value = handlers.instance;
}

async function loadCatalogue() {
  try {
    const answer = await fetch("catalogue");
    if (!answer.ok) throw new Error(await errorText(answer));
    readCatalogue(await answer.json());
  } catch (error) {
    catalogue.error = `The catalogue cannot be read: ${error.message}. Metrics are shown without `
      + "their declarations.";
    showNotice(catalogue.error);
  }
}

async function start() {
  addEventListener("error", (event) => {
    catalogue.error = `This page has a fault: ${event.message}.`;
    showNotice(catalogue.error);
  });
  history.scrollRestoration = "manual";
  startTheme();
  startCharts();
  startView();
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  byId("instance").addEventListener("change", (event) => {
    handlers.instance = event.target.value;
    dataArrived();
  });
  addEventListener("scroll", () => { shownView.scroll = scrollY; }, { passive: true });
  addEventListener("hashchange", navigate);
  document.addEventListener("visibilitychange", () => {
    if (store.timeMs) dataArrived();
  });
  await loadCatalogue();
  connect();
  setInterval(watch, 1000);
}

start();
