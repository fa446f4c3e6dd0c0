/// The most samples of a source that are each named.
pub(super) const NAMED: usize = 100;

/// What is wrong with the samples of a source.
#[derive(Debug, Default)]
pub(super) struct InvalidSamples {
    pub(super) named: Vec<InvalidSample>,
    pub(super) further: usize,
}

#[derive(Debug)]
pub(super) struct InvalidSample {
    pub(super) rule: &'static str,
    pub(super) line: Option<usize>,
    pub(super) family: String,
    pub(super) problem: String,
}

impl InvalidSamples {
    pub(super) fn report(&mut self, sample: InvalidSample) {
        if self.named.len() < NAMED {
            self.named.push(sample);
        } else {
            self.further += 1;
        }
    }
}
