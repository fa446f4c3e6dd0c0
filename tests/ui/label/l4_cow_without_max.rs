use std::borrow::Cow;

use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TaskLabels {
    namespace: Cow<'static, str>,
}

fn main() {
    let _labels = TaskLabels { namespace: Cow::Borrowed("") }.combination();
}
