use osapi_metrics::{
    Histogram, MetricSet,
    roles::{Distribution, Seconds},
};

#[derive(Debug, Default)]
struct MailRoles {
    send_time: Distribution<Seconds>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles), allow(non_base_units))]
struct ShopMail {
    /// Time to send a mail.
    #[metric(unit = "h", buckets = [1, 2], on = send_time)]
    send_time_hours: Histogram,
}

fn main() {}
