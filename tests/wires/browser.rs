//! The explorer in a real browser.
#![cfg(unix)]

use std::{net::SocketAddr, sync::Arc};

use opentelemetry::{KeyValue, metrics::MeterProvider as _};
use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
};
use osapi_metrics_tests::explorer_page::ExplorerPage;
use tokio::runtime::Runtime;

use crate::beside_others;

#[derive(LabelSet)]
struct Parcel {
    #[label(max = 50)]
    kind: String,
}

/// What the browser looks at.
#[derive(MetricSet)]
#[metric_set(prefix = "browsed")]
struct Browsed {
    /// Parcels that were sent.
    parcels_sent_total: Counter<Parcel>,
    /// The time that a parcel takes.
    #[metric(unit = "s", buckets = [0.1, 1.0, 10.0])]
    parcel_time_seconds: Histogram<Parcel>,
    /// The vans that there are, always the same.
    vans: Gauge,
    /// Nobody records it.
    #[expect(dead_code, reason = "see above")]
    parcels_lost_total: Counter,
}

fn kind(kind: &str) -> Parcel {
    Parcel { kind: kind.to_owned() }
}

struct Service {
    metrics: Metrics,
    address: SocketAddr,
    _runtime: Arc<Runtime>,
}

fn serve(listen: &str, version: &str) -> Service {
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.explorer = Some(true);
    config.listen = listen.parse().unwrap();
    config.resource.insert("service.version".to_owned(), version.into());
    let metrics = Metrics::builder()
        .config(config)
        .service_name("parcels")
        .environment(Environment::default())
        .install()
        .unwrap();
    let runtime = Arc::new(Runtime::new().unwrap());
    let address = runtime.block_on(metrics.serve()).unwrap();
    Service { metrics, address, _runtime: runtime }
}

impl Service {
    fn page(&self) -> String {
        format!("http://{}/metrics/explorer", self.address)
    }
}

/// A page with its place open, and the service that it looks at; `None` where there is no browser.
fn look(place: &str) -> Option<(ExplorerPage, Service)> {
    let service = serve("127.0.0.1:0", "1");
    let mut page = ExplorerPage::new(&service.page())?;
    page.open(place);
    Some((page, service))
}

#[test]
fn the_page_shows_what_a_scrape_shows() {
    let _guard = beside_others();
    let shown = Browsed::global();
    shown.parcels_sent_total.with(kind("agreed")).add(4_711);
    let Some((mut page, service)) = look("#/metrics/browsed_parcels_sent_total?kind=agreed") else {
        return;
    };
    let scraped = service.metrics.render(Format::Text);
    let line = scraped.lines().find(|line| line.contains("kind=\"agreed\""));
    assert!(line.is_some_and(|line| line.ends_with(" 4711")), "{line:?}");
    for total in ["4711", "4712"] {
        page.browser.wait_for(&format!(
            "document.querySelector('#main [data-label=Total]').textContent === '{total}'"
        ));
        shown.parcels_sent_total.with(kind("agreed")).inc();
    }
    assert_eq!(page.browser.problems(), [""; 0]);
}

#[test]
fn a_gauge_that_stays_has_a_line_and_a_paused_zoom_says_what_it_shows() {
    let _guard = beside_others();
    Browsed::global().vans.set(2.0);
    let Some((mut page, _service)) = look("#/metrics/browsed_vans") else { return };
    // The colour of the first line, right of the axis.
    page.browser.wait_for(
        "(() => { const canvas = document.querySelector('#main canvas'); \
         if (!canvas?.width) return false; \
         const line = document.createElement('canvas').getContext('2d'); \
         line.fillStyle = getComputedStyle(document.querySelector('#main .legend i')) \
         .backgroundColor; line.fillRect(0, 0, 1, 1); \
         const wanted = line.getImageData(0, 0, 1, 1).data.join(); \
         const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); \
         for (let at = 0; at < data.length; at += 4) \
         if (data.slice(at, at + 4).join() === wanted) return true; return false; })()",
    );
    page.pause();
    page.wait_for_state("paused");
    let zoomed = "document.getElementById('zoomed')";
    assert_eq!(page.browser.evaluate(&format!("{zoomed}.hidden")), true);
    page.browser.evaluate("document.querySelector('.plot').focus()");
    page.browser.press("ArrowLeft");
    page.browser.press("+");
    page.browser.wait_for(&format!("/ to .* Whole range/.test({zoomed}.innerText)"));
    page.browser.evaluate(&format!("{zoomed}.querySelector('button').click()"));
    page.browser.wait_for(&format!("{zoomed}.hidden"));
    page.wait_for_state("paused");
    assert_eq!(page.browser.problems(), [""; 0]);
}

#[test]
fn texts_of_strangers_are_texts() {
    let _guard = beside_others();
    let shown = Browsed::global();
    let hostile = [
        "<img src=x onerror=\"document.title='taken'\">",
        "</script><script>document.title='taken'</script>",
        "__proto__",
        "\u{202e}reversed\u{0}\nline",
        "%3Cscript%3E",
    ];
    for text in hostile {
        shown.parcels_sent_total.with(kind(text)).inc();
        shown.parcel_time_seconds.with(kind(text)).record(0.5);
    }
    shown.parcels_sent_total.with(kind(&"x".repeat(10_000))).inc();
    let Some((mut page, _service)) = look("#/jobs") else { return };
    for place in
        ["#/metrics/browsed_parcels_sent_total", "#/charts", "#/metrics?~q=%3Cimg", "#/jobs"]
    {
        page.open(place);
        let made = "document.querySelectorAll('#main img, #main script').length";
        assert_eq!(page.browser.evaluate(made), 0);
        assert_ne!(page.browser.evaluate("document.title"), "taken");
    }
    assert_eq!(page.browser.problems(), [""; 0]);
}

#[test]
fn a_newcomer_finds_what_was_never_recorded_and_where_it_is_declared() {
    let _guard = beside_others();
    let Some((mut page, _service)) = look("") else { return };
    page.browser
        .wait_for("document.getElementById('summary').innerText.includes('Never recorded')");
    page.go("#/metrics");
    page.search("browsed_parcels_lost");
    page.browser.wait_for(
        "[...document.querySelectorAll('#main tr')].filter((row) => row.checkVisibility() && \
         row.querySelector('.badge[data-badge=never]')).length === 1",
    );
    page.wait_for_text("wires/browser.rs");
    assert_eq!(page.browser.problems(), [""; 0]);
}

#[test]
fn the_page_goes_on_after_a_restart_of_the_process() {
    let _guard = beside_others();
    let Some((mut page, service)) = look("#/metrics") else { return };
    let address = service.address;
    service.metrics.shutdown().unwrap();
    drop(service);
    page.wait_for_state("gone");
    let service = serve(&address.to_string(), "2.0.0");
    page.wait_for_state("live");
    page.browser.wait_for("document.getElementById('process-facts').innerText.includes('2.0.0')");
    drop(service);
}

#[test]
fn a_narrow_page_does_not_scroll_sideways_and_a_pause_holds() {
    let _guard = beside_others();
    let Some((mut page, _service)) = look("#/jobs") else { return };
    page.browser.resize(360, 740);
    for place in ["#/jobs", "#/metrics", "#/charts", "#/metrics/browsed_parcels_sent_total"] {
        page.open(place);
        let width = page.browser.evaluate("document.documentElement.scrollWidth");
        assert!(width.as_u64().unwrap() <= 360, "{place} is {width} wide");
    }
    page.pause();
    page.wait_for_state("paused");
    let pressed = "document.getElementById('pause').ariaPressed";
    assert_eq!(page.browser.evaluate(pressed), "true");
    page.pause();
    page.wait_for_state("live");
    assert_eq!(page.browser.problems(), [""; 0]);
}

/// A set of ten metrics, with the declarations of the others.
macro_rules! sets_of_ten {
    ($($set:ident $prefix:literal),*) => {$(
        /// One of many sets.
        #[derive(MetricSet)]
        #[metric_set(prefix = $prefix)]
        struct $set {
            /// One of many.
            asked_total: Counter<Parcel>,
            /// One of many.
            bought_total: Counter<Parcel>,
            /// One of many.
            carried_total: Counter<Parcel>,
            /// One of many.
            dropped_total: Counter<Parcel>,
            /// One of many.
            found_total: Counter<Parcel>,
            /// One of many.
            held_total: Counter<Parcel>,
            /// One of many.
            kept_total: Counter<Parcel>,
            /// One of many.
            lost_total: Counter<Parcel>,
            /// One of many.
            #[metric(unit = "s", buckets = [0.01, 0.1, 1.0, 10.0])]
            way_seconds: Histogram<Parcel>,
            /// One of many.
            #[metric(unit = "s", buckets = [0.01, 0.1, 1.0, 10.0])]
            wait_seconds: Histogram<Parcel>,
        }

        impl $set {
            fn record(parcel: &str) {
                let set = Self::global();
                for counter in [
                    &set.asked_total, &set.bought_total, &set.carried_total, &set.dropped_total,
                    &set.found_total,
                    &set.held_total, &set.kept_total, &set.lost_total,
                ] {
                    counter.with(kind(parcel)).inc();
                }
                for histogram in [&set.way_seconds, &set.wait_seconds] {
                    histogram.with(kind(parcel)).record(0.05);
                }
            }
        }
    )*

    fn record_many() {
        for parcel in 0..20 {
            $($set::record(&format!("parcel-{parcel}"));)*
        }
    }};
}

sets_of_ten!(
    Many0 "many0", Many1 "many1", Many2 "many2", Many3 "many3", Many4 "many4",
    Many5 "many5", Many6 "many6", Many7 "many7", Many8 "many8", Many9 "many9"
);

/// Notes what the page does in each task: canvases that are drawn, points of lines, and rows and
/// tiles that are made; how often in a row one canvas is drawn while it is away from what the
/// window shows; and, for the log, long tasks as the browser calls them.
const WATCH: &str = "(() => {
  const seen = window.seen = { canvases: 0, points: 0, entries: 0, away: 0, drawn: 0, long: [] };
  const away = new WeakMap();
  const now = { canvases: 0, points: 0, entries: 0 };
  let isPlanned = false;
  const note = (what) => {
    now[what] += 1;
    seen[what] = Math.max(seen[what], now[what]);
    if (isPlanned) return;
    isPlanned = true;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      isPlanned = false;
      Object.assign(now, { canvases: 0, points: 0, entries: 0 });
    };
    channel.port2.postMessage(0);
  };
  const { setTransform, lineTo } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.setTransform = function (...parts) {
    note('canvases');
    seen.drawn += 1;
    const { top, bottom } = this.canvas.getBoundingClientRect();
    const isAway = bottom < -130 || top > innerHeight + 130;
    const times = isAway ? (away.get(this.canvas) ?? 0) + 1 : 0;
    away.set(this.canvas, times);
    seen.away = Math.max(seen.away, times);
    return setTransform.apply(this, parts);
  };
  CanvasRenderingContext2D.prototype.lineTo = function (...parts) {
    note('points');
    return lineTo.apply(this, parts);
  };
  const { insertBefore } = Node.prototype;
  Node.prototype.insertBefore = function (node, next) {
    if (node.matches?.('.tile, .metrics tr')) note('entries');
    return insertBefore.call(this, node, next);
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.long.push(Math.round(entry.duration));
  }).observe({ type: 'longtask' });
})()";

#[test]
fn a_hundred_metrics_are_shown_in_short_tasks() {
    let _guard = beside_others();
    record_many();
    let Some((mut page, _service)) = look("#/jobs") else { return };
    page.browser.resize(1_440, 900);
    page.browser.evaluate(WATCH);
    for place in ["#/charts", "#/metrics"] {
        page.go(place);
        page.search("many");
        page.browser.wait_for(
            "[...document.querySelectorAll('#main .tile, #main .metrics tbody tr')] \
             .filter((entry) => entry.checkVisibility()).length === 100",
        );
        for screen in 0..6 {
            page.browser.evaluate(&format!(
                "(async () => {{ scrollTo(0, {screen} * innerHeight); \
                 for (let frame = 0; frame < 3; frame += 1) \
                 await new Promise((next) => requestAnimationFrame(next)); }})()"
            ));
            record_many();
            let drawn = page.browser.evaluate("window.seen.drawn").as_u64().unwrap();
            page.browser.wait_for(&format!("window.seen.drawn > {drawn}"));
        }
        page.browser.wait_for("window.seen.points > 20");
    }
    let seen = page.browser.evaluate("window.seen");
    println!("a hundred metrics of 20 series: {seen}");
    let most = |what: &str| seen[what].as_u64().unwrap();
    // A few of each: what one task does does not grow with the number of metrics.
    assert!((1..=20).contains(&most("entries")), "{seen}");
    assert!((1..=30).contains(&most("canvases")), "{seen}");
    // The budget, and at most one chart of 20 lines of 720 points beyond it.
    assert!((1..=4_000 + 20 * 720).contains(&most("points")), "{seen}");
    // The browser reports what is visible after the frame that scrolls, or in which a legend above
    // grows: a chart is drawn once or twice more, and not at each of a dozen recordings.
    assert!(most("away") <= 2, "only what is visible is drawn: {seen}");
    assert_eq!(page.browser.problems(), [""; 0]);
}

#[test]
fn a_screen_reader_hears_the_structure() {
    let _guard = beside_others();
    Browsed::global().parcels_sent_total.with(kind("heard")).inc();
    let Some((mut page, _service)) = look("#/metrics/browsed_parcels_sent_total") else { return };
    page.browser.wait_for("document.querySelector('#main [data-label=Total]')");
    let heard = page.browser.accessible();
    let has = |role: &str, name: &str| {
        assert!(
            heard.iter().any(|(is, named)| is == role && named.contains(name)),
            "{role} {name}: {heard:?}"
        );
    };
    for (role, name) in [
        ("heading", "parcels"),
        ("heading", "browsed_parcels_sent_total"),
        ("heading", "Declaration"),
        ("navigation", "Views"),
        ("link", "Jobs"),
        ("group", "Time range"),
        ("button", "Pause"),
        ("status", ""),
        ("main", ""),
        ("region", "Series"),
        ("columnheader", "kind"),
        ("columnheader", "Total"),
        ("image", "Rate of browsed_parcels_sent_total"),
        ("button", "Copy the query: rate"),
        ("checkbox", "kind"),
    ] {
        has(role, name);
    }
    let is_live = "document.getElementById('status-text').ariaLive";
    assert_eq!(page.browser.evaluate(is_live), "polite");
    for place in ["#/jobs", "#/metrics", "#/charts", "#/metrics/browsed_parcels_sent_total"] {
        page.open(place);
        let nameless: Vec<_> = page
            .browser
            .accessible()
            .into_iter()
            .filter(|(role, name)| {
                name.is_empty()
                    && matches!(
                        &**role,
                        "button" | "link" | "heading" | "image" | "searchbox" | "combobox"
                    )
            })
            .collect();
        assert_eq!(nameless, [], "{place}");
    }
}

#[test]
fn wheel_and_keys_zoom_and_a_query_is_copied() {
    let _guard = beside_others();
    Browsed::global().parcels_sent_total.with(kind("zoomed")).inc();
    let Some((mut page, _service)) = look("#/metrics/browsed_parcels_sent_total") else { return };
    page.browser.wait_for("document.querySelector('#main [data-label=Total]')");
    let is_zoomed = "!document.getElementById('zoomed').hidden";
    let is_back = "document.getElementById('zoomed').hidden";
    let place = "(() => { const plot = document.querySelector('.plot'); \
                 plot.scrollIntoView(); const box = plot.getBoundingClientRect(); \
                 return [box.x + box.width / 2, box.y + box.height / 2]; })()";
    assert_eq!(page.browser.evaluate(is_back), true);
    let middle = page.browser.evaluate(place);
    let [x, y] = [0, 1].map(|part| middle[part].as_f64().unwrap());
    page.browser.turn_wheel((x, y), -100);
    page.browser.wait_for(is_zoomed);
    page.browser.evaluate("document.querySelector('.plot').focus()");
    page.browser.press("Escape");
    page.browser.wait_for(is_back);
    page.browser.press("ArrowLeft");
    page.browser.wait_for("!document.querySelector('.cross').hidden");
    page.browser.press("+");
    page.browser.wait_for(is_zoomed);
    page.browser.press("Escape");
    page.browser.wait_for(is_back);

    page.browser.evaluate(
        "(() => { window.copied = ''; addEventListener('copy', () => { \
         window.copied = document.activeElement.value ?? String(getSelection()); }); \
         navigator.clipboard.writeText = async () => { throw new Error('refused'); }; \
         document.querySelector('.query button').click(); })()",
    );
    page.browser.wait_for("document.querySelector('.query button').innerText === 'Copied'");
    assert_eq!(
        page.browser.evaluate("window.copied"),
        "sum by (kind) (rate(browsed_parcels_sent_total[5m]))"
    );
    assert_eq!(page.browser.problems(), [""; 0]);
}

#[test]
fn nothing_moves_for_who_wants_no_motion() {
    let _guard = beside_others();
    let Some((mut page, _service)) = look("#/jobs") else { return };
    let motion = "(() => { const status = document.getElementById('status'); \
                  status.dataset.state = 'connecting'; \
                  return getComputedStyle(status, '::before').animationName; })()";
    for (wish, animation) in [("no-preference", "pulse"), ("reduce", "none")] {
        page.browser.prefer(&[("prefers-reduced-motion", wish)]);
        assert_eq!(page.browser.evaluate(motion), animation, "{wish}");
    }
}

#[test]
fn a_choice_of_a_process_leaves_its_series() {
    let _guard = beside_others();
    let service = serve("127.0.0.1:0", "1");
    let meter = service.metrics.provider().unwrap().meter("several");
    let counter = meter.u64_counter("browsed.by_instance").build();
    for (instance, count) in [("a:1", 1), ("b:2", 2)] {
        counter.add(count, &[KeyValue::new("instance", instance)]);
    }
    let Some(mut page) = ExplorerPage::new(&service.page()) else { return };
    page.open("#/metrics/browsed.by_instance");
    page.browser.wait_for("document.querySelectorAll('#main [data-label=Total]').length === 2");
    page.browser.evaluate(
        "(() => { const choice = document.getElementById('instance'); choice.value = 'b:2'; \
         choice.dispatchEvent(new Event('change')); })()",
    );
    page.browser.wait_for("document.querySelectorAll('#main [data-label=Total]').length === 1");
    assert_eq!(page.rows("series")[0]["Total"], "2");
    assert_eq!(page.browser.problems(), [""; 0]);
}
