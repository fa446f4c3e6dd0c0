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

/// Compresses pieces that follow one another, for a response that is written while it is read.
#[cfg(feature = "explorer")]
pub(crate) struct GzipPieces<I> {
    pieces: I,
    /// Absent after the last piece.
    encoder: Option<GzEncoder<Vec<u8>>>,
}

#[cfg(feature = "explorer")]
impl<I> GzipPieces<I> {
    pub(crate) fn new(pieces: I) -> Self {
        Self { pieces, encoder: Some(GzEncoder::new(Vec::new(), Compression::fast())) }
    }
}

#[cfg(feature = "explorer")]
impl<I: Iterator<Item: AsRef<[u8]>>> Iterator for GzipPieces<I> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        const MEMORY: &str = "writing to memory does not fail";
        for piece in self.pieces.by_ref() {
            let encoder = self.encoder.as_mut()?;
            encoder.write_all(piece.as_ref()).expect(MEMORY);
            let compressed = std::mem::take(encoder.get_mut());
            // It waits for more where a piece is short.
            if !compressed.is_empty() {
                return Some(compressed);
            }
        }
        Some(self.encoder.take()?.finish().expect(MEMORY))
    }
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

    #[test]
    #[cfg(feature = "explorer")]
    fn pieces_decompress_to_what_went_in() {
        for pieces in [vec![], vec![""], vec!["a", "", "b"], vec!["piece "; 100_000]] {
            let compressed: Vec<u8> = GzipPieces::new(pieces.iter()).flatten().collect();
            let mut text = String::new();
            flate2::read::GzDecoder::new(&compressed[..]).read_to_string(&mut text).unwrap();
            assert_eq!(text, pieces.concat());
        }
    }
}
