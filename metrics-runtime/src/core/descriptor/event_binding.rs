/// A job event that one metric of a set records.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct EventBinding {
    /// The word after `on`.
    pub on: &'static str,
    /// The position of the metric's descriptor in the set.
    pub metric: usize,
}
