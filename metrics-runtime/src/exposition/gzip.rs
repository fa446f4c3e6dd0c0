use std::io::Write;

use flate2::{Compression, write::GzEncoder};

/// Compresses a scrape, for responses with `Content-Encoding: gzip`.
///
/// The fastest level reduces the repetitive text of a scrape to about a tenth.
pub(crate) fn gzip(scrape: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(scrape.len() / 8), Compression::fast());
    encoder
        .write_all(scrape)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn decompresses_to_what_went_in() {
        for scrape in ["", "# EOF\n", &"osapi_jobs_active 1\n".repeat(1000)] {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&gzip(scrape.as_bytes())[..])
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text, scrape);
        }
    }
}
