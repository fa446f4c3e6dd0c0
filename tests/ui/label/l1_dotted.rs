use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct RequestLabels {
    #[label(key = "http.route", max = 20)]
    route: String,
}

fn main() {
    let _labels = RequestLabels { route: String::new() }.combination();
}
