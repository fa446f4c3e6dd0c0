//! The parts of the recording core that threads share, in every order of their steps and with every
//! value that the memory model allows a thread to read.
//!
//! The files of the runtime are included by path. In place of the atomics, the locks and the sizes
//! of the runtime, `super::sync` has the types of the model checker and small sizes here.

mod cells;
mod pages;
mod ring;

/// Tries every order of steps with at most `changes` preemptions of threads.
///
/// Mistakes that need more preemptions are rare, and the number of orders grows too large.
fn check(changes: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(changes);
    builder.check(model);
}
