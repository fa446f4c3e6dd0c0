use osapi_metrics::ErrorType;

struct DecodeError;

#[derive(ErrorType)]
enum ResizeError {
    #[error_type(transparent)]
    Decode(DecodeError),
}

fn main() {
    let _class = ResizeError::Decode(DecodeError).error_type();
}
