use super::sync::{AtomicU32, AtomicU64, CachePadded, Ordering, SAMPLES};

/// The samples of one thread that are not yet in a distribution, in the order of recording.
///
/// One thread pushes, without locks. One thread at a time drains: the holder of the lock of the
/// distributions.
#[derive(Debug)]
pub(crate) struct Ring {
    pushed: CachePadded<AtomicU64>,
    drained: CachePadded<AtomicU64>,
    samples: Box<[Sample]>,
}

#[derive(Debug)]
struct Sample {
    series: AtomicU32,
    bits: AtomicU64,
}

/// The result of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    Yes,
    /// The sample is in, and the ring has filled by another half: a good moment to drain it.
    Half,
    /// The ring is full.
    No,
}

impl Default for Ring {
    fn default() -> Self {
        let sample = |_| Sample { series: AtomicU32::new(0), bits: AtomicU64::new(0) };
        Self {
            pushed: CachePadded(AtomicU64::new(0)),
            drained: CachePadded(AtomicU64::new(0)),
            samples: (0..SAMPLES).map(sample).collect(),
        }
    }
}

impl Ring {
    /// Adds a sample. Called by the ring's own thread only.
    #[inline]
    pub(super) fn push(&self, series: u32, bits: u64) -> Pushed {
        let pushed = self.pushed.0.load(Ordering::Relaxed);
        if pushed - self.drained.0.load(Ordering::Acquire) >= SAMPLES {
            return Pushed::No;
        }
        let Some(sample) = self.sample(pushed) else { return Pushed::No };
        sample.series.store(series, Ordering::Relaxed);
        sample.bits.store(bits, Ordering::Relaxed);
        self.pushed.0.store(pushed + 1, Ordering::Release);
        if (pushed + 1).is_multiple_of(SAMPLES / 2) { Pushed::Half } else { Pushed::Yes }
    }

    /// Takes every sample out. Called under the lock of the distributions.
    pub(super) fn drain(&self, mut take: impl FnMut(u32, u64)) {
        let mut drained = self.drained.0.load(Ordering::Relaxed);
        let pushed = self.pushed.0.load(Ordering::Acquire);
        while drained < pushed {
            let sample = self.sample(drained).map(|sample| {
                (sample.series.load(Ordering::Relaxed), sample.bits.load(Ordering::Relaxed))
            });
            // Taken out before it is used, so that no sample is taken twice, even if `take` panics.
            drained += 1;
            self.drained.0.store(drained, Ordering::Release);
            if let Some((series, bits)) = sample {
                take(series, bits);
            }
        }
    }

    #[inline]
    fn sample(&self, at: u64) -> Option<&Sample> {
        self.samples.get((at % SAMPLES) as usize)
    }
}
