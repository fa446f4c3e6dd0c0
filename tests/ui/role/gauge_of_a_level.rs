use osapi_metrics::{
    Gauge, MetricSet,
    roles::{Items, Level},
};

#[derive(Debug, Default)]
struct MailRoles {
    waiting: Level<Items>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles))]
struct ShopMail {
    /// Mails that wait.
    #[metric(on = waiting)]
    waiting: Gauge,
}

fn main() {}
