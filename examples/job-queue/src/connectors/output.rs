//! An output whose bytes are not kept.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use sha2::{Digest, Sha256};

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

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
