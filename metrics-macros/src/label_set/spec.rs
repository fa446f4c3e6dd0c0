//! The model of a label set after the check.

use syn::{Expr, Generics, Ident, Path, Type};

use crate::{attribute::Count, runtime_path::RuntimePath};

/// A label set with all that its expansion needs.
pub(super) struct Spec<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) runtime: RuntimePath,
    pub(super) form: Form<'a>,
    /// `allow(semconv_names)`.
    pub(super) semconv_names: bool,
    /// The conversion from a job, if the set has one.
    pub(super) from_job: Option<FromJob<'a>>,
}

pub(super) enum Form<'a> {
    /// A struct with one label per field.
    Fields(Vec<Label<'a>>),
    /// An enum that is a single label.
    SingleLabel { key: LabelKey },
}

pub(super) struct Label<'a> {
    pub(super) field: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) kind: LabelKind,
    /// The part of a job that fills the field.
    pub(super) job: Option<JobPart>,
}

impl Label<'_> {
    pub(super) fn is_flattened(&self) -> bool {
        matches!(self.kind, LabelKind::Flattened)
    }

    /// Whether only exemplars have the label.
    pub(super) fn is_of_exemplars(&self) -> bool {
        matches!(self.kind, LabelKind::Exemplar { .. })
    }

    /// The constant that gives the key, if one does.
    pub(super) fn constant_key(&self) -> Option<&Expr> {
        match &self.kind {
            LabelKind::Closed { key }
            | LabelKind::Open { key, .. }
            | LabelKind::Exemplar { key } => key.constant(),
            LabelKind::Flattened | LabelKind::Invalid => None,
        }
    }
}

pub(super) enum LabelKind {
    Closed {
        key: LabelKey,
    },
    Open {
        key: LabelKey,
        limit: Limit,
    },
    /// A label that only exemplars have.
    Exemplar {
        key: LabelKey,
    },
    Flattened,
    /// An invalid label, whose expansion would repeat an error that has been reported.
    Invalid,
}

/// The key of a label.
pub(super) enum LabelKey {
    Literal(String),
    /// A constant, which the compiler checks.
    Constant(Expr),
}

impl LabelKey {
    pub(super) fn constant(&self) -> Option<&Expr> {
        match self {
            Self::Literal(_) => None,
            Self::Constant(constant) => Some(constant),
        }
    }
}

/// The number of values that an open label can have.
pub(super) enum Limit {
    /// The most values in the lifetime of the process.
    Max(Count),
    /// The most values that have series at the same time.
    Recent(Count),
}

impl Limit {
    pub(super) fn count(&self) -> &Count {
        let (Self::Max(count) | Self::Recent(count)) = self;
        count
    }
}

/// The conversion of a job into a label set.
pub(super) struct FromJob<'a> {
    pub(super) base: Base<'a>,
    /// Whether a job can fill every label.
    pub(super) is_complete: bool,
}

/// The labels that a job has from its start, and the way in which a label set takes them.
pub(super) enum Base<'a> {
    /// The set has all of them in a flattened field of this type.
    Flattened(&'a Type),
    /// The set has fields with the names of single labels of this type.
    Named(Path),
}

/// The part of a job that fills a label, unless the job's own labels fill it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum JobPart {
    Stage,
    Status,
    ErrorType,
    ErrorName,
    /// An invalid part, which has been reported.
    Invalid,
}

impl JobPart {
    pub(super) const ALL: [(&'static str, Self); 4] = [
        ("status", Self::Status),
        ("error_type", Self::ErrorType),
        ("error_name", Self::ErrorName),
        ("stage", Self::Stage),
    ];

    /// Whether the part exists only after the job has ended.
    pub(super) fn needs_end(self) -> bool {
        !matches!(self, Self::Stage | Self::Invalid)
    }

    /// Whether the part exists only if the job has returned an error.
    pub(super) fn needs_error(self) -> bool {
        matches!(self, Self::ErrorType | Self::ErrorName)
    }

    /// Whether the label can differ between two errors. A stage can: the user's code receives the
    /// whole stage, which contains the error.
    pub(super) fn is_of_error(self) -> bool {
        self.needs_error() || self == Self::Stage
    }
}
