/// A return value of a job that can fail.
#[diagnostic::on_unimplemented(
    message = "the function returns `{Self}`, which is no `Result`",
    label = "there is no error to classify",
    note = "remove `error_type` and `error_name`, or return a `Result`"
)]
pub trait Fails {
    /// The type of the error.
    type Error;

    /// The error, if the job failed.
    fn error(&self) -> Option<&Self::Error>;
}

impl<T, E> Fails for Result<T, E> {
    type Error = E;

    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}
