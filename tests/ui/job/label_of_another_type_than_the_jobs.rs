use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 20)]
    shard: u64,
}

#[derive(LabelSet)]
#[label(job(labels = StepLabels))]
struct ShardLabels {
    #[label(max = 20)]
    shard: String,
}

fn main() {
    let _step = StepLabels { shard: 0 };
    let _labels = ShardLabels { shard: String::new() }.combination();
}
