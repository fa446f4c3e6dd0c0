use osapi_metrics::ErrorType;

#[derive(ErrorType)]
#[error_type(crate = "renamed_metrics")]
enum ResizeError {
    Decode,
}

fn main() {
    let _error = ResizeError::Decode;
}
