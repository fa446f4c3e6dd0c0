//! Captures in tests of users: exactly the values that a block records.

mod catalogue;
mod coverage;
mod futures;
mod isolated;
mod jobs;
mod listing;
mod mistakes;
mod read;
mod time;

use std::panic::{AssertUnwindSafe, catch_unwind};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge,
    ObservableUpDownCounter, UpDownCounter,
};

#[derive(Clone, Copy, LabelValue)]
enum Colour {
    Red,
    Blue,
}

#[derive(Clone, Copy, LabelSet)]
struct ColourLabels {
    colour: Colour,
    glossy: bool,
}

#[derive(Clone, LabelSet)]
struct ShopLabels {
    #[label(max = 3)]
    shop: String,
    #[label(max = 10)]
    floor: Option<u8>,
}

/// One metric of each kind.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "captured")]
struct Paint {
    /// Tins opened.
    #[metric(unit = "{tin}")]
    tins_opened_total: Counter<ColourLabels>,
    /// Litres mixed.
    #[metric(name = "captured.litres.mixed.total", unit = "{litre}")]
    litres: Counter<(), f64>,
    /// Tins sold, by shop.
    #[metric(unit = "{tin}")]
    tins_sold_total: Counter<ShopLabels>,
    /// Tins on the shelves.
    #[metric(unit = "{tin}")]
    tins_shelved: UpDownCounter<ShopLabels>,
    /// How full the shelves are.
    #[metric(unit = "1")]
    shelf_fill_ratio: Gauge<ShopLabels>,
    /// Time that a coat takes to dry.
    #[metric(unit = "s", buckets = [1, 10, 60])]
    drying_seconds: Histogram<ColourLabels>,
    /// Size of a picture.
    #[metric(unit = "By", buckets = [100, 1000])]
    picture_bytes: Histogram<ShopLabels, u64>,
    /// Customers in the shop.
    #[metric(unit = "{customer}")]
    customers: ObservableUpDownCounter<ShopLabels>,
    /// Temperature of the store.
    #[metric(unit = "Cel")]
    store_celsius: ObservableGauge,
}

const RED: ColourLabels = ColourLabels { colour: Colour::Red, glossy: false };
const BLUE: ColourLabels = ColourLabels { colour: Colour::Blue, glossy: true };

fn shop(name: &str, floor: Option<u8>) -> ShopLabels {
    ShopLabels { shop: name.to_owned(), floor }
}

/// The message of the panic in `code`.
fn panic_message(code: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(code)).expect_err("it did not panic");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast_ref::<&str>().expect("a text")).to_owned(),
    }
}
