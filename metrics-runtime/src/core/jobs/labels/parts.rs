//! The conversions for fields with `#[label(job = …)]`, with the compiler's message for a field
//! whose type has no conversion.

use std::borrow::Cow;

/// A label that can be made from the stage of a job, or from its status.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from `{S}`",
    label = "not `From<{S}>`",
    note = "implement `From<{S}>` for `{Self}`"
)]
pub trait FromStage<S> {
    /// The label.
    fn from_stage(stage: S) -> Self;
}

#[diagnostic::do_not_recommend]
impl<S, T: From<S>> FromStage<S> for T {
    #[inline]
    fn from_stage(stage: S) -> Self {
        stage.into()
    }
}

/// A label that can be made from the class or the name of an error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from the text that tells an error",
    label = "not `From<Cow<'static, str>>`",
    note = "in an enum that derives `LabelValue`, mark the variant for all other texts with `#[label(other)]`",
    note = "or keep the text, as a `String` with `#[label(max = 50)]`"
)]
pub trait FromErrorText {
    /// The label.
    fn from_error_text(text: Cow<'static, str>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<Cow<'static, str>>> FromErrorText for T {
    #[inline]
    fn from_error_text(text: Cow<'static, str>) -> Self {
        text.into()
    }
}
