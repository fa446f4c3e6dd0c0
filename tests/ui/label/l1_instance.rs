use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct HostLabels {
    #[label(max = 20)]
    instance: String,
}

fn main() {
    let _labels = HostLabels { instance: String::new() }.combination();
}
