use std::{
    fs,
    path::{Path, PathBuf},
};

use super::repository;

/// Folders whose files are compared with what a compiler or a formatter writes.
const AS_WRITTEN: [&str; 2] = ["tests/ui", "benches/compile_time"];

/// A file of the repository.
pub(crate) struct TextFile {
    /// The path from the repository's folder.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The files of the repository whose names have one of the extensions.
pub(crate) fn files(extensions: &[&str]) -> Vec<TextFile> {
    let mut paths = Vec::new();
    walk(repository(), &mut paths);
    paths.sort();
    paths
        .iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|found| extensions.iter().any(|extension| found == *extension))
        })
        .map(|path| TextFile {
            name: path.strip_prefix(repository()).unwrap().display().to_string(),
            text: fs::read_to_string(path).unwrap(),
        })
        .collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let inside = path.strip_prefix(repository()).unwrap();
        let is_skipped = entry.file_name().to_str().is_some_and(|name| name.starts_with('.'))
            || inside.ends_with("target")
            || AS_WRITTEN.iter().any(|folder| inside == Path::new(folder))
            || path.is_symlink();
        if is_skipped {
            continue;
        }
        if path.is_dir() {
            walk(&path, paths);
        } else {
            paths.push(path);
        }
    }
}
