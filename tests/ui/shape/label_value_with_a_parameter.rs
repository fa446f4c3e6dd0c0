use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Shard<const COUNT: usize> {
    First,
    Last,
}

fn main() {
    let _values = (Shard::<1>::First.as_str(), Shard::<1>::Last.as_str());
}
