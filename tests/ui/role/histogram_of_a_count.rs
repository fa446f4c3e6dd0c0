use osapi_metrics::{Histogram, MetricSet, roles::Count};

#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles))]
struct ShopMail {
    /// Time to send a mail.
    #[metric(on = sent, unit = "{mail}", buckets = [1, 2])]
    sent: Histogram,
}

fn main() {}
