//! The parts of the recording core that threads share, in every order of their steps and with every
//! value that the memory model allows a thread to read.
//!
//! The files of the runtime are included by path. In place of the atomics, the locks and the sizes
//! of the runtime, `super::sync` has the types of the model checker and small sizes here.

mod cells;
mod histograms;
mod pages;
mod shards;

/// The parts of the core that included files name by their paths.
mod core {
    pub(crate) mod storage {
        pub(crate) mod number {
            /// What the cells of histograms need of their numbers.
            #[expect(unreachable_pub, reason = "public where it belongs")]
            pub trait Number: Copy + PartialOrd {
                fn to_bits(self) -> u64;
                fn from_bits(bits: u64) -> Self;
                fn checked_plus(self, other: Self) -> Option<Self>;
            }

            impl Number for u64 {
                fn to_bits(self) -> u64 {
                    self
                }

                fn from_bits(bits: u64) -> Self {
                    bits
                }

                fn checked_plus(self, other: Self) -> Option<Self> {
                    self.checked_add(other)
                }
            }

            impl Number for f64 {
                fn to_bits(self) -> u64 {
                    self.to_bits()
                }

                fn from_bits(bits: u64) -> Self {
                    Self::from_bits(bits)
                }

                fn checked_plus(self, other: Self) -> Option<Self> {
                    Some(self + other)
                }
            }
        }
    }
}

/// Tries every order of steps with at most `changes` preemptions of threads.
///
/// Mistakes that need more preemptions are rare, and the number of orders grows too large.
fn check(changes: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(changes);
    builder.check(model);
}
