//! Metric sets with many metrics of one kind. [`FamilyKind::names`] has their names.
//!
//! [`FamilyKind::names`]: crate::scrape::FamilyKind::names

#![allow(clippy::struct_field_names, reason = "they are the names of the metrics")]

use osapi_metrics::{Counter, Histogram, LabelSet, MetricSet};

use crate::scrape::exporters::region::Region;

#[derive(Clone, Copy, LabelSet)]
pub(super) struct Labels {
    pub(super) region: Region,
    #[label(max = 100)]
    pub(super) item: &'static str,
}

macro_rules! families {
    ($set:ident of $instrument:ident: $help:literal, $metric:meta; $($field:ident)*) => {
        #[derive(MetricSet)]
        #[metric_set(prefix = "bench")]
        pub(super) struct $set {
            $(#[doc = $help] #[$metric] $field: $instrument<Labels>,)*
        }

        impl $set {
            pub(super) fn all(&self) -> impl Iterator<Item = &$instrument<Labels>> {
                [$(&self.$field),*].into_iter()
            }
        }
    };
}

families! {
    CounterFamilies of Counter: "A counter.", metric(unit = "{item}");
        c00_total c01_total c02_total c03_total c04_total
        c05_total c06_total c07_total c08_total c09_total
        c10_total c11_total c12_total c13_total c14_total
        c15_total c16_total c17_total c18_total c19_total
        c20_total c21_total c22_total c23_total c24_total
        c25_total c26_total c27_total c28_total c29_total
        c30_total c31_total c32_total c33_total c34_total
        c35_total c36_total c37_total c38_total c39_total
        c40_total c41_total c42_total c43_total c44_total
        c45_total c46_total c47_total c48_total c49_total
        c50_total c51_total c52_total c53_total c54_total
        c55_total c56_total c57_total c58_total c59_total
        c60_total c61_total c62_total c63_total c64_total
        c65_total c66_total c67_total c68_total c69_total
        c70_total c71_total c72_total c73_total c74_total
        c75_total c76_total c77_total c78_total c79_total
        c80_total c81_total c82_total c83_total c84_total
        c85_total c86_total c87_total c88_total c89_total
        c90_total c91_total c92_total c93_total c94_total
        c95_total c96_total c97_total c98_total c99_total
}

families! {
    HistogramFamilies of Histogram: "A histogram.",
    metric(unit = "s", buckets = crate::scrape::shape::BOUNDARIES);
        h00_seconds h01_seconds h02_seconds h03_seconds h04_seconds h05_seconds h06_seconds
        h07_seconds h08_seconds h09_seconds h10_seconds h11_seconds h12_seconds h13_seconds
        h14_seconds h15_seconds h16_seconds h17_seconds h18_seconds h19_seconds h20_seconds
        h21_seconds h22_seconds
}
