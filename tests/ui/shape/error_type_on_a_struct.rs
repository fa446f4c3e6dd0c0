use osapi_metrics::ErrorType;

#[derive(ErrorType)]
struct ResizeError;

fn main() {
    let _class = ResizeError.error_type();
}
