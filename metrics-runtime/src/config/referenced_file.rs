//! Files that a configuration names.

use std::{io, path::Path};

use crate::regular_file;

/// The content of a file that holds one secret, without the line break that editors put at its end.
pub(super) fn read_secret(path: &Path) -> io::Result<String> {
    let mut text = regular_file::read_text(path)?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

/// Checks that a file, which is read later, can be read.
pub(super) fn check_readable(path: &Path) -> io::Result<()> {
    regular_file::open(path).map(drop)
}
