use super::{extremes::Extremes, layout::Layout, sample::Sample};

/// The distribution of some samples, in memory of one thread.
#[derive(Clone, Debug)]
pub(crate) struct Tally<V> {
    pub(crate) layout: &'static Layout,
    pub(crate) count: u64,
    pub(crate) sum: V,
    /// Absent without samples.
    pub(crate) extremes: Option<Extremes<V>>,
    pub(crate) buckets: Box<[u64]>,
}

impl<V: Sample> Tally<V> {
    pub(crate) fn empty(layout: &'static Layout) -> Self {
        let buckets = vec![0; layout.buckets()].into();
        Self { layout, count: 0, sum: V::ZERO, extremes: None, buckets }
    }

    /// Removes all samples.
    pub(crate) fn clear(&mut self) {
        (self.count, self.sum, self.extremes) = (0, V::ZERO, None);
        self.buckets.fill(0);
    }

    /// Adds a sample, unless the sum would become infinite or leave the range of its type. Returns
    /// whether the sample was added.
    pub(super) fn add(&mut self, value: V) -> bool {
        let Some(sum) = self.sum.checked_plus(value) else { return false };
        self.sum = sum;
        self.count += 1;
        self.extremes = Some(Extremes::with(self.extremes, value));
        self.buckets[self.layout.bucket(value.to_f64())] += 1;
        true
    }

    /// Adds the samples of another distribution, whose buckets may have other boundaries. The sum
    /// stays at the last number before it would leave the range of its type.
    pub(super) fn merge(&mut self, other: &Self) {
        self.merge_sum(other.count, other.sum, other.extremes);
        for (bucket, count) in other.buckets.iter().enumerate() {
            self.buckets[self.layout.bucket_of(other.layout, bucket)] += count;
        }
    }

    /// [`merge`](Self::merge) without the buckets.
    pub(super) fn merge_sum(&mut self, count: u64, sum: V, extremes: Option<Extremes<V>>) {
        self.count += count;
        self.sum = self.sum.saturating_plus(sum);
        if let Some(extremes) = extremes {
            self.extremes = Some(Extremes::merged(self.extremes, extremes));
        }
    }

    /// The samples that are not in an earlier distribution of the same samples. The extremes are
    /// those of all samples.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let mut since = Self::empty(self.layout);
        since.count = self.count - earlier.count;
        since.sum = self.sum.minus(earlier.sum);
        since.extremes = self.extremes;
        since.buckets.copy_from_slice(&self.buckets);
        for (bucket, count) in earlier.buckets.iter().enumerate() {
            let known = &mut since.buckets[self.layout.bucket_of(earlier.layout, bucket)];
            *known = known.saturating_sub(*count);
        }
        since
    }
}
