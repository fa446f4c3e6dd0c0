//! An output whose bytes are not kept.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::hex::hex;

/// Counts and digests what is written.
#[derive(Debug, Default)]
pub(super) struct OutputDigest {
    bytes: u64,
    digest: Sha256,
}

impl OutputDigest {
    /// The number of bytes, and their SHA-256 digest in hexadecimal digits.
    pub(super) fn finish(self) -> (u64, String) {
        (self.bytes, hex(&self.digest.finalize()))
    }
}

impl Write for OutputDigest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
