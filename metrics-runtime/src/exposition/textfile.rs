//! Files for the textfile collector of the node exporter.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// The ending of the names of files that the collector reads.
const ENDING: &str = "prom";

/// Why a file with metrics was not written. The file that was there before is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextfileError {
    /// The name is one that the textfile collector does not read.
    #[error(
        "{}: the textfile collector reads only files whose names end in `.prom`",
        .path.display()
    )]
    Name {
        /// The path that was given.
        path: PathBuf,
    },
    /// The system refuses to write into the folder or to replace the file.
    #[error("{}: it cannot be written: {source}", .path.display())]
    Io {
        /// The path that was given.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The metrics could not be collected.
    #[error("the metrics could not be collected: {0}")]
    Collect(Box<dyn std::error::Error + Send + Sync>),
}

/// Checks that the collector would read a file of this name.
pub(crate) fn check_name(path: &Path) -> Result<(), TextfileError> {
    let is_read = path.extension().is_some_and(|ending| ending == ENDING);
    if is_read { Ok(()) } else { Err(TextfileError::Name { path: path.to_owned() }) }
}

/// Writes the text in one step: a reader sees the file as it was before, or all of the new one.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), TextfileError> {
    check_name(path)?;
    replace(path, text).map_err(|source| TextfileError::Io { path: path.to_owned(), source })
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let (written, mut file) = beside(path)?;
    let result = file
        .write_all(text.as_bytes())
        // A system that stops must not leave the new name without the new content.
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&written, path));
    if result.is_err() {
        let _ = fs::remove_file(&written);
    }
    result
}

/// A new file beside the one of this path, because files are replaced in one step only within a
/// file system. Its name is one that the collector does not read.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);

    let name = path.file_name().unwrap_or_default().to_string_lossy();
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let new = path.with_file_name(format!(".{name}.{}-{number}.tmp", process::id()));
        // A file that another process has left is not touched, nor is what a link leads to.
        match OpenOptions::new().write(true).create_new(true).open(&new) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return Ok((new, opened?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, thread};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_reader_sees_one_whole_file_whoever_writes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("batch.prom");
        let texts: Vec<_> = (0..4).map(|nth| format!("a {nth}\n").repeat(5000)).collect();
        write(&path, &texts[0]).unwrap();
        let start = Barrier::new(texts.len() + 1);
        thread::scope(|scope| {
            for text in &texts {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..20 {
                        write(&path, text).unwrap();
                    }
                });
            }
            start.wait();
            for _ in 0..200 {
                let read = fs::read_to_string(&path).unwrap();
                assert!(texts.contains(&read), "{} bytes", read.len());
            }
        });
        assert_eq!(names(folder.path()), ["batch.prom"]);
    }

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| folder.path().join(name);
        for name in ["batch", "batch.txt", "batch.prom.tmp", ".prom"] {
            let error = write(&of(name), "a 1\n").unwrap_err().to_string();
            assert!(error.starts_with(&of(name).display().to_string()), "{error}");
            assert!(error.ends_with("only files whose names end in `.prom`"), "{error}");
        }
        let error = write(&of("gone/batch.prom"), "a 1\n").unwrap_err().to_string();
        assert!(error.contains("gone/batch.prom: it cannot be written: "), "{error}");
        fs::create_dir(of("folder.prom")).unwrap();
        fs::write(of("folder.prom").join("kept"), "").unwrap();
        let error = write(&of("folder.prom"), "a 1\n").unwrap_err().to_string();
        assert!(error.contains("folder.prom: it cannot be written: "), "{error}");
        assert_eq!(names(folder.path()), ["folder.prom"]);
    }

    #[test]
    #[cfg(unix)]
    fn the_file_of_a_link_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (other, path) = (folder.path().join("other"), folder.path().join("batch.prom"));
        fs::write(&other, "mine").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        write(&path, "a 1\n").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
        assert_eq!(fs::read_to_string(&path).unwrap(), "a 1\n");
    }
}
