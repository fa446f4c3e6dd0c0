use osapi_metrics::{Counter, MetricSet, jobs::JobLabels, roles::Count};

#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", job(labels = JobLabels), roles(of = MailRoles))]
struct ShopMail {
    /// Mails sent.
    #[metric(on = started)]
    sent_total: Counter,
}

fn main() {}
