use std::sync::Arc;

use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct RequestLabels {
    tenant: Arc<str>,
}

fn main() {
    let _labels = RequestLabels { tenant: "acme".into() }.combination();
}
