//! A service with names of its own for what an instrumentation measures: a set with a metric for
//! each kind of role.

use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableCounter, ObservableGauge,
    ObservableUpDownCounter, UpDownCounter,
    roles::{
        Active, Bytes, Count, Distribution, Items, Level, Observations, Ratio, RecordRoles,
        RoleLabels, Seconds, Total,
    },
};

/// What an instrumentation of a mail server measures.
#[derive(Debug, Default)]
pub struct MailRoles {
    /// Mails that were sent, by what came of them.
    pub sent: Count<Outcome>,
    /// Mails that were received.
    pub received: Count,
    /// Time to send a mail.
    pub send_time: Distribution<Seconds, Outcome>,
    /// Size of a mail.
    pub size: Distribution<Bytes>,
    /// Recipients of a mail.
    pub recipients: Distribution<Items>,
    /// Connections now open.
    pub open: Active,
    /// Mails that wait.
    pub waiting: Level<Items>,
    /// Share of the disk that is full.
    pub full: Level<Ratio>,
    /// Processor time of the server.
    pub busy: Total<Seconds>,
    /// A role that the set does not record.
    pub unused: Count,
}

/// What came of a mail.
#[derive(Clone, Copy, LabelValue)]
pub enum Outcome {
    Accepted,
    Refused,
}

#[derive(Clone, LabelSet)]
struct Server {
    #[label(max = 10)]
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

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles, labels = Server), allow(non_base_units))]
struct ShopMail {
    /// Mails sent.
    #[metric(name = "shop.mails.sent.total", unit = "{mail}", on = sent)]
    sent: Counter<ServerOutcome>,
    /// Mails that passed, in both directions, whatever came of them.
    #[metric(name = "shop.mails.total", on = received)]
    mails: Counter,
    /// Time to send a mail.
    #[metric(unit = "ms", buckets = [1, 10, 100], on = send_time)]
    send_time_milliseconds: Histogram<ServerOutcome>,
    /// Time to send a mail, as its old name shows it.
    #[metric(records_in = "us", buckets = [1000, 10_000], on = send_time)]
    send_time: Histogram<(), u64>,
    /// Size of a mail.
    #[metric(unit = "KiBy", buckets = [1, 10], on = size)]
    mail_size_kibibytes: Histogram<Server>,
    /// Recipients of a mail.
    #[metric(unit = "{recipient}", buckets = [1, 10], on = recipients)]
    mail_recipients: Histogram,
    /// Connections now open.
    #[metric(on = open)]
    connections: UpDownCounter<Server>,
    /// Mails that wait.
    #[metric(on = waiting)]
    waiting: ObservableUpDownCounter<Server>,
    /// Share of the disk that is full, in percent.
    #[metric(unit = "%", on = full)]
    disk_percent: ObservableGauge<Server>,
    /// Processor time of the server.
    #[metric(unit = "s", on = busy)]
    busy_seconds_total: ObservableCounter<Server, f64>,
}

fn observe<S: RecordRoles<MailRoles>>(labels: &S::Labels) -> (MailRoles, Observations) {
    let roles = S::global().roles(labels);
    let observed = [
        roles.waiting.observe(|observer| observer.observe(&(), 3.0)),
        roles.full.observe(|observer| observer.observe(&(), 0.5)),
        roles.busy.observe(|observer| observer.observe(&(), 1.5)),
    ];
    (roles, observed.into_iter().collect())
}

fn main() {
    let (roles, _observations) = observe::<ShopMail>(&Server { server: "mx1" });
    roles.sent.inc(&Outcome::Accepted);
    roles.sent.add(&Outcome::Refused, 2);
    roles.received.inc(&());
    roles.send_time.record(&Outcome::Accepted, 0.5);
    roles.size.record(&(), 2048.0);
    roles.recipients.record(&(), 3.0);
    drop(roles.open.guard(&()));
    assert!(roles.unused.is_unused() && !roles.sent.is_unused());
}
