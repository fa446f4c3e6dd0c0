use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct HostLabels {
    #[label(max = 20)]
    __host: String,
}

fn main() {
    let _labels = HostLabels { __host: String::new() }.combination();
}
