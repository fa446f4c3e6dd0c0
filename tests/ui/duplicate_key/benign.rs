use osapi_metrics::ErrorType;

#[derive(ErrorType)]
enum ResizeError {
    #[error_type(benign, rename = "unchanged", benign)]
    Unchanged,
}

fn main() {
    let _class = ResizeError::Unchanged.error_type();
}
