use crate::scrape::shape::REGIONS;

/// The label whose values the compiler knows.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    measured::FixedCardinalityLabel,
    osapi_metrics::LabelValue,
)]
pub(super) enum Region {
    Ams,
    Bru,
    Cph,
    Dub,
    Edi,
    Fra,
    Gva,
    Hel,
    Ist,
    Lon,
}

impl Region {
    /// In the order of [`REGIONS`].
    pub(super) const ALL: [Self; 10] = [
        Self::Ams,
        Self::Bru,
        Self::Cph,
        Self::Dub,
        Self::Edi,
        Self::Fra,
        Self::Gva,
        Self::Hel,
        Self::Ist,
        Self::Lon,
    ];
}

/// The derive of prometheus-client would not change the case of the variants' names.
impl prometheus_client::encoding::EncodeLabelValue for Region {
    fn encode(
        &self,
        encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>,
    ) -> Result<(), std::fmt::Error> {
        REGIONS[*self as usize].encode(encoder)
    }
}
