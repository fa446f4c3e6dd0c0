//! The explorer of a runtime, as a browser reads it: paths, token, history, events.

use std::{fs, io::Read, time::Duration};

use flate2::read::GzDecoder;
use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, Metrics,
    config::{Environment, ExplorerHistory, MetricsConfig},
};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tokio::{runtime::Runtime, time::timeout};

use crate::beside_others;

/// Longer than any step takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(LabelSet)]
struct Kind {
    #[label(max = 50)]
    kind: String,
}

/// What the page shows.
#[derive(MetricSet)]
#[metric_set(prefix = "explorer")]
struct Shown {
    /// Parcels that were sent.
    parcels_sent_total: Counter<Kind>,
    /// The weight of a parcel.
    #[metric(unit = "g", buckets = [1.0, 2.5])]
    parcel_weight_grams: Histogram<Kind>,
    /// Nobody records it.
    #[expect(dead_code, reason = "see above")]
    parcels_lost_total: Counter,
}

/// What the page shows with a label of the set.
#[derive(MetricSet)]
#[metric_set(prefix = "explorer", constant_labels(edition = "c"))]
struct Labelled {
    /// Letters that were sent.
    letters_sent_total: Counter<Kind>,
}

fn kind(kind: &str) -> Kind {
    Kind { kind: kind.to_owned() }
}

/// Runs a test beside others.
fn run(test: impl Future<Output = ()>) {
    let _guard = beside_others();
    Runtime::new().unwrap().block_on(test);
}

struct Service {
    metrics: Metrics,
    base: String,
    client: Client,
}

async fn service(set: impl FnOnce(&mut MetricsConfig)) -> Service {
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.explorer = Some(true);
    config.listen = "127.0.0.1:0".parse().unwrap();
    set(&mut config);
    let metrics = Metrics::builder()
        .config(config)
        .service_name("parcels")
        .environment(Environment::default())
        .install()
        .unwrap();
    let address = metrics.serve().await.unwrap();
    let client = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    Service { metrics, base: format!("http://{address}"), client }
}

impl Service {
    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    async fn refusal(&self, path: &str) -> (StatusCode, String, String) {
        let response = self.get(path).await;
        let status = response.status();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        let text = |key: &str| body["error"][key].as_str().unwrap().to_owned();
        (status, text("code"), text("message"))
    }
}

/// The events of `/live`, one after the other.
struct Events {
    response: Response,
    read: String,
}

impl Events {
    async fn of(service: &Service) -> Self {
        let response = service.get("/metrics/live").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self { response, read: String::new() }
    }

    /// The name and the data of the next event; `None` at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (name, data) = event.split_once('\n').unwrap();
                let name = name.strip_prefix("event: ").unwrap().to_owned();
                let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
                let end = self.read.len() - rest.len();
                self.read.drain(..end);
                return Some((name, data));
            }
            let piece = timeout(PATIENCE, self.response.chunk()).await.expect("no event");
            // A stop may close the connection in the middle of the body.
            let piece = piece.ok().flatten()?;
            self.read.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

/// The identifier of the series of a metric with this kind.
fn id_of(event: &Value, metric: &str, kind: &str) -> Option<u64> {
    let is_it = |series: &&Value| series["metric"] == metric && series["labels"]["kind"] == kind;
    event["series"].as_array()?.iter().find(is_it)?["id"].as_u64()
}

fn value_of(event: &Value, id: u64) -> Option<&Value> {
    event["values"].as_array()?.iter().find(|value| value[0] == id).map(|value| &value[1])
}

#[test]
fn events_lead_to_the_recorded_values() {
    run(async {
        let service = service(|_| ()).await;
        let shown = Shown::global();
        shown.parcels_sent_total.with(kind("events")).add(17);
        shown.parcel_weight_grams.with(kind("events")).record(2.0);
        let mut events = Events::of(&service).await;
        let (name, hello) = events.next().await.unwrap();
        assert_eq!((&*name, &hello["format"]), ("hello", &Value::from(1)));
        assert_eq!(hello["process"]["name"], "parcels");
        let counter = id_of(&hello, "explorer_parcels_sent_total", "events").unwrap();
        let weights = id_of(&hello, "explorer_parcel_weight_grams", "events").unwrap();
        assert_eq!(value_of(&hello, counter).unwrap(), 17);
        assert_eq!(value_of(&hello, weights).unwrap(), &serde_json::json!([2, 0, 1, 0]));
        let never = hello["never_recorded"].as_array().unwrap();
        assert!(never.contains(&Value::from("explorer_parcels_lost_total")), "{never:?}");

        shown.parcels_sent_total.with(kind("events")).inc();
        shown.parcels_sent_total.with(kind("<b>\n\"late\"")).add(3);
        let (mut seen, mut late) = (false, None);
        while !seen || late.is_none() {
            let (name, update) = events.next().await.unwrap();
            assert_eq!(name, "update");
            seen |= value_of(&update, counter).is_some_and(|value| value == 18);
            late = late.or(id_of(&update, "explorer_parcels_sent_total", "<b>\n\"late\""));
        }

        // A second viewer has the whole state at once, and the same identifiers.
        let mut second = Events::of(&service).await;
        let (name, hello) = second.next().await.unwrap();
        assert_eq!(name, "hello");
        assert_eq!(value_of(&hello, counter).unwrap(), 18);
        assert_eq!(value_of(&hello, late.unwrap()).unwrap(), 3);

        service.metrics.shutdown().unwrap();
        while events.next().await.is_some() {}
        while second.next().await.is_some() {}
    });
}

#[test]
fn the_history_has_what_was_recorded_before_somebody_looked() {
    run(async {
        let service = service(|config| config.explorer_history = ExplorerHistory::Always).await;
        Shown::global().parcels_sent_total.with(kind("history")).add(5);
        let path = "/metrics/history?metric=explorer_parcels_sent_total&seconds=600";
        let values = || async {
            let history = service.json(path).await;
            let series = history["series"].as_array().unwrap();
            let ours = series.iter().find(|series| series["labels"]["kind"] == "history");
            let times = history["times"].as_array().unwrap().len();
            assert!(
                series.iter().all(|series| series["values"].as_array().unwrap().len() == times)
            );
            ours.map(|series| series["values"].as_array().unwrap().clone()).unwrap_or_default()
        };
        let both = async {
            while values().await.iter().filter(|value| **value == 5).count() < 2 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, both).await.unwrap();
        let all = service.json("/metrics/history?step=60").await;
        assert!(all["series"].as_array().unwrap().len() > 5);
        assert_eq!(all["times"].as_array().unwrap().len(), 1);
        let path = format!("{}/metrics/history?step=60", service.base);
        let packed = service.client.get(path).header("accept-encoding", "gzip").send();
        let packed = packed.await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        let mut text = String::new();
        GzDecoder::new(&packed.bytes().await.unwrap()[..]).read_to_string(&mut text).unwrap();
        let unpacked: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(unpacked["process"], all["process"]);
        let none = service.json("/metrics/history?metric=no_such_metric").await;
        assert_eq!(none["series"].as_array().unwrap().len(), 0);
    });
}

/// Those of the runtime are equal on all series, and left out.
#[test]
fn series_have_the_constant_labels_of_their_set() {
    run(async {
        let builder = Metrics::builder().enabled(true).environment(Environment::default());
        let mut config = MetricsConfig::default();
        config.explorer = Some(true);
        config.listen = "127.0.0.1:0".parse().unwrap();
        let metrics = builder.config(config).constant_label("region", "eu").install().unwrap();
        let address = metrics.serve().await.unwrap();
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let service = Service { metrics, base: format!("http://{address}"), client };
        Labelled::global().letters_sent_total.with(kind("fixed")).inc();
        Shown::global().parcels_sent_total.with(kind("fixed")).inc();
        let mut events = Events::of(&service).await;
        let (_, hello) = events.next().await.unwrap();
        let labels = |metric: &str| {
            let id = id_of(&hello, metric, "fixed").unwrap();
            let series = hello["series"].as_array().unwrap();
            series.iter().find(|series| series["id"] == id).unwrap()["labels"].clone()
        };
        let expected = serde_json::json!({"kind": "fixed", "edition": "c"});
        assert_eq!(labels("explorer_letters_sent_total"), expected);
        assert_eq!(labels("explorer_parcels_sent_total"), serde_json::json!({"kind": "fixed"}));
        let catalogue = service.json("/metrics/catalogue").await;
        let sets = catalogue["sets"].as_array().unwrap();
        let set = sets.iter().find(|set| set["name"] == "Labelled").unwrap();
        let label = &set["metrics"][0]["labels"][1];
        assert_eq!((&label["values"][0], &label["constant"]), (&"c".into(), &true.into()));
        service.metrics.shutdown().unwrap();
    });
}

#[test]
fn wrong_requests_are_explained() {
    run(async {
        let service = service(|_| ()).await;
        let (status, code, message) = service.refusal("/metrics/history?seconds=601").await;
        assert_eq!((status, &*code), (StatusCode::BAD_REQUEST, "wrong_parameter"));
        assert_eq!(message, "`seconds` is \"601\"; it is a whole number from 1 to 600");
        let post =
            service.client.post(format!("{}/metrics/live", service.base)).send().await.unwrap();
        assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
        for path in ["/metrics/explorer", "/metrics/history", "/metrics/live"] {
            let head = service.client.head(format!("{}{path}", service.base)).send().await.unwrap();
            assert_eq!(head.status(), StatusCode::OK, "{path}");
            let get = service.get(path).await;
            let headers = |response: &Response| {
                let mut headers = response.headers().clone();
                headers.remove("date");
                // It is about the body, which `HEAD` has none of.
                headers.remove("transfer-encoding");
                // What is measured meanwhile makes it longer.
                if path == "/metrics/history" {
                    headers.remove("content-length");
                }
                headers
            };
            // Events have no length.
            assert_eq!(headers(&head), headers(&get), "{path}");
            assert_eq!(head.text().await.unwrap(), "");
        }
    });
}

#[test]
fn an_explorer_that_is_off_says_how_to_turn_it_on() {
    run(async {
        let service = service(|config| config.explorer = None).await;
        for path in ["/metrics/explorer", "/metrics/history", "/metrics/live"] {
            let (status, code, message) = service.refusal(path).await;
            assert_eq!((status, &*code), (StatusCode::NOT_FOUND, "explorer_off"), "{path}");
            assert!(message.contains("`telemetry.metrics.explorer: true`"), "{message}");
        }
    });
}

#[test]
fn the_page_is_one_document_under_a_strict_policy() {
    run(async {
        let service = service(|config| config.path = "/internal/prom".to_owned()).await;
        let page = service.get("/internal/prom/explorer").await;
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = page.text().await.unwrap();
        for outside in ["src=", "href=\"http", "@import", "url(http"] {
            assert!(!text.contains(outside), "the page has {outside}");
        }
        let packed = service
            .client
            .get(format!("{}/internal/prom/explorer", service.base))
            .header("accept-encoding", "gzip")
            .send()
            .await
            .unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        let packed = packed.bytes().await.unwrap().len();
        assert!(packed < 150 * 1024, "{packed} bytes");
    });
}

#[test]
fn the_token_covers_everything_and_is_a_password() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        fs::write(&file, "s3cret").unwrap();
        let service = service(|config| config.bearer_token_file = Some(file)).await;
        let ours = ["/metrics/explorer", "/metrics/history", "/metrics/live"];
        for path in ours.into_iter().chain(["/metrics/catalogue"]) {
            let url = format!("{}{path}", service.base);
            let refused = service.client.get(&url).send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{path}");
            let challenges: Vec<_> = refused.headers().get_all("www-authenticate").iter().collect();
            let asks = challenges.iter().any(|one| one.as_bytes().starts_with(b"Basic "));
            assert_eq!(asks, ours.contains(&path), "{path}: {challenges:?}");
            let wrong =
                service.client.get(&url).basic_auth("me", Some("secret")).send().await.unwrap();
            assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED, "{path}");
            let password = service.client.get(&url).basic_auth("me", Some("s3cret"));
            assert_eq!(password.send().await.unwrap().status(), StatusCode::OK, "{path}");
            let token = service.client.get(&url).bearer_auth("s3cret");
            assert_eq!(token.send().await.unwrap().status(), StatusCode::OK, "{path}");
        }
        // A scrape has no password.
        let scrape = service.client.get(format!("{}/metrics", service.base));
        let scrape = scrape.basic_auth("me", Some("s3cret")).send().await.unwrap();
        assert_eq!(scrape.status(), StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn viewers_are_limited_and_make_room_when_they_go() {
    run(async {
        let service = service(|_| ()).await;
        let mut viewers = Vec::new();
        for _ in 0..64 {
            viewers.push(Events::of(&service).await);
        }
        let (status, code, message) = service.refusal("/metrics/live").await;
        assert_eq!((status, &*code), (StatusCode::SERVICE_UNAVAILABLE, "too_many_viewers"));
        assert!(message.starts_with("64 viewers"), "{message}");
        viewers.pop();
        let free = async {
            while service.get("/metrics/live").await.status() != StatusCode::OK {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, free).await.unwrap();
    });
}
