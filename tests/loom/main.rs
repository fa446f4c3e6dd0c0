//! The parts of the recording core that threads share, in every order in which their steps can happen and
//! with everything that the memory model lets a thread see.
//!
//! The files are those of the runtime. In place of the atomics, the locks and the sizes that they
//! take from `super::sync`, they get those of the checker here.

mod cells;
mod pages;
mod ring;

/// Tries every order in which the threads change places at most so many times against their will.
///
/// Mistakes that take more of them are rare, and the orders become too many to wait for.
fn check(changes: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(changes);
    builder.check(model);
}
