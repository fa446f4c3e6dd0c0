//! Values of labels need no other trait, and a label may be absent where its values are not listed.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use osapi_metrics::{Counter, LabelSet, LabelValue, MetricSet};

#[derive(LabelValue)]
enum Priority {
    Low,
    High,
}

#[derive(LabelValue, LabelSet)]
enum Outcome {
    Taken,
    Left,
}

#[derive(LabelSet)]
struct ItemLabels<'a> {
    priority: Priority,
    retried: bool,
    #[label(max = 20)]
    queue: Option<&'a str>,
    #[label(flatten)]
    outcome: Outcome,
}

#[derive(MetricSet)]
struct Queue {
    /// Items that were looked at.
    items_seen_total: Counter<ItemLabels<'static>>,
}

fn main() {
    assert_eq!((Priority::Low.index(), Priority::High.as_str()), (0, "high"));
    let labels = [
        ItemLabels {
            priority: Priority::Low,
            retried: false,
            queue: None,
            outcome: Outcome::Taken,
        },
        ItemLabels {
            priority: Priority::High,
            retried: true,
            queue: Some("images"),
            outcome: Outcome::Left,
        },
    ];
    for labels in labels {
        Queue::global().items_seen_total.with(labels).inc();
    }
}
