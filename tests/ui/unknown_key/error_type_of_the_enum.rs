use osapi_metrics::ErrorType;

#[derive(ErrorType)]
#[error_type(krate = "osapi_metrics")]
enum ResizeError {
    Deadline,
}

fn main() {
    let _class = ResizeError::Deadline.error_type();
}
