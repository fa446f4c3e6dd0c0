use crate::{
    descriptor::MetricDescriptor,
    instruments::{InstrumentList, RegisteredInstrument},
};

/// A group of metrics that belong together: a struct whose fields are instruments.
///
/// Derive it; see the [crate documentation](crate) for the attributes.
///
/// ```
/// use osapi_metrics::{Counter, MetricSet};
///
/// /// Work that passes through the queue.
/// #[derive(MetricSet)]
/// struct QueueMetrics {
///     /// Items accepted by the queue.
///     #[metric(unit = "{item}")]
///     items_accepted_total: Counter,
/// }
///
/// assert_eq!(QueueMetrics::DESCRIPTORS[0].name, "osapi_items_accepted_total");
/// QueueMetrics::global().items_accepted_total.inc();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric set",
    label = "this type does not derive `MetricSet`"
)]
pub trait MetricSet: Sized + Sync + 'static {
    /// What is known about each metric at compile time, in the order of the fields.
    const DESCRIPTORS: &'static [MetricDescriptor];

    /// The one instance in this process. Recording into it before a runtime is installed is kept.
    fn global() -> &'static Self;
}

/// A set as it registers itself at link time.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct SetRegistration {
    /// The type's name.
    pub name: &'static str,
    /// Its metrics.
    pub descriptors: &'static [MetricDescriptor],
    /// The instruments of the one instance.
    pub instruments: fn() -> &'static [&'static dyn RegisteredInstrument],
}

inventory::collect!(SetRegistration);

impl std::fmt::Debug for SetRegistration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SetRegistration").field(&self.name).finish()
    }
}

/// The one instance of a set, with its instruments as the provider sees them.
#[doc(hidden)]
pub struct Instance<S> {
    set: S,
    instruments: InstrumentList,
}

impl<S> Instance<S> {
    /// `make` creates each field from its descriptor and enters it into the list.
    pub fn new(make: impl FnOnce(&mut InstrumentList) -> S) -> Self {
        let mut instruments = InstrumentList::new();
        Self { set: make(&mut instruments), instruments }
    }

    /// The set itself.
    pub fn set(&self) -> &S {
        &self.set
    }

    /// Its instruments, in the order of the fields.
    pub fn instruments(&self) -> &[&'static dyn RegisteredInstrument] {
        &self.instruments
    }
}

impl<S> std::fmt::Debug for Instance<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instance").finish_non_exhaustive()
    }
}
