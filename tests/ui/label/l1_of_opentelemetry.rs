use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct ScopeLabels {
    #[label(key = "otel_scope_name", max = 20)]
    scope: String,
}

fn main() {
    let _labels = ScopeLabels { scope: String::new() }.combination();
}
