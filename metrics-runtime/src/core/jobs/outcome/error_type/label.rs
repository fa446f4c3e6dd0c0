use std::borrow::Cow;

use crate::core::descriptor::LabelValue;

/// The class or the name of an error, as an `error_type = |e| …` closure can return it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the class or the name of an error",
    label = "not text and not a `LabelValue`",
    note = "return `&'static str`, `String`, `Cow<'static, str>`, or an enum with `derive(LabelValue)`"
)]
pub trait ErrorLabel {
    /// The label value.
    fn into_error_label(self) -> Cow<'static, str>;
}

impl ErrorLabel for &'static str {
    fn into_error_label(self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

impl ErrorLabel for String {
    fn into_error_label(self) -> Cow<'static, str> {
        Cow::Owned(self)
    }
}

impl ErrorLabel for Cow<'static, str> {
    fn into_error_label(self) -> Cow<'static, str> {
        self
    }
}

impl<T: LabelValue> ErrorLabel for T {
    fn into_error_label(self) -> Cow<'static, str> {
        Cow::Borrowed(self.as_str())
    }
}
