//! The explorer in a real browser.
#![cfg(unix)]

use std::{net::SocketAddr, sync::Arc};

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
};
use osapi_metrics_tests::servers::{Browser, browser};
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
    config.resource.insert("service.version".to_owned(), version.to_owned());
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
    fn page(&self, place: &str) -> String {
        format!("http://{}/metrics/explorer{place}", self.address)
    }
}

const STATE: &str = "document.getElementById('status').dataset.state";

fn wait_for_state(browser: &mut Browser, state: &str) {
    browser.wait_for(&format!("{STATE} === '{state}'"));
}

fn wait_for_text(browser: &mut Browser, text: &str) {
    browser.wait_for(&format!("document.getElementById('main').innerText.includes({text:?})"));
}

#[test]
fn the_page_shows_what_a_scrape_shows() {
    let _guard = beside_others();
    let Some(mut browser) = browser() else { return };
    let service = serve("127.0.0.1:0", "1");
    let shown = Browsed::global();
    shown.parcels_sent_total.with(kind("agreed")).add(4_711);
    browser.open(&service.page("#/metrics/browsed_parcels_sent_total"));
    wait_for_state(&mut browser, "live");
    let scraped = service.metrics.render(Format::Text);
    let line = scraped.lines().find(|line| line.contains("kind=\"agreed\""));
    assert!(line.is_some_and(|line| line.ends_with(" 4711")), "{line:?}");
    wait_for_text(&mut browser, "agreed");
    browser
        .wait_for("document.getElementById('main').innerText.replace(/\\D/g, '').includes('4711')");
    shown.parcels_sent_total.with(kind("agreed")).inc();
    browser
        .wait_for("document.getElementById('main').innerText.replace(/\\D/g, '').includes('4712')");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn texts_of_strangers_are_texts() {
    let _guard = beside_others();
    let Some(mut browser) = browser() else { return };
    let service = serve("127.0.0.1:0", "1");
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
    for place in
        ["#/metrics/browsed_parcels_sent_total", "#/charts", "#/metrics?~q=%3Cimg", "#/jobs"]
    {
        browser.open(&service.page(place));
        wait_for_state(&mut browser, "live");
        browser.wait_for("document.getElementById('main').childElementCount > 0 && !document.querySelector('#main > .empty:only-child')?.innerText.includes('Loading')");
        assert_eq!(
            browser.evaluate("document.querySelectorAll('#main img, #main script').length"),
            0
        );
        assert_ne!(browser.evaluate("document.title"), "taken");
    }
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn a_newcomer_finds_what_was_never_recorded_and_where_it_is_declared() {
    let _guard = beside_others();
    let Some(mut browser) = browser() else { return };
    let service = serve("127.0.0.1:0", "1");
    browser.open(&service.page(""));
    wait_for_state(&mut browser, "live");
    browser.wait_for("document.getElementById('summary').innerText.includes('Never recorded')");
    browser.evaluate("location.hash = '#/metrics'");
    browser.wait_for("document.getElementById('search')");
    browser.evaluate(
        "(() => { const search = document.getElementById('search'); search.value = 'browsed_parcels_lost'; \
         search.dispatchEvent(new Event('input', { bubbles: true })); })()",
    );
    browser.wait_for(
        "[...document.querySelectorAll('#main tr')].filter((row) => row.checkVisibility() && \
         row.querySelector('.badge[data-badge=never]')).length === 1",
    );
    wait_for_text(&mut browser, "wires/browser.rs");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn the_page_goes_on_after_a_restart_of_the_process() {
    let _guard = beside_others();
    let Some(mut browser) = browser() else { return };
    let service = serve("127.0.0.1:0", "1.0.0");
    let address = service.address;
    browser.open(&service.page("#/metrics"));
    wait_for_state(&mut browser, "live");
    service.metrics.shutdown().unwrap();
    drop(service);
    browser.wait_for(&format!("{STATE} !== 'live'"));
    let service = serve(&address.to_string(), "2.0.0");
    wait_for_state(&mut browser, "live");
    browser.wait_for("document.getElementById('process-facts').innerText.includes('2.0.0')");
    drop(service);
}

#[test]
fn a_narrow_page_does_not_scroll_sideways_and_a_pause_holds() {
    let _guard = beside_others();
    let Some(mut browser) = browser() else { return };
    let service = serve("127.0.0.1:0", "1");
    browser.resize(360, 740);
    for place in ["#/jobs", "#/metrics", "#/charts", "#/metrics/browsed_parcels_sent_total"] {
        browser.open(&service.page(place));
        wait_for_state(&mut browser, "live");
        browser.wait_for("!document.getElementById('main').innerText.includes('Loading')");
        let width = browser.evaluate("document.documentElement.scrollWidth");
        assert!(width.as_u64().unwrap() <= 360, "{place} is {width} wide");
    }
    browser.evaluate("document.getElementById('pause').click()");
    wait_for_state(&mut browser, "paused");
    assert_eq!(browser.evaluate("document.getElementById('pause').ariaPressed"), "true");
    browser.evaluate("document.getElementById('pause').click()");
    wait_for_state(&mut browser, "live");
    assert_eq!(browser.problems(), [""; 0]);
}
