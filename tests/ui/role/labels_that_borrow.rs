use osapi_metrics::{Counter, LabelSet, MetricSet, roles::Count};

#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
}

#[derive(Clone, LabelSet)]
struct Server<'a> {
    #[label(max = 10)]
    server: &'a str,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles, labels = Server<'a>))]
struct ShopMail {
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter,
}

fn main() {}
