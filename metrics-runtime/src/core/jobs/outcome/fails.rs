/// A return value that can be an error.
#[diagnostic::on_unimplemented(
    message = "the function returns `{Self}`, which is no `Result`",
    label = "there is no error to classify",
    note = "remove the keys about errors (`error_type`, `error_name`, `ok_if`, `cancelled_if`), or return a `Result`"
)]
pub trait Fails {
    /// The type of the error.
    type Error;

    /// The error, if the function returned one.
    fn error(&self) -> Option<&Self::Error>;
}

impl<T, E> Fails for Result<T, E> {
    type Error = E;

    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}
