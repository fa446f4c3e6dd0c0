// Addresses of the places on the page. Names that begin with `~` are not labels.

function metricLink(name, labels = {}, by = null) {
  const params = new URLSearchParams(labels);
  if (by) params.set("~by", by.join(","));
  return withParams(`#/metrics/${encodeURIComponent(name)}`, params);
}

function metricsLink({ view: name = "metrics", badge, query }) {
  const params = new URLSearchParams();
  if (badge) params.set("~badge", badge);
  if (query) params.set("~q", query);
  return withParams(`#/${name}`, params);
}

function jobLink(handler) {
  return withParams("#/jobs", new URLSearchParams({ open: handler.id }));
}

function withParams(path, params) {
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** `{ view, name, params }` of the address. */
function readRoute() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [first, ...rest] = path.split("/");
  const params = new URLSearchParams(query);
  const name = decoded(rest.join("/"));
  if (first === "metrics" && name) return { view: "metric", name, params };
  if (first === "metrics" || first === "charts") return { view: first, name: "", params };
  return { view: "jobs", name: "", params };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
