use osapi_metrics::{LabelSet, LabelValue};

#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    Done,
    Lost,
}

#[derive(Clone, Copy, LabelSet)]
struct Labels {
    #[label(max = 100)]
    outcome: Option<Outcome>,
}

fn main() {}
