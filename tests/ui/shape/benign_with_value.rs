use osapi_metrics::ErrorType;

#[derive(ErrorType)]
enum ResizeError {
    #[error_type(benign = true)]
    Unchanged,
}

fn main() {
    let _class = ResizeError::Unchanged.error_type();
}
