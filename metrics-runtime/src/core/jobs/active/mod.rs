//! The jobs that run now.

mod pages;
mod sync;

use std::{collections::HashMap, fmt, sync::LazyLock};

use pages::{OwnPage, Pages, Slot};

use crate::core::{
    descriptor::LabelSet,
    instruments::ObservableGauge,
    storage::{ObservationSink, ObservedId},
    sync::{Moment, ReentrancyGuard, ThreadExit},
};

static PAGES: LazyLock<Pages> = LazyLock::new(Pages::default);

thread_local! {
    /// This thread's page. Needs no destructor, so that looking into it costs no check.
    static OWN: OwnPage = const { OwnPage::none() };
    static EXIT: ThreadExit = const { ThreadExit::new(take_back_page) };
}

fn take_back_page() {
    OWN.with(|own| PAGES.take_back(own));
}

/// A job among those that run now, until it is dropped.
pub(super) struct ActiveJobEntry(&'static Slot);

impl ActiveJobEntry {
    /// Enters a job under the series that shows its age. `None` past the end of a thread.
    #[inline]
    pub(super) fn enter(series: ObservedId, started: Moment) -> Option<Self> {
        OWN.with(|own| own.put(series, started.to_bits()))
            .or_else(|| enter_another_page(series, started))
            .map(Self)
    }
}

#[cold]
#[inline(never)]
fn enter_another_page(series: ObservedId, started: Moment) -> Option<&'static Slot> {
    if ReentrancyGuard::is_active() || !ThreadExit::arm(&EXIT) {
        return None;
    }
    let _guard = ReentrancyGuard::enter();
    OWN.with(|own| {
        PAGES.exchange(own);
        own.put(series, started.to_bits())
    })
}

impl Drop for ActiveJobEntry {
    #[inline]
    fn drop(&mut self) {
        self.0.empty();
    }
}

impl fmt::Debug for ActiveJobEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActiveJobEntry")
    }
}

/// Lets the gauge report, for each combination of labels, the age of the job that has run longest.
/// Where none runs the series is absent.
pub fn report_oldest<L: LabelSet + 'static>(gauge: &ObservableGauge<L>) {
    let report = |sink: &mut ObservationSink<f64>| {
        // The jobs of other sets have series of their own, which this gauge does not know.
        for (series, started) in oldest() {
            sink.observe_series(series, started.elapsed().as_secs_f64());
        }
    };
    gauge.observe_series(report).keep();
}

/// For each series the start of the job that has run longest.
fn oldest() -> HashMap<ObservedId, Moment> {
    let _guard = ReentrancyGuard::enter();
    let mut oldest = HashMap::new();
    PAGES.each(|(series, started)| {
        let started = Moment::from_bits(started);
        let known = oldest.entry(series).or_insert(started);
        *known = started.min(*known);
    });
    oldest
}
