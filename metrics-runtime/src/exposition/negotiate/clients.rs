//! The `Accept` headers that clients send, each with its source.

use super::choice::negotiate;

const PROTOBUF: &str =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

/// The name of a client, the place that its header is from, the header, and the `Content-Type` of
/// the answer.
const CLIENTS: &[[&str; 4]] = &[
    [
        "Prometheus 2.5",
        "prometheus/prometheus v2.5.0, scrape/scrape.go",
        "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "text/plain; version=0.0.4; charset=utf-8",
    ],
    [
        "Prometheus 2.42",
        "prometheus/prometheus v2.42.0, scrape/scrape.go",
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ],
    [
        "Prometheus 2.42 with native histograms",
        "prometheus/prometheus v2.42.0, scrape/scrape.go",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        PROTOBUF,
    ],
    [
        "Prometheus 2.53, Grafana Agent",
        "prometheus/prometheus v2.53.0, acceptHeader in scrape/scrape.go",
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ],
    [
        "Prometheus 2.53 with native histograms",
        "prometheus/prometheus v2.53.0, acceptHeader in scrape/scrape.go",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        PROTOBUF,
    ],
    [
        "Prometheus 3.0, which names the escaping of every protocol",
        "prometheus/prometheus v3.0.0, acceptHeader in scrape/scrape.go",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;escaping=allow-utf-8;q=0.3,*/*;q=0.2",
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    ],
    [
        "Prometheus 3, and the prometheusreceiver of OpenTelemetry's collector, which embeds it",
        "prometheus/prometheus v3.14.0, TestAcceptHeader in scrape/scrape_test.go",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    ],
    [
        "Prometheus 3 with native histograms",
        "prometheus/prometheus v3.14.0, TestAcceptHeader in scrape/scrape_test.go",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        PROTOBUF,
    ],
    [
        "Prometheus 3 with native histograms and `metric_name_escaping_scheme: dots`",
        "prometheus/prometheus v3.14.0, TestAcceptHeader in scrape/scrape_test.go",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=dots;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=dots;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        PROTOBUF,
    ],
    [
        "Prometheus 3 with `scrape_protocols: [PrometheusText1.0.0]`",
        "prometheus/prometheus v3.14.0, acceptHeader in scrape/scrape.go",
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5",
        "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    ],
    [
        "Prometheus 3 with `scrape_protocols: [PrometheusProto]`",
        "prometheus/prometheus v3.14.0, acceptHeader in scrape/scrape.go",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,*/*;q=0.5",
        PROTOBUF,
    ],
    [
        "Grafana Alloy, whose names are not UTF-8 by default",
        "grafana/alloy, internal/component/prometheus/scrape/scrape.go, with acceptHeader of Prometheus",
        "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=underscores;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
    ],
    [
        "vmagent",
        "VictoriaMetrics/VictoriaMetrics, lib/promscrape/client.go",
        "text/plain;version=0.0.4;q=1,*/*;q=0.1",
        "text/plain; version=0.0.4; charset=utf-8",
    ],
    [
        "Datadog's openmetrics check",
        "DataDog/integrations-core, openmetrics/README.md and its tests",
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ],
    [
        "Datadog's openmetrics check with `use_latest_spec`",
        "DataDog/integrations-core, openmetrics/v2/scraper.py of its base",
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ],
    [
        "Datadog's openmetrics check before 7.46",
        "DataDog/integrations-core, openmetrics/v2/scraper.py of its base",
        "text/plain",
        "text/plain; version=0.0.4; charset=utf-8",
    ],
    [
        "Datadog's openmetrics check before 7.46 with `use_latest_spec`",
        "DataDog/integrations-core, openmetrics/v2/scraper.py of its base",
        "application/openmetrics-text; version=0.0.1; charset=utf-8",
        "text/plain; version=0.0.4; charset=utf-8",
    ],
    [
        "Telegraf's inputs.prometheus",
        "influxdata/telegraf, plugins/inputs/prometheus/prometheus.go",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
        PROTOBUF,
    ],
    [
        "prom2json",
        "prometheus/prom2json, prom2json.go",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3",
        PROTOBUF,
    ],
    ["curl", "curl --verbose", "*/*", "text/plain; version=0.0.4; charset=utf-8"],
    [
        "Chromium",
        "its developer tools",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
        "text/plain; version=0.0.4; charset=utf-8",
    ],
    [
        "Firefox",
        "its developer tools",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/plain; version=0.0.4; charset=utf-8",
    ],
];

#[test]
fn every_client_gets_what_it_asks_for() {
    for [client, source, accept, content_type] in CLIENTS {
        let negotiated = negotiate(Some(accept)).unwrap();
        assert_eq!(negotiated.content_type, *content_type, "{client}, {source}");
    }
}
