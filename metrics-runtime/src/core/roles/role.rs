use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use super::dimension::{Dimension, Items, Seconds};
use crate::core::{instruments::Observation, sync::enabled};

/// A role: one thing that an instrumentation measures. It is a field of the instrumentation's
/// struct of roles, and the word after `on` in the sets that record it.
pub trait Role: Default + fmt::Debug {
    /// What its values are.
    type Dimension: Dimension;
}

/// Adds a value to the series that its context has.
pub(super) type Record<C> = Box<dyn Fn(&C, f64) + Send + Sync>;

/// Adds an amount to the active things of its context, and returns how to take it back.
pub(super) type Enter<C> = Box<dyn Fn(&C) -> Leave + Send + Sync>;

/// Takes back what was added.
pub(super) type Leave = Box<dyn FnOnce() + Send + Sync>;

/// Reports values at a collection.
pub(super) type Read<C> = dyn Fn(&mut RoleObserver<'_, C>) + Send + Sync;

/// Begins to observe.
pub(super) type Observe<C> = Box<dyn Fn(Arc<Read<C>>) -> Observation + Send + Sync>;

macro_rules! roles {
    ($(
        $(#[$doc:meta])*
        $role:ident($($dimension:ident)?) of $dimension_type:ty, in $sink:ident;
    )*) => {$(
        $(#[$doc])*
        pub struct $role<$($dimension: Dimension,)? C = ()> {
            /// One for each metric of the set that has this role.
            pub(super) sinks: Vec<$sink<C>>,
            dimension: PhantomData<fn($dimension_type)>,
        }

        impl<$($dimension: Dimension,)? C: 'static> Role for $role<$($dimension,)? C> {
            type Dimension = $dimension_type;
        }

        impl<$($dimension: Dimension,)? C> $role<$($dimension,)? C> {
            /// Whether no metric of the set has this role. An instrumentation need not measure it.
            pub fn is_unused(&self) -> bool {
                self.sinks.is_empty()
            }
        }

        impl<$($dimension: Dimension,)? C> Default for $role<$($dimension,)? C> {
            fn default() -> Self {
                Self { sinks: Vec::new(), dimension: PhantomData }
            }
        }

        impl<$($dimension: Dimension,)? C> fmt::Debug for $role<$($dimension,)? C> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let name = stringify!($role);
                f.debug_struct(name).field("metrics", &self.sinks.len()).finish_non_exhaustive()
            }
        }
    )*};
}
roles! {
    /// Events that are counted, by a [`Counter`](crate::Counter).
    ///
    /// `C` is what the instrumentation knows of an event; see
    /// [`RoleLabels`](super::RoleLabels).
    Count() of Items, in Record;
    /// Values of which a [`Histogram`](crate::Histogram) shows the distribution: times, sizes.
    Distribution(D) of D, in Record;
    /// Things that begin and end, of which an [`UpDownCounter`](crate::UpDownCounter) shows how
    /// many there are now.
    Active() of Items, in Enter;
    /// A value that is read at each collection, by an
    /// [`ObservableGauge`](crate::ObservableGauge) or an
    /// [`ObservableUpDownCounter`](crate::ObservableUpDownCounter).
    Level(D) of D, in Observe;
    /// A sum that only grows and is read at each collection, by an
    /// [`ObservableCounter`](crate::ObservableCounter).
    Total(D) of D, in Observe;
}

impl<C> Count<C> {
    /// Counts one event.
    pub fn inc(&self, context: &C) {
        self.add(context, 1);
    }

    /// Counts several events.
    pub fn add(&self, context: &C, events: u64) {
        record(&self.sinks, context, events as f64);
    }
}

impl<D: Dimension, C> Distribution<D, C> {
    /// Records a value, in the first unit of the dimension. A NaN or infinite value is dropped and
    /// counted in `osapi_metrics_dropped_samples_total`, as is a negative value for a histogram of
    /// `u64`.
    pub fn record(&self, context: &C, value: f64) {
        record(&self.sinks, context, value);
    }
}

impl<C> Distribution<Seconds, C> {
    /// Records a time.
    pub fn record_duration(&self, context: &C, time: Duration) {
        self.record(context, time.as_secs_f64());
    }
}

fn record<C>(sinks: &[Record<C>], context: &C, value: f64) {
    if enabled() {
        for sink in sinks {
            sink(context, value);
        }
    }
}

impl<C> Active<C> {
    /// Adds one until the guard is dropped.
    pub fn guard(&self, context: &C) -> ActiveGuard {
        let entered = if enabled() { self.sinks.as_slice() } else { &[] };
        ActiveGuard { leave: entered.iter().map(|enter| enter(context)).collect() }
    }
}

/// Subtracts one when it is dropped. Made by [`Active::guard`], which adds one.
#[must_use = "the guard takes its one back as soon as it is dropped"]
pub struct ActiveGuard {
    leave: Vec<Leave>,
}

impl Drop for ActiveGuard {
    fn drop(&mut self) {
        for leave in self.leave.drain(..) {
            leave();
        }
    }
}

impl fmt::Debug for ActiveGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveGuard").finish_non_exhaustive()
    }
}

/// Reports values of a role during a collection: the argument of the closure of
/// [`Level::observe`] and [`Total::observe`].
pub struct RoleObserver<'a, C> {
    pub(super) report: &'a mut dyn FnMut(&C, f64),
}

impl<C> RoleObserver<'_, C> {
    /// Reports a value, in the first unit of the role's dimension. What cannot be read is not
    /// reported: an absent value is not 0. A NaN or infinite value is dropped and counted in
    /// `osapi_metrics_dropped_samples_total`, as is a negative value for a counter or for an
    /// instrument of `u64`.
    pub fn observe(&mut self, context: &C, value: f64) {
        (self.report)(context, value);
    }
}

impl<C> fmt::Debug for RoleObserver<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleObserver").finish_non_exhaustive()
    }
}

macro_rules! observed {
    ($($role:ident)*) => {$(
        impl<D: Dimension, C: 'static> $role<D, C> {
            /// Calls `read` at each collection, once for each metric of the set with this role, and
            /// not at all if there is none. It must not block; if it panics, the panic is caught
            /// and counted in `osapi_metrics_callback_panics_total`.
            pub fn observe(
                &self,
                read: impl Fn(&mut RoleObserver<'_, C>) + Send + Sync + 'static,
            ) -> Observations {
                let read: Arc<Read<C>> = Arc::new(read);
                let begun = self.sinks.iter().map(|observe| observe(Arc::clone(&read)));
                Observations(begun.collect())
            }
        }
    )*};
}
observed! { Level Total }

/// The observations of an instrumentation. They end when this value is dropped.
#[derive(Debug, Default)]
#[must_use = "observations end when this value is dropped; `keep()` them for the life of the process"]
pub struct Observations(Vec<Observation>);

impl Observations {
    /// Keeps the observations for the rest of the process.
    pub fn keep(self) {
        self.0.into_iter().for_each(Observation::keep);
    }
}

impl Extend<Self> for Observations {
    fn extend<I: IntoIterator<Item = Self>>(&mut self, others: I) {
        self.0.extend(others.into_iter().flat_map(|other| other.0));
    }
}

impl FromIterator<Self> for Observations {
    fn from_iter<I: IntoIterator<Item = Self>>(all: I) -> Self {
        let mut joined = Self::default();
        joined.extend(all);
        joined
    }
}
