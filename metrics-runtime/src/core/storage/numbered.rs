use std::{
    any::Any,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Values that live as long as the process, by their numbers. A number has half the size of a
/// reference.
///
/// Reading takes no lock: an allocator that records can read while it is called from here.
#[derive(Debug)]
pub(super) struct Numbered {
    next: AtomicU32,
    /// The values from the numbers 2<sup>n</sup> − 1 on, as many as 2<sup>n</sup>.
    blocks: [OnceLock<Box<[Place]>>; u32::BITS as usize],
}

type Place = OnceLock<&'static (dyn Any + Send + Sync)>;

impl Numbered {
    pub(super) const fn new() -> Self {
        Self { next: AtomicU32::new(0), blocks: [const { OnceLock::new() }; u32::BITS as usize] }
    }

    /// Numbers the value that `make` returns for its number.
    pub(super) fn add<T: Any + Send + Sync>(
        &self,
        make: impl FnOnce(u32) -> &'static T,
    ) -> &'static T {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let value = make(number);
        let (block, place) = position(number);
        let new_block = || (0..1_usize << block).map(|_| Place::new()).collect();
        let places = self.blocks[block].get_or_init(new_block);
        // No other value has the number.
        let _ = places[place].set(value);
        value
    }

    /// The value with a number, if it has this type.
    pub(super) fn get<T: Any>(&self, number: u32) -> Option<&'static T> {
        let (block, place) = position(number);
        self.blocks.get(block)?.get()?.get(place)?.get()?.downcast_ref()
    }
}

/// The block of a number, and the place in the block.
fn position(number: u32) -> (usize, usize) {
    let Some(from_one) = number.checked_add(1) else { return (u32::BITS as usize, 0) };
    let block = from_one.ilog2();
    (block as usize, (from_one - (1 << block)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_place_of_its_own() {
        let positions: Vec<_> = (0..7).map(position).collect();
        assert_eq!(positions, [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (2, 3)]);
        assert_eq!(position(u32::MAX - 1), (31, (1 << 31) - 1));
    }

    #[test]
    fn values_are_found_by_number_and_type() {
        let numbered = Numbered::new();
        for nth in 0..100 {
            let added = numbered.add(|number| Box::leak(Box::new(number)));
            assert_eq!(*added, nth);
        }
        for nth in 0..100 {
            assert_eq!(numbered.get::<u32>(nth), Some(&nth));
        }
        assert_eq!(numbered.get::<u64>(0), None);
        assert_eq!(numbered.get::<u32>(100), None);
        assert_eq!(numbered.get::<u32>(u32::MAX), None);
    }
}
