use osapi_metrics::{Counter, LabelSet, MetricSet, roles::Count};

#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
}

#[derive(Clone, LabelSet)]
struct Server {
    #[label(max = 10)]
    server: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles))]
struct ShopMail {
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter<Server>,
}

fn main() {}
