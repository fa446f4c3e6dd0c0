use osapi_metrics::{Counter, MetricSet, roles::Count};

#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles))]
struct ShopMail {
    /// Mails sent.
    #[metric(unit = "s", on = sent)]
    sent_seconds_total: Counter,
}

fn main() {}
