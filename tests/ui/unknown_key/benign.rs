use osapi_metrics::ErrorType;

#[derive(ErrorType)]
enum ResizeError {
    #[error_type(ignored)]
    Unchanged,
}

fn main() {
    let _class = ResizeError::Unchanged.error_type();
}
