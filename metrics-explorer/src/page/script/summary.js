// The strip on top: what a newcomer asks first, each with a link to the place.

function summaryItems() {
  const items = handlers.list.length ? jobItems() : [];
  const declared = allDeclared();
  const counts = { never: 0, overflowed: 0, full: 0, dropped: 0 };
  for (const metric of declared) for (const badge of badgesOf(metric)) counts[badge] += 1;
  items.push({
    title: "Never recorded",
    text: store.neverRecorded === null ? "no data" : `${counts.never} of ${
      plural(declared.length, "metric")}`,
    href: metricsLink({ badge: "never" }),
  });
  const lost = counts.overflowed + counts.full + counts.dropped;
  if (lost > 0) {
    const first = ["dropped", "overflowed", "full"].find((badge) => counts[badge] > 0);
    items.push({
      title: "Limits", tone: "warn", href: metricsLink({ badge: first }),
      text: plural(lost, "warning"),
      more: ["overflowed", "full", "dropped"].filter((badge) => counts[badge])
        .map((badge) => `${counts[badge]} ${BADGES[badge].title}`).join(", "),
    });
  }
  return items;
}

function jobItems() {
  const read = handlers.list.map((handler) => ({ handler, numbers: numbersOf(handler) }));
  const all = read.filter(({ handler }) => !handler.whole);
  const known = (key) => all.map(({ numbers }) => numbers[key]).filter((value) => value !== null);
  const total = (key, format) => (known(key).length ? format(sum(known(key))) : "no data");
  const running = all.filter(({ numbers }) => numbers.active > 0)
    .sort((a, b) => b.numbers.active - a.numbers.active);
  return [
    { title: "Running now", text: total("active", (count) => plural(count, "job")),
      more: running.length ? `most in ${shortened(running[0].handler.name, 30)}` : "",
      href: running.length ? jobLink(running[0].handler) : "#/jobs" },
    // A rate needs two readings, which a page that was just opened does not have.
    known("rate").length
      ? { title: "Ended", text: total("rate", formatRate), more: MINUTE.text, href: "#/jobs" }
      : { title: "Ended", text: total("ended", (count) => plural(count, "job")), more: START.text,
        href: "#/jobs" },
    failingItem(inDetail(read)),
    slowestItem(inDetail(read)),
  ];
}

/** The parts of a handler in place of it, where it has some. */
function inDetail(read) {
  const divided = new Set(read.map(({ handler }) => handler.whole).filter(Boolean));
  return read.filter(({ handler }) => !divided.has(handler));
}

/** The error that is most frequent now, or, if nothing fails now, since the start. */
function failingItem(all) {
  const failing = all.flatMap(({ handler, numbers }) => (numbers.failures?.reasons ?? [])
    .map((reason) => ({ handler, ...reason, level: numbers.failures.level })));
  const isAnyKnown = all.some(({ numbers }) => numbers.failures);
  for (const level of [MINUTE, HISTORY, START]) {
    const [top] = failing.filter((one) => one.level === level).sort((a, b) => b.count - a.count);
    if (!top) continue;
    return { title: "Failing most", tone: level === MINUTE ? "bad" : undefined,
      text: `${shortened(top.name, 40)} ×${formatNumber(top.count)}`,
      more: `in ${shortened(top.handler.name, 30)}, ${level.text}`, href: jobLink(top.handler) };
  }
  return { title: "Failing most", text: isAnyKnown ? "nothing" : "no data", href: "#/jobs" };
}

function slowestItem(all) {
  const timed = all.map(({ handler, numbers }) => ({ handler,
    p95: quantileSeconds(numbers.duration, 0.95, numbers.durationScale) }))
    .filter(({ p95 }) => p95).sort((a, b) => b.p95.value - a.p95.value);
  const [slowest] = timed.filter(({ p95 }) => p95.level === MINUTE).concat(timed);
  if (!slowest) return { title: "Slowest", text: "no data", href: "#/jobs" };
  return { title: "Slowest", text: shortened(slowest.handler.name, 40),
    more: `p95 ${slowest.p95.text}, ${slowest.p95.level.text}`, href: jobLink(slowest.handler) };
}

function showSummary() {
  const strip = byId("summary");
  const items = summaryItems();
  while (strip.children.length > items.length) strip.lastChild.remove();
  while (strip.children.length < items.length) {
    strip.append(element("a", {}, element("span", { class: "title" }), element("strong"),
      element("span", { class: "muted" })));
  }
  items.forEach((item, index) => {
    const link = strip.children[index];
    const [title, text, more] = link.children;
    setAttribute(link, "href", item.href);
    setAttribute(link, "data-tone", item.tone);
    setText(title, item.title);
    setText(text, item.text);
    setText(more, item.more ?? "");
  });
}
