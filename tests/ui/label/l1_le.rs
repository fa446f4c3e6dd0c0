use osapi_metrics::{LabelSet, LabelValue};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Le {
    Small,
    Large,
}

fn main() {
    let _values = (Le::Small.index(), Le::Large.index());
}
