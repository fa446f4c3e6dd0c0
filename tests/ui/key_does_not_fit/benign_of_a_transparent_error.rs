use osapi_metrics::ErrorType;

#[derive(ErrorType)]
enum ResizeError {
    #[error_type(transparent, benign)]
    Io(std::io::Error),
}

fn main() {
    let _class = ResizeError::Io(std::io::ErrorKind::Other.into()).error_type();
}
