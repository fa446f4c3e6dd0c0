use std::num::NonZeroUsize;

/// How much a history keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes, with the series and their labels. Series take at most half of them.
    pub bytes: usize,
    /// The most frames.
    pub frames: NonZeroUsize,
}

impl Limits {
    /// Limits of bytes and frames.
    ///
    /// ```
    /// use std::num::NonZeroUsize;
    ///
    /// use osapi_metrics_explorer::Limits;
    ///
    /// let minute = Limits::new(1024 * 1024, NonZeroUsize::new(60).unwrap());
    /// assert!(minute.bytes < Limits::default().bytes);
    /// ```
    #[must_use]
    pub fn new(bytes: usize, frames: NonZeroUsize) -> Self {
        Self { bytes, frames }
    }
}

impl Default for Limits {
    /// 6 MiB and 600 frames.
    fn default() -> Self {
        const TEN_MINUTES: NonZeroUsize = NonZeroUsize::new(600).unwrap();
        Self { bytes: 6 * 1024 * 1024, frames: TEN_MINUTES }
    }
}
