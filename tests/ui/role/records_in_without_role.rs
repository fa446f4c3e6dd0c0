use osapi_metrics::{
    Histogram, MetricSet,
    roles::{Distribution, Seconds},
};

#[derive(Debug, Default)]
struct MailRoles {
    send_time: Distribution<Seconds>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles))]
struct ShopMail {
    /// Time to send a mail.
    #[metric(records_in = "s", buckets = [1, 2])]
    send_time: Histogram,
}

fn main() {}
