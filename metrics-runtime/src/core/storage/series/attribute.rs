use crate::core::descriptor::LabelRef;

/// The value of an attribute of OpenTelemetry, which has more types than a declared label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AttributeValue {
    Str(Box<str>),
    Bool(bool),
    Int(i64),
    Double(f64),
    Strs(Box<[Box<str>]>),
    Bools(Box<[bool]>),
    Ints(Box<[i64]>),
    Doubles(Box<[f64]>),
}

/// A borrowed value: of a declared label, or of an attribute of another library.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AttributeRef<'a> {
    Label(LabelRef<'a>),
    Other(&'a AttributeValue),
}
