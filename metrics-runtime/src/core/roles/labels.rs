use crate::core::descriptor::LabelSet;

/// A label set that is made from the labels `L` that a service gives to an observed thing, and from
/// the context `C` that an instrumentation gives with each value.
///
/// `L` itself needs no implementation, and neither does a metric without labels. Any other set
/// implements the trait:
///
/// ```
/// use osapi_metrics::{LabelSet, LabelValue, roles::RoleLabels};
///
/// #[derive(Clone, LabelSet)]
/// struct Database {
///     #[label(max = 10)]
///     database: &'static str,
/// }
///
/// /// What an instrumentation knows of one query.
/// enum Query { Read, Write }
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Access { Read, Write }
///
/// #[derive(LabelSet)]
/// struct DatabaseAccess {
///     #[label(flatten)]
///     database: Database,
///     access: Access,
/// }
///
/// impl RoleLabels<Database, Query> for DatabaseAccess {
///     fn role_labels(observed: &Database, query: &Query) -> Self {
///         let access = match query {
///             Query::Read => Access::Read,
///             Query::Write => Access::Write,
///         };
///         Self { database: observed.clone(), access }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the labels `{Self}` cannot be made from `{L}` and the context of the role, `{C}`",
    label = "neither the labels `{L}` nor `RoleLabels<{L}, {C}>`",
    note = "use the labels of `roles(…, labels = {L})`, or implement `RoleLabels<{L}, {C}>` for `{Self}`"
)]
pub trait RoleLabels<L, C>: LabelSet + 'static {
    /// Whether the labels depend on the context. If they do not, their series is found once.
    const OF_CONTEXT: bool = true;

    /// The labels of one value.
    fn role_labels(observed: &L, context: &C) -> Self;
}

impl<L, C> RoleLabels<L, C> for L
where
    L: LabelSet + Clone + 'static,
{
    const OF_CONTEXT: bool = false;

    fn role_labels(observed: &L, _: &C) -> Self {
        observed.clone()
    }
}

/// How the labels `F` of a metric are made. The macro knows whether a metric has labels.
#[doc(hidden)]
pub trait RoleConversion<L, C, F>: 'static {
    /// Whether the labels depend on the context.
    const OF_CONTEXT: bool;

    /// The labels of one value.
    fn labels(observed: &L, context: &C) -> F;
}

/// The conversion for a metric with labels.
#[doc(hidden)]
#[derive(Debug)]
pub struct FromObserved;

impl<L, C, F: RoleLabels<L, C>> RoleConversion<L, C, F> for FromObserved {
    const OF_CONTEXT: bool = F::OF_CONTEXT;

    fn labels(observed: &L, context: &C) -> F {
        F::role_labels(observed, context)
    }
}

/// The conversion for a metric without labels.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoRoleLabels;

impl<L, C> RoleConversion<L, C, ()> for NoRoleLabels {
    const OF_CONTEXT: bool = false;

    fn labels(_: &L, _: &C) {}
}
