//! The catalogue of the tests.

use std::path::Path;

use super::{declared::declared, endpoint::exposed, families, labels, options::VerifyOptions};
use crate::{
    catalogue::{CatalogueSource, Catalogues},
    exposition::Format,
};

pub(super) fn shop() -> Catalogues {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shop.json");
    Catalogues::load(&[CatalogueSource::File(path)], None).unwrap()
}

/// What is found in an exposition, as `line: problem; remedy [rule]`.
pub(super) fn found(text: &str, format: Format, options: &VerifyOptions) -> Vec<String> {
    let catalogues = shop();
    let metrics = declared(&catalogues);
    let exposed = exposed(text, format);
    let mut found = families::judge(&catalogues, &metrics, &exposed, options);
    found.extend(labels::judge(&metrics, &exposed, options));
    let text = found.iter().map(|advice| advice.finding.to_string());
    text.map(|text| text[exposed.origin.len() + 1..].trim_start().to_owned()).collect()
}
