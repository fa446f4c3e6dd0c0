use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(key = "jobName", max = 20)]
    name: String,
}

fn main() {
    let _labels = JobLabels { name: String::new() }.combination();
}
