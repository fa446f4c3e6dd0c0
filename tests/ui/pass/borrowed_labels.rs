//! Label sets that borrow: `with` takes labels of any lifetime.

#![deny(warnings, rust_2018_idioms, elided_lifetimes_in_paths, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::{borrow::Cow, rc::Rc, sync::Arc};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge, UpDownCounter,
    instruments::CounterSeries,
};

const TENANTS: usize = 20;

#[derive(Debug, LabelValue)]
enum Method {
    Get,
}

#[derive(Debug, LabelSet)]
struct Tenant {
    #[label(max = TENANTS)]
    tenant: String,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Request<'a, 'b> {
    #[label(flatten)]
    tenant: &'b Tenant,
    method: &'a Method,
    cached: &'a bool,
    #[label(recent = TENANTS)]
    route: &'a str,
    #[label(max = 2)]
    zone: Option<&'a str>,
}

#[derive(Debug, LabelSet)]
struct Texts<'a> {
    #[label(max = 3)]
    cow: Cow<'a, str>,
    #[label(max = 3)]
    shared: Arc<str>,
    #[label(max = 3)]
    boxed: Box<str>,
    #[label(max = 3)]
    counted: Rc<str>,
    #[label(max = 3)]
    owner: &'a String,
    #[label(max = 3)]
    number: &'a u64,
}

/// Requests.
#[derive(Debug, MetricSet)]
struct Requests {
    /// Requests answered.
    #[metric(max_series = 10_000)]
    requests_answered_total: Counter<Request<'static, 'static>>,
    /// Texts seen.
    texts_seen_total: Counter<Texts<'static>>,
    /// Tenants that are connected.
    tenants_connected: UpDownCounter<&'static Tenant>,
    /// Load of a tenant.
    #[metric(unit = "1")]
    tenant_load_ratio: Gauge<&'static Tenant>,
    /// Time to answer.
    #[metric(unit = "s")]
    answer_duration_seconds: Histogram<&'static Tenant>,
    /// Age of a tenant.
    #[metric(unit = "s")]
    tenant_age_seconds: ObservableGauge<&'static Tenant>,
}

fn series_of(requests: &Requests, tenant: &Tenant, route: &str) -> CounterSeries {
    let labels =
        Request { tenant, method: &Method::Get, cached: &true, route, zone: Some(route) };
    requests.requests_answered_total.with(labels)
}

fn main() {
    let requests = Requests::global();
    let tenant = Tenant { tenant: "acme".to_owned() };
    series_of(requests, &tenant, &String::from("/jobs")).inc();
    let text = String::from("text");
    let texts = Texts {
        cow: Cow::Borrowed(&text),
        shared: "shared".into(),
        boxed: "boxed".into(),
        counted: "counted".into(),
        owner: &text,
        number: &7,
    };
    requests.texts_seen_total.with(texts).inc();
    drop(requests.tenants_connected.with(&tenant).guard());
    requests.tenant_load_ratio.with(&tenant).set(0.5);
    requests.answer_duration_seconds.with(&tenant).record(0.5);
    requests.answer_duration_seconds.remove(&tenant);
    let observation = requests.tenant_age_seconds.observe_each(|observer| {
        let tenant = Tenant { tenant: "acme".to_owned() };
        observer.observe(&&tenant, 5.0);
    });
    drop(observation);
    assert!(requests.tenant_load_ratio.find(&tenant).is_some());
}
