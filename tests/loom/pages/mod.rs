//! Pages of active jobs: one thread fills the slots, any thread vacates them, any thread reads
//! them.

#[path = "../../../metrics-runtime/src/core/jobs/active/pages.rs"]
mod file;
mod sync;

use std::{ptr, sync::Arc};

use file::{LocalPage, Pages, Slot};
use loom::thread;

use crate::check;

/// A thread that runs jobs, with the values that `active/entry.rs` keeps in thread-locals.
struct Runner {
    pages: Arc<Pages>,
    page: LocalPage,
}

impl Runner {
    fn new(pages: &Arc<Pages>) -> Self {
        Self { pages: Arc::clone(pages), page: LocalPage::none() }
    }

    /// Starts a job: its series is `number`, its start time ten times `number`.
    fn start(&self, number: u64) -> &'static Slot {
        let put = || self.page.put(number, 10 * number);
        put().unwrap_or_else(|| {
            self.pages.exchange(&self.page);
            put().expect("the new page has room")
        })
    }
}

/// The thread ends. Its jobs go on.
impl Drop for Runner {
    fn drop(&mut self) {
        self.pages.retire(&self.page);
    }
}

/// The numbers of the jobs that a collection sees.
///
/// # Panics
///
/// If a job is read with the series of one job and the start of another.
fn seen(pages: &Pages) -> Vec<u64> {
    let mut seen = Vec::new();
    pages.each(|(series, started)| {
        assert_eq!(started, 10 * series, "of two jobs");
        seen.push(series);
    });
    seen.sort_unstable();
    seen
}

#[test]
fn what_is_read_is_of_one_job() {
    check(2, || {
        let pages = Arc::new(Pages::default());
        let runner = Runner::new(&pages);
        let jobs = [1, 2, 3, 4].map(|job| runner.start(job));
        let thread = thread::spawn(move || {
            jobs[0].vacate();
            let again = runner.start(5);
            assert!(ptr::eq(again, jobs[0]), "the search goes round");
            jobs[1].vacate();
            runner.start(6);
        });
        let seen_meanwhile = seen(&pages);
        assert!(seen_meanwhile.iter().all(|job| (1..=6).contains(job)), "{seen_meanwhile:?}");
        thread.join().unwrap();
        assert_eq!(seen(&pages), [3, 4, 5, 6]);
    });
}

#[test]
fn a_slot_that_another_thread_vacates_can_be_used_again() {
    check(4, || {
        let pages = Arc::new(Pages::default());
        let runner = Runner::new(&pages);
        let jobs = [1, 2, 3, 4].map(|job| runner.start(job));
        let thread = thread::spawn(move || jobs[0].vacate());
        // In the vacated slot, or in another page.
        let another = runner.start(5);
        assert!(!jobs[1..].iter().any(|job| ptr::eq(*job, another)), "given twice");
        let seen_meanwhile = seen(&pages);
        assert!(seen_meanwhile.ends_with(&[2, 3, 4, 5]), "{seen_meanwhile:?}");
        thread.join().unwrap();
        assert_eq!(seen(&pages), [2, 3, 4, 5]);
    });
}

#[test]
fn a_page_is_handed_over_with_the_jobs_in_it() {
    check(3, || {
        let pages = Arc::new(Pages::default());
        let ended = Runner::new(&pages);
        let (first, second) = (ended.start(1), ended.start(2));
        second.vacate();
        drop(ended);
        let thread = thread::spawn({
            let runner = Runner::new(&pages);
            move || [runner.start(3), runner.start(4)]
        });
        // At any moment while the other thread searches.
        first.vacate();
        let other = Runner::new(&pages);
        let others = [other.start(5), other.start(6)];
        let slots = [others, thread.join().unwrap()].concat();
        for (place, slot) in slots.iter().enumerate() {
            assert!(!slots[..place].iter().any(|known| ptr::eq(*known, *slot)), "given twice");
        }
        assert_eq!(seen(&pages), [3, 4, 5, 6]);
    });
}

#[test]
fn a_page_that_is_handed_out_has_room_wherever_the_search_begins() {
    loom::model(|| {
        for begin in 0..4 {
            let pages = Arc::new(Pages::default());
            let ended = Runner::new(&pages);
            let jobs = [1, 2, 3, 4].map(|job| ended.start(job));
            let next = Runner::new(&pages);
            let places = [5, 6, 7, 8, 9, 10, 11].map(|job| next.start(job));
            for slot in places {
                slot.vacate();
            }
            // Half of the page is full, two slots in a row.
            jobs[begin].vacate();
            jobs[(begin + 1) % 4].vacate();
            drop(ended);
            for job in 12..20 {
                next.start(job);
            }
        }
    });
}
