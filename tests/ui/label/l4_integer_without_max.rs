use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct GpuLabels {
    gpu_index: u32,
}

fn main() {
    let _labels = GpuLabels { gpu_index: 0 }.combination();
}
