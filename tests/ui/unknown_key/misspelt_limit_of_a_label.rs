use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Session {
    #[label(recnt = 100)]
    session: String,
}

#[derive(MetricSet)]
struct Sessions {
    /// Sessions begun.
    sessions_begun_total: Counter<Session>,
}

fn main() {
    Sessions::global();
}
