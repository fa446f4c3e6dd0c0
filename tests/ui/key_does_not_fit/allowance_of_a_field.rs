use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
struct RequestLabels {
    #[label(key = "http_route", max = 20, allow(semconv_names))]
    route: String,
}

fn main() {
    let _labels = RequestLabels { route: String::new() };
}
