/// The samples that go through the gate of a series after a collection.
///
/// Enough that samples of every bucket are among them if a series has few, and that one of them is
/// in a sampled trace where few traces are sampled. Each costs about as much as a hundred others.
pub(in crate::core::storage) const SAMPLES: u32 = 64;
