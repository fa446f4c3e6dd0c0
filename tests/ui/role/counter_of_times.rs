use osapi_metrics::{
    Counter, MetricSet,
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
    #[metric(unit = "s", on = send_time)]
    send_time_seconds_total: Counter,
}

fn main() {}
