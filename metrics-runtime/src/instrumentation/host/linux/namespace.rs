use std::path::{Path, PathBuf};

/// A file that differs between namespaces. Below the `/proc` of a host that is mounted in a
/// container, the first process shows the host's.
pub(super) fn of_namespace(proc: &Path, name: &str, is_mounted: bool) -> PathBuf {
    let of_first = proc.join("1").join(name);
    if is_mounted && of_first.exists() {
        return of_first;
    }
    proc.join("self").join(name)
}
