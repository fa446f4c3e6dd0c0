use std::sync::{Arc, OnceLock};

use super::{
    dimension::{Dimension, factor},
    labels::RoleConversion,
    role::{Active, Count, Distribution, Leave, Level, Role, RoleObserver, Total},
};
use crate::core::{
    descriptor::LabelSet,
    instruments::{
        CachedSeries, Counter, CounterValue, GaugeValue, Histogram, HistogramValue,
        ObservableCounter, ObservableGauge, ObservableUpDownCounter, UpDownCounter,
        UpDownCounterValue,
    },
    storage::Number,
};

/// The labels of the observed thing, and the unit that a metric records in.
#[derive(Debug)]
pub struct Binding<'a, L> {
    /// The labels that the service gives to the observed thing.
    pub labels: &'a L,
    /// The unit of the recorded values: the declared one, or the value of `records_in`.
    pub unit: Option<&'static str>,
}

/// An instrument that can record the role `R` of things with the labels `L`, which `W` converts
/// into its own labels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot record the role, a `{R}`",
    label = "not an instrument for this role",
    note = "a `Count` is recorded by a `Counter`, a `Distribution` by a `Histogram`, an `Active` by an `UpDownCounter`, a `Level` by an `ObservableGauge` or an `ObservableUpDownCounter`, and a `Total` by an `ObservableCounter`"
)]
pub trait RecordsRole<R, L, W>: 'static {
    /// Makes the role record in this instrument.
    fn record_role(&'static self, role: &mut R, binding: Binding<'_, L>);
}

/// Makes a role record in an instrument. The generated code calls it. The instrument comes last:
/// where the role or the labels do not fit, the compiler's error is about the instrument.
#[doc(hidden)]
pub fn bind_role<R: Role, L, W>(
    role: &mut R,
    labels: &L,
    unit: Option<&'static str>,
    _: W,
    instrument: &'static impl RecordsRole<R, L, W>,
) {
    instrument.record_role(role, Binding { labels, unit });
}

/// The series of the labels: found once if the labels do not depend on the context.
fn series<L, C, F, W, S>(labels: L, find: impl Fn(F) -> S) -> impl Fn(&C) -> S
where
    W: RoleConversion<L, C, F>,
    S: CachedSeries,
{
    let cache = OnceLock::<S>::new();
    move |context| {
        if let Some(series) = cache.get()
            && series.is_current()
        {
            return *series;
        }
        let series = find(W::labels(&labels, context));
        if !W::OF_CONTEXT && series.can_be_kept() {
            // The series of a value that is already set has ended.
            let _ = cache.set(series);
        }
        series
    }
}

/// The value in the type of an instrument, rounded for an integer type. `None` if it is out of the
/// range of the integer type, which has no NaN either: the nearest integer would be an invention.
fn represented<V: Number>(value: f64) -> Option<V> {
    let nearest = V::from_f64(value);
    // Instruments of floats drop and count what is not finite.
    let is_near = !nearest.is_finite() || (nearest.to_f64() - value).abs() <= 0.5;
    is_near.then_some(nearest)
}

impl<L, C, F, W, V> RecordsRole<Count<C>, L, W> for Counter<F, V>
where
    L: Clone + Send + Sync + 'static,
    C: 'static,
    F: LabelSet + 'static,
    W: RoleConversion<L, C, F>,
    V: CounterValue,
{
    fn record_role(&'static self, role: &mut Count<C>, Binding { labels, .. }: Binding<'_, L>) {
        let series = series::<_, C, F, W, _>(labels.clone(), |labels| self.with(labels));
        role.sinks.push(Box::new(move |context, events| {
            series(context).add(V::from_f64(events));
        }));
    }
}

impl<L, D, C, F, W, V> RecordsRole<Distribution<D, C>, L, W> for Histogram<F, V>
where
    L: Clone + Send + Sync + 'static,
    D: Dimension,
    C: 'static,
    F: LabelSet + 'static,
    W: RoleConversion<L, C, F>,
    V: HistogramValue,
{
    fn record_role(
        &'static self,
        role: &mut Distribution<D, C>,
        Binding { labels, unit }: Binding<'_, L>,
    ) {
        let factor = factor::<D>(unit);
        let series = series::<_, C, F, W, _>(labels.clone(), |labels| self.with(labels));
        role.sinks.push(Box::new(move |context, value| {
            let series = series(context);
            match represented(value * factor) {
                Some(value) => series.record(value),
                None => series.drop_sample(),
            }
        }));
    }
}

impl<L, C, F, W, V> RecordsRole<Active<C>, L, W> for UpDownCounter<F, V>
where
    L: Clone + Send + Sync + 'static,
    C: 'static,
    F: LabelSet + 'static,
    W: RoleConversion<L, C, F>,
    V: UpDownCounterValue,
{
    fn record_role(&'static self, role: &mut Active<C>, Binding { labels, .. }: Binding<'_, L>) {
        let series = series::<_, C, F, W, _>(labels.clone(), |labels| self.with(labels));
        role.sinks.push(Box::new(move |context| {
            let guard = series(context).guard();
            Box::new(move || drop(guard)) as Leave
        }));
    }
}

macro_rules! observed {
    ($($role:ident: $instrument:ident<$value:ident>;)*) => {$(
        impl<L, D, C, F, W, V> RecordsRole<$role<D, C>, L, W> for $instrument<F, V>
        where
            L: Clone + Send + Sync + 'static,
            D: Dimension,
            C: 'static,
            F: LabelSet + 'static,
            W: RoleConversion<L, C, F>,
            V: $value,
        {
            fn record_role(
                &'static self,
                role: &mut $role<D, C>,
                Binding { labels, unit }: Binding<'_, L>,
            ) {
                let (factor, labels) = (factor::<D>(unit), Arc::new(labels.clone()));
                role.sinks.push(Box::new(move |read| {
                    let labels = Arc::clone(&labels);
                    self.observe_each(move |observer| {
                        let report = &mut |context: &C, value: f64| {
                            let labels = W::labels(&labels, context);
                            match represented(value * factor) {
                                Some(value) => observer.observe(&labels, value),
                                None => observer.drop_sample(),
                            }
                        };
                        read(&mut RoleObserver { report });
                    })
                }));
            }
        }
    )*};
}
observed! {
    Level: ObservableGauge<GaugeValue>;
    Level: ObservableUpDownCounter<UpDownCounterValue>;
    Total: ObservableCounter<CounterValue>;
}
