use osapi_metrics::ErrorType;

#[derive(ErrorType)]
#[error_type(benign)]
enum ResizeError {
    Unchanged,
}

fn main() {
    let _class = ResizeError::Unchanged.error_type();
}
