use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TenantLabels {
    #[label(max = 5k)]
    tenant: String,
}

fn main() {}
