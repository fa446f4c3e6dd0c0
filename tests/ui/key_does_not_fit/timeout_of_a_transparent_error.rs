use osapi_metrics::ErrorType;

#[derive(ErrorType)]
enum ReadError {
    #[error_type(transparent, timeout)]
    Io(std::io::Error),
}

fn main() {
    let _class = ReadError::Io(std::io::ErrorKind::Other.into()).error_type();
}
