use osapi_metrics::ErrorType;

#[derive(ErrorType)]
enum ResizeError {
    #[error_type(rename = late)]
    Deadline,
}

fn main() {
    let _class = ResizeError::Deadline.error_type();
}
