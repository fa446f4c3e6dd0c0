use osapi_metrics::{Counter, MetricSet, roles::Count};

#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles, label = Server))]
struct ShopMail {
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter,
}

fn main() {}
