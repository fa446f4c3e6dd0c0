//! Paths in URLs.

use std::{fmt::Write as _, os::unix::ffi::OsStrExt, path::Path};

/// A path as a part of a URL. `kept` has the bytes that mean themselves there, beside letters,
/// digits and `-_.`.
pub(crate) fn percent_encoded(path: &Path, kept: &[u8]) -> String {
    let mut encoded = String::new();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_host_or_a_path() {
        let path = Path::new("/tmp/a b/osapi-postgres-Xy_1.z");
        assert_eq!(percent_encoded(path, b""), "%2Ftmp%2Fa%20b%2Fosapi-postgres-Xy_1.z");
        assert_eq!(percent_encoded(path, b"/"), "/tmp/a%20b/osapi-postgres-Xy_1.z");
    }
}
