use std::{borrow::Cow, fmt, rc::Rc, sync::Arc};

use super::descriptor::LabelValues;

/// A closed set of label values: a field-less enum with `derive(LabelValue)`, or `bool`.
///
/// ```
/// use osapi_metrics::LabelValue;
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Outcome { Completed, TimedOut }
///
/// assert_eq!(Outcome::VALUES, ["completed", "timed_out"]);
/// assert_eq!(Outcome::TimedOut.as_str(), "timed_out");
/// ```
///
/// An enum with a variant for all other texts is made from any text:
///
/// ```
/// use osapi_metrics::LabelValue;
///
/// #[derive(Clone, Copy, Debug, PartialEq, LabelValue)]
/// enum ErrorClass {
///     Timeout,
///     #[label(other)]
///     Unknown,
/// }
///
/// assert_eq!(ErrorClass::from("timeout"), ErrorClass::Timeout);
/// assert_eq!(ErrorClass::from("quota"), ErrorClass::Unknown);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no label value",
    label = "neither `bool` nor an enum with `derive(LabelValue)`",
    note = "derive `LabelValue` for an enum without data",
    note = "a struct with `derive(LabelSet)` brings its labels with `#[label(flatten)]`",
    note = "for strings and integers declare how many values there can be, `#[label(max = 100)]`, or how many of the last ones to keep, `#[label(recent = 100)]`"
)]
pub trait LabelValue {
    /// All values, in the order of [`index`](Self::index).
    const VALUES: &'static [&'static str];

    /// The values in the form that a [`LabelDescriptor`](crate::descriptor::LabelDescriptor) has.
    #[doc(hidden)]
    const LABEL_VALUES: LabelValues = LabelValues::Closed(Self::VALUES);

    /// The index of this value in [`VALUES`](Self::VALUES).
    fn index(&self) -> usize;

    /// The text that is exported.
    fn as_str(&self) -> &'static str {
        Self::VALUES[self.index()]
    }

    /// The value, borrowed.
    #[doc(hidden)]
    fn as_closed_label(&self) -> LabelRef<'static> {
        LabelRef::Str(self.as_str())
    }
}

/// A `bool` is a boolean attribute over OTLP, and the text `true` or `false` in a Prometheus
/// scrape.
impl LabelValue for bool {
    const VALUES: &'static [&'static str] = &["false", "true"];
    const LABEL_VALUES: LabelValues = LabelValues::Bool;

    fn index(&self) -> usize {
        usize::from(*self)
    }

    fn as_closed_label(&self) -> LabelRef<'static> {
        LabelRef::Bool(*self)
    }
}

/// A borrowed value, for a label set that borrows its values.
#[diagnostic::do_not_recommend]
impl<T: LabelValue> LabelValue for &T {
    const VALUES: &'static [&'static str] = T::VALUES;
    const LABEL_VALUES: LabelValues = T::LABEL_VALUES;

    #[inline]
    fn index(&self) -> usize {
        (**self).index()
    }

    #[inline]
    fn as_str(&self) -> &'static str {
        (**self).as_str()
    }

    #[inline]
    fn as_closed_label(&self) -> LabelRef<'static> {
        (**self).as_closed_label()
    }
}

/// A type with more label values than can be listed: strings, integers, and types that implement
/// this trait.
///
/// A label of such a type declares how many values it allows, `#[label(max = 100)]`, or how many of
/// the most recently used values keep their series, `#[label(recent = 100)]`, or that it makes no
/// series, because only exemplars have it, `#[label(exemplar)]`.
///
/// ```
/// use osapi_metrics::{
///     LabelSet,
///     labels::{LabelRef, OpenLabelValue},
/// };
///
/// struct Zone(String);
///
/// impl OpenLabelValue for Zone {
///     fn as_label(&self) -> LabelRef<'_> {
///         LabelRef::Str(&self.0)
///     }
/// }
///
/// #[derive(LabelSet)]
/// struct ServerLabels {
///     #[label(max = 20)]
///     zone: Zone,
/// }
/// # let _ = ServerLabels { zone: Zone("a".to_owned()) };
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a label value with `max`, `recent` or `exemplar`",
    label = "neither a string nor an integer",
    note = "`max`, `recent` and `exemplar` are for `String`, `Cow<'_, str>`, `&str`, integers, and `Option`s of these",
    note = "an enum derives `LabelValue`, and a `bool` is one: remove `max`, `recent` or `exemplar`, and an `Option` around it; a variant of the enum can stand for none"
)]
pub trait OpenLabelValue {
    /// The value, borrowed.
    fn as_label(&self) -> LabelRef<'_>;
}

/// A borrowed label value. Its `Display` text is the text in a Prometheus scrape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LabelRef<'a> {
    /// A text. An empty text means that the series does not have the label.
    Str(&'a str),
    /// A boolean attribute over OTLP, and the text `true` or `false` in a Prometheus scrape.
    Bool(bool),
    /// An integer attribute over OTLP, and decimal digits in a Prometheus scrape.
    Int(i64),
    /// An integer beyond the range of `i64`, the only integer type of OpenTelemetry's attributes:
    /// decimal digits in a Prometheus scrape, and a text of these digits over OTLP.
    Uint(u64),
}

macro_rules! text_labels {
    ($($text:ty)*) => {$(
        impl OpenLabelValue for $text {
            #[inline]
            fn as_label(&self) -> LabelRef<'_> {
                LabelRef::Str(self)
            }
        }
    )*};
}
text_labels! { str String Cow<'_, str> Box<str> Rc<str> Arc<str> }

/// A borrowed value, for a label set that borrows its values.
#[diagnostic::do_not_recommend]
impl<T: OpenLabelValue + ?Sized> OpenLabelValue for &T {
    #[inline]
    fn as_label(&self) -> LabelRef<'_> {
        (**self).as_label()
    }
}

/// `None` is an empty value: the series does not have the label.
impl<T: OpenLabelValue> OpenLabelValue for Option<T> {
    fn as_label(&self) -> LabelRef<'_> {
        self.as_ref().map_or(LabelRef::Str(""), T::as_label)
    }
}

macro_rules! integer_labels {
    ($($integer:ty)*) => {$(
        impl OpenLabelValue for $integer {
            #[inline]
            fn as_label(&self) -> LabelRef<'_> {
                LabelRef::Int(i64::from(*self))
            }
        }
    )*};
}
integer_labels! { u8 u16 u32 i8 i16 i32 i64 }

impl OpenLabelValue for u64 {
    fn as_label(&self) -> LabelRef<'_> {
        i64::try_from(*self).map_or(LabelRef::Uint(*self), LabelRef::Int)
    }
}

impl OpenLabelValue for usize {
    fn as_label(&self) -> LabelRef<'_> {
        // No machine has addresses of more than 64 bits.
        let value = u64::try_from(*self).unwrap_or(u64::MAX);
        i64::try_from(value).map_or(LabelRef::Uint(value), LabelRef::Int)
    }
}

impl OpenLabelValue for isize {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Int(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

/// A label value that a series keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OwnedLabel {
    Str(Box<str>),
    Bool(bool),
    Int(i64),
    Uint(u64),
}

impl LabelRef<'_> {
    pub(crate) fn to_owned_label(self) -> OwnedLabel {
        match self {
            Self::Str(text) => OwnedLabel::Str(text.into()),
            Self::Bool(value) => OwnedLabel::Bool(value),
            Self::Int(value) => OwnedLabel::Int(value),
            Self::Uint(value) => OwnedLabel::Uint(value),
        }
    }
}

impl OwnedLabel {
    pub(crate) fn borrow(&self) -> LabelRef<'_> {
        match self {
            Self::Str(text) => LabelRef::Str(text),
            Self::Bool(value) => LabelRef::Bool(*value),
            Self::Int(value) => LabelRef::Int(*value),
            Self::Uint(value) => LabelRef::Uint(*value),
        }
    }
}

impl fmt::Display for LabelRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => f.write_str(text),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Uint(value) => value.fmt(f),
        }
    }
}
