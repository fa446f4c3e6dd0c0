use osapi_metrics::{
    Counter, Gauge, LabelSet, LabelValue, MetricDescriptor, MetricSet, dashboard,
    dashboards::{Dashboard, Panel, latest, metric, rate},
};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Payment {
    Card,
}

/// The till.
#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    /// Orders paid.
    #[metric(unit = "{order}")]
    orders_paid_total: Counter<Payment>,
    /// Guests in the shop.
    #[metric(unit = "{guest}")]
    guests: Gauge,
}

const PAID: &MetricDescriptor = metric::<ShopMetrics>("shop_orders_paid_total");
const GUESTS: &MetricDescriptor = metric::<ShopMetrics>("shop_guests");

dashboard! {
    /// What happens at the till.
    static TILL: Dashboard = Dashboard::new("Till", &[
        Panel::stacked("Orders", &[
            rate(PAID).by(&["payments"]),
            rate(PAID).with(&[("payment", "cash")]),
        ]),
        Panel::lines("Guests", &[latest(GUESTS)]).between(1.0, 0.0),
        Panel::figure("", &[latest(GUESTS)]),
        Panel::lines("More guests", &[rate(GUESTS)]),
    ]).describing("The till.");
}

fn main() {
    ShopMetrics::global().orders_paid_total.with(Payment::Card).inc();
    ShopMetrics::global().guests.set(1.0);
    assert_eq!(TILL.panels.len(), 4);
}
