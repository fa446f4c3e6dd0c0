//! What an instrumentation measures, recorded under a service's own names.

use std::{iter, time::Duration};

use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableCounter, ObservableGauge,
    ObservableUpDownCounter, UpDownCounter,
    roles::{
        Active, Bytes, Count, Distribution, Items, Level, Observations, Ratio, RecordRoles,
        RoleLabels, Seconds, Total,
    },
    testing::capture,
};

use crate::{read, read_lines_with};

/// What an instrumentation of a mail server measures.
#[derive(Debug, Default)]
struct MailRoles {
    sent: Count<Outcome>,
    received: Count,
    send_time: Distribution<Seconds, Outcome>,
    wait_time: Distribution<Seconds>,
    size: Distribution<Bytes>,
    recipients: Distribution<Items>,
    open: Active,
    waiting: Level<Items, Priority>,
    full: Level<Ratio>,
    age: Level<Seconds>,
    busy: Total<Seconds>,
    read: Total<Bytes>,
    unused: Count,
    unused_level: Level<Items>,
    unused_active: Active,
    unused_time: Distribution<Seconds>,
}

#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    Accepted,
    Refused,
}

#[derive(Clone, Copy, LabelValue)]
enum Priority {
    Urgent,
    Bulk,
}

#[derive(Clone, LabelSet)]
struct Server {
    #[label(max = 20)]
    server: &'static str,
}

#[derive(LabelSet)]
struct ServerOutcome {
    #[label(flatten)]
    server: Server,
    outcome: Outcome,
}

impl RoleLabels<Server, Outcome> for ServerOutcome {
    fn role_labels(server: &Server, outcome: &Outcome) -> Self {
        Self { server: server.clone(), outcome: *outcome }
    }
}

#[derive(LabelSet)]
struct ServerPriority {
    #[label(flatten)]
    server: Server,
    priority: Priority,
}

impl RoleLabels<Server, Priority> for ServerPriority {
    fn role_labels(server: &Server, priority: &Priority) -> Self {
        Self { server: server.clone(), priority: *priority }
    }
}

#[derive(MetricSet)]
#[metric_set(prefix = "roles", roles(of = MailRoles, labels = Server), allow(non_base_units))]
struct ShopMail {
    /// Mails sent.
    #[metric(name = "roles.mails.sent.total", unit = "{mail}", on = sent)]
    sent: Counter<ServerOutcome>,
    /// Mails sent, as an older board shows them.
    #[metric(on = sent)]
    old_sent_total: Counter<Server, f64>,
    /// Mails received, and answers that were refused.
    #[metric(on = received)]
    received_total: Counter<Server>,
    /// Time to send a mail.
    #[metric(unit = "ms", buckets = [10, 100], on = send_time)]
    send_time_milliseconds: Histogram<ServerOutcome>,
    /// Time to send a mail.
    #[metric(records_in = "us", buckets = [10_000, 100_000], on = send_time)]
    send_time: Histogram<Server, u64>,
    /// Time that a mail waited.
    #[metric(unit = "s", buckets = [0.01, 0.1], on = wait_time)]
    wait_seconds: Histogram<Server>,
    /// Time that a mail waited.
    #[metric(unit = "ns", buckets = [1e7, 1e8], on = wait_time)]
    wait_nanoseconds: Histogram<Server, u64>,
    /// Size of a mail.
    #[metric(unit = "By", buckets = [1024, 2048], on = size)]
    size_bytes: Histogram<Server>,
    /// Size of a mail.
    #[metric(unit = "KiBy", buckets = [1, 2], on = size)]
    size_kibibytes: Histogram<Server>,
    /// Recipients of a mail.
    #[metric(unit = "{recipient}", buckets = [1, 10], on = recipients)]
    recipients: Histogram<Server>,
    /// Connections now open.
    #[metric(on = open)]
    connections: UpDownCounter<Server>,
    /// Connections now open, in another table.
    #[metric(on = open)]
    links: UpDownCounter<Server, f64>,
    /// Mails that wait.
    #[metric(on = waiting)]
    waiting: ObservableUpDownCounter<ServerPriority>,
    /// Mails that wait, as a gauge.
    #[metric(on = waiting)]
    waiting_now: ObservableGauge<ServerPriority, u64>,
    /// Share of the disk that is full.
    #[metric(unit = "1", on = full)]
    full_ratio: ObservableGauge<Server>,
    /// Share of the disk that is full.
    #[metric(unit = "%", on = full)]
    full_percent: ObservableGauge<Server, u64>,
    /// Age of the oldest mail.
    #[metric(unit = "ms", on = age)]
    age_milliseconds: ObservableGauge<Server, i64>,
    /// Processor time of the server.
    #[metric(unit = "s", on = busy)]
    busy_seconds_total: ObservableCounter<Server, f64>,
    /// Processor time of the server, in whole seconds.
    #[metric(records_in = "s", on = busy)]
    busy_total: ObservableCounter<Server>,
    /// Bytes that the server read.
    #[metric(unit = "MiBy", on = read)]
    read_mebibytes_total: ObservableCounter<Server, f64>,
    /// Bytes that the server read.
    #[metric(unit = "GiBy", on = read)]
    read_gibibytes_total: ObservableCounter<Server, f64>,
}

/// An instrumentation, which knows nothing of the names.
fn observe<S: RecordRoles<MailRoles>>(labels: &S::Labels) -> (MailRoles, Observations) {
    let roles = S::global().roles(labels);
    let observed = [
        roles.waiting.observe(|observer| {
            observer.observe(&Priority::Urgent, 3.0);
            observer.observe(&Priority::Bulk, 40.0);
        }),
        roles.full.observe(|observer| observer.observe(&(), 0.625)),
        roles.age.observe(|observer| observer.observe(&(), 1.25)),
        roles.busy.observe(|observer| observer.observe(&(), 2.75)),
        roles.read.observe(|observer| observer.observe(&(), 3_221_225_472.0)),
        roles.unused_level.observe(|_| panic!("no metric has the role")),
    ];
    (roles, observed.into_iter().collect())
}

#[test]
fn each_kind_of_role_is_recorded_under_own_names_and_in_own_units() {
    let (roles, observations) = observe::<ShopMail>(&Server { server: "kinds" });
    roles.sent.inc(&Outcome::Accepted);
    roles.sent.add(&Outcome::Refused, 2);
    roles.received.add(&(), 5);
    roles.send_time.record_duration(&Outcome::Accepted, Duration::from_millis(20));
    roles.wait_time.record(&(), 0.02);
    roles.size.record(&(), 1536.0);
    roles.recipients.record(&(), 4.0);
    let (first, second) = (roles.open.guard(&()), roles.open.guard(&()));

    let server = [("server", "kinds")];
    let refused = [("outcome", "refused"), ("server", "kinds")];
    let accepted = [("outcome", "accepted"), ("server", "kinds")];
    let reading = read_lines_with("\"kinds\"");
    let number = |name: &str| reading.number(name, &server);
    let sum = |name: &str, labels: &[(&str, &str)]| {
        let histogram = reading.histogram(name, labels).unwrap();
        assert_eq!((histogram.count, histogram.buckets), (1, vec![0, 1, 0]), "{name}");
        Some(histogram.sum)
    };
    assert_eq!(reading.number("roles_mails_sent_total", &accepted), Some(1.0));
    assert_eq!(reading.number("roles_mails_sent_total", &refused), Some(2.0));
    assert_eq!(number("roles_old_sent_total"), Some(3.0));
    assert_eq!(number("roles_received_total"), Some(5.0));
    assert_eq!(sum("roles_send_time_milliseconds", &accepted), Some(20.0));
    assert_eq!(sum("roles_send_time", &server), Some(20_000.0));
    assert_eq!(sum("roles_wait_seconds", &server), Some(0.02));
    assert_eq!(sum("roles_wait_nanoseconds", &server), Some(2e7));
    assert_eq!(sum("roles_size_bytes", &server), Some(1536.0));
    assert_eq!(sum("roles_size_kibibytes", &server), Some(1.5));
    assert_eq!(sum("roles_recipients", &server), Some(4.0));
    assert_eq!((number("roles_connections"), number("roles_links")), (Some(2.0), Some(2.0)));
    for (priority, waiting) in [("urgent", 3.0), ("bulk", 40.0)] {
        let labels = [("priority", priority), ("server", "kinds")];
        assert_eq!(reading.number("roles_waiting", &labels), Some(waiting));
        assert_eq!(reading.number("roles_waiting_now", &labels), Some(waiting));
    }
    assert_eq!(number("roles_full_ratio"), Some(0.625));
    assert_eq!(number("roles_full_percent"), Some(63.0));
    assert_eq!(number("roles_age_milliseconds"), Some(1250.0));
    assert_eq!(number("roles_busy_seconds_total"), Some(2.75));
    assert_eq!(number("roles_busy_total"), Some(3.0));
    assert_eq!(number("roles_read_mebibytes_total"), Some(3072.0));
    assert_eq!(number("roles_read_gibibytes_total"), Some(3.0));

    drop((first, second, observations));
    let reading = read_lines_with("\"kinds\"");
    assert_eq!(reading.number("roles_connections", &server), Some(0.0));
    assert_eq!(reading.number("roles_links", &server), Some(0.0));
    assert_eq!(reading.number("roles_full_ratio", &server), None);
    assert_eq!(reading.number("roles_busy_total", &server), None);
}

#[test]
fn a_role_without_a_metric_is_unused_and_allocates_nothing() {
    let roles = ShopMail::global().roles(&Server { server: "unused" });
    assert!(roles.unused.is_unused() && roles.unused_level.is_unused());
    assert!(roles.unused_active.is_unused() && roles.unused_time.is_unused());
    assert!(!roles.received.is_unused() && !roles.open.is_unused());
    let allocated = allocation_counter::measure(|| {
        roles.unused.inc(&());
        roles.unused_time.record(&(), 1.0);
        drop(roles.unused_active.guard(&()));
    });
    assert_eq!(allocated.count_total, 0);
}

#[test]
fn a_role_that_is_recorded_again_allocates_nothing() {
    let roles = ShopMail::global().roles(&Server { server: "again" });
    let record = || {
        roles.received.inc(&());
        roles.wait_time.record(&(), 1.0);
    };
    record();
    assert_eq!(allocation_counter::measure(record).count_total, 0);
}

#[test]
fn a_capture_sees_what_roles_record() {
    let captured = capture(|| {
        let (roles, _observations) = observe::<ShopMail>(&Server { server: "captured" });
        roles.sent.inc(&Outcome::Refused);
        let _open = roles.open.guard(&());
    });
    let labels = [("server", "captured"), ("outcome", "refused")];
    assert_eq!(captured.counter("roles.mails.sent.total", &labels), 1);
    assert_eq!(captured.up_down_counter("roles_connections", &[("server", "captured")]), 0);
    let reading = read_lines_with("\"captured\"");
    assert_eq!(reading.number("roles_old_sent_total", &[("server", "captured")]), None);
}

#[test]
fn a_series_that_has_ended_begins_anew() {
    let set = ShopMail::global();
    let roles = set.roles(&Server { server: "ended" });
    let labels = [("server", "ended")];
    let received = || read_lines_with("\"ended\"").number("roles_received_total", &labels);
    for _ in 0..3 {
        roles.received.add(&(), 2);
        roles.received.add(&(), 2);
        assert_eq!(received(), Some(4.0));
        assert!(set.received_total.remove(Server { server: "ended" }));
        assert_eq!(received(), None);
    }
}

#[test]
fn what_an_instrument_cannot_represent_is_dropped_and_counted() {
    let captured = capture(|| {
        let roles = ShopMail::global().roles(&Server { server: "odd" });
        for time in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e30, 1.0] {
            roles.wait_time.record(&(), time);
        }
    });
    let server = [("server", "odd")];
    // A histogram of floats has the negative sample and the huge one.
    assert_eq!(captured.histogram("roles_wait_seconds", &server).count, 3);
    assert_eq!(captured.dropped_samples("roles_wait_seconds"), 3);
    assert_eq!(captured.histogram("roles_wait_nanoseconds", &server).count, 1);
    assert_eq!(captured.dropped_samples("roles_wait_nanoseconds"), 5);
}

#[test]
fn a_value_that_cannot_be_represented_is_absent_from_a_scrape() {
    let roles = ShopMail::global().roles(&Server { server: "unreadable" });
    let values = [f64::NAN, f64::INFINITY, -1.0];
    let observations: Observations = values
        .into_iter()
        .map(|value| roles.full.observe(move |observer| observer.observe(&(), value)))
        .collect();
    let reading = read_lines_with("\"unreadable\"");
    assert_eq!(reading.number("roles_full_percent", &[("server", "unreadable")]), None);
    drop(observations);
}

/// What an instrumentation of a shop measures.
#[derive(Debug, Default)]
struct ShopRoles {
    sold: Count,
    returned: Count,
    lost: Count,
}

#[derive(Clone, LabelSet)]
struct Customer {
    #[label(recent = 2)]
    customer: String,
}

#[derive(MetricSet)]
#[metric_set(prefix = "roles_shop", roles(of = ShopRoles, labels = Customer))]
struct Movements {
    /// Goods that left the shop or came back.
    #[metric(on = [sold, returned])]
    moved_total: Counter,
    /// Goods that were sold, by customer.
    #[metric(on = sold)]
    sold_total: Counter<Customer>,
}

#[test]
fn a_counter_counts_several_roles() {
    let captured = capture(|| {
        let customer = Customer { customer: "mary".to_owned() };
        let roles = Movements::global().roles(&customer);
        roles.sold.add(&(), 3);
        roles.returned.inc(&());
        roles.lost.inc(&());
    });
    assert_eq!(captured.counter("roles_shop_moved_total", &[]), 4);
    assert_eq!(captured.counter("roles_shop_sold_total", &[("customer", "mary")]), 3);
}

#[test]
fn a_use_of_a_role_is_a_use_of_its_recent_label() {
    let of =
        |customer: &str| Movements::global().roles(&Customer { customer: customer.to_owned() });
    let [ann, bob, cat] = ["ann", "bob", "cat"].map(of);
    let sold = || {
        let mut customers = read().label_values("roles_shop_sold_total", "customer");
        customers.retain(|customer| customer != "other" && !customer.is_empty());
        customers.sort();
        customers
    };
    for roles in [&ann, &bob, &ann] {
        roles.sold.inc(&());
    }
    assert_eq!(sold(), ["ann", "bob"]);
    // Of the two, the one that was not used for the longest time ends.
    cat.sold.inc(&());
    assert_eq!(sold(), ["ann", "cat"]);
    iter::repeat_n(&bob, 2).for_each(|roles| roles.sold.inc(&()));
    assert_eq!(sold(), ["bob", "cat"]);
}
