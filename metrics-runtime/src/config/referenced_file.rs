//! Files that a configuration names.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// The content of a file that holds one secret, without the line break that editors put at its end.
pub(super) fn read_secret(path: &Path) -> io::Result<String> {
    let mut text = fs::read_to_string(path)?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

/// Checks that a file, which is read later, can be read.
pub(super) fn check_readable(path: &Path) -> io::Result<()> {
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Opening another kind of file, such as a named pipe, could block or take data from its reader.
    if kind.is_file() {
        File::open(path)?;
    }
    Ok(())
}
