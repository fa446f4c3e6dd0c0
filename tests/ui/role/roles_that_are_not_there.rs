use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles))]
struct ShopMail {
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter,
}

fn main() {}
