use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::artefact::{Artefact, MARKER};
use crate::input::{self, FileError};

/// A folder that cannot be written or read. Names the file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {action}: {cause}", path.display())]
pub struct FolderError {
    path: PathBuf,
    action: &'static str,
    cause: io::Error,
}

/// A file that is not as the catalogues say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stale {
    /// The file does not exist.
    Missing(PathBuf),
    /// The file has another text.
    Different {
        /// The file.
        path: PathBuf,
        /// The first line that differs, counted from 1.
        line: usize,
        /// The line in the folder.
        found: String,
        /// The line as it would be generated.
        expected: String,
    },
    /// The file was generated before, and the catalogues no longer have what it was about.
    Left(PathBuf),
}

/// What writing has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Write {
    /// Files that are new or have another text.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files that were generated before and are gone.
    pub removed: usize,
}

impl Write {
    /// Writes the files below a folder, and removes files there that an earlier call has generated.
    /// Files without the marker stay: nothing is written where one of them has the name of a file
    /// that would be written.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if a file cannot be written, read or removed.
    pub fn to(folder: &Path, artefacts: &[Artefact]) -> Result<Self, FolderError> {
        let mut write = Self::default();
        for artefact in artefacts {
            check_own(&folder.join(&artefact.path))?;
        }
        for artefact in artefacts {
            let path = folder.join(&artefact.path);
            if input::read(&path).is_ok_and(|text| text == artefact.content) {
                write.unchanged += 1;
                continue;
            }
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(|e| error(parent, "it cannot be created", e))?;
            input::write(&path, &artefact.content)
                .map_err(|e| error(&path, "it cannot be written", e))?;
            write.written += 1;
        }
        for path in left(folder, artefacts)? {
            fs::remove_file(&path).map_err(|e| error(&path, "it cannot be removed", e))?;
            write.removed += 1;
        }
        Ok(write)
    }
}

impl Stale {
    /// The files below a folder that are not as they would be generated.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if the folder cannot be read.
    pub fn find(folder: &Path, artefacts: &[Artefact]) -> Result<Vec<Self>, FolderError> {
        let mut stale = Vec::new();
        for artefact in artefacts {
            let path = folder.join(&artefact.path);
            match input::read(&path) {
                Ok(text) if text == artefact.content => {}
                Ok(text) => stale.push(Self::different(path, &text, &artefact.content)),
                Err(FileError::Unreadable { cause, .. })
                    if cause.kind() == io::ErrorKind::NotFound =>
                {
                    stale.push(Self::Missing(path));
                }
                Err(FileError::Unreadable { cause, .. }) => {
                    return Err(error(&path, "it cannot be read", cause));
                }
                Err(FileError::NotAFile { .. }) => {
                    let cause = io::Error::other("it is not a regular file");
                    return Err(error(&path, "it cannot be read", cause));
                }
                Err(FileError::TooLarge { .. }) => {
                    stale.push(Self::different(path, "", &artefact.content));
                }
            }
        }
        stale.extend(left(folder, artefacts)?.into_iter().map(Self::Left));
        Ok(stale)
    }

    fn different(path: PathBuf, found: &str, expected: &str) -> Self {
        let (mut found, mut expected) = (found.lines(), expected.lines());
        let mut line = 1;
        loop {
            match (found.next(), expected.next()) {
                (Some(found), Some(expected)) if found == expected => line += 1,
                (found, expected) => {
                    let text =
                        |line: Option<&str>| line.unwrap_or("the end of the file").to_owned();
                    let (found, expected) = (text(found), text(expected));
                    return Self::Different { path, line, found, expected };
                }
            }
        }
    }
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "{}: it does not exist", path.display()),
            Self::Different { path, line, found, expected } => {
                let path = path.display();
                write!(f, "{path}:{line}: it has `{found}`, and would have `{expected}`")
            }
            Self::Left(path) => {
                write!(f, "{}: nothing in the catalogues leads to this file", path.display())
            }
        }
    }
}

/// Checks that a file is generated, or that nothing is lost with it.
fn check_own(path: &Path) -> Result<(), FolderError> {
    let is_own = match input::read(path) {
        Ok(text) => text.is_empty() || text.contains(MARKER),
        Err(FileError::TooLarge { .. }) => false,
        Err(FileError::Unreadable { cause, .. }) => cause.kind() != io::ErrorKind::InvalidData,
        // The write says what it is.
        Err(FileError::NotAFile { .. }) => true,
    };
    if is_own {
        return Ok(());
    }
    let cause = "it is not a generated file; move it, or choose another folder";
    Err(error(path, "it cannot be written", io::Error::other(cause)))
}

/// Generated files below the folder that are not among these, sorted.
fn left(folder: &Path, artefacts: &[Artefact]) -> Result<Vec<PathBuf>, FolderError> {
    let mut left = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
            Err(cause) => return Err(error(&folder, "it cannot be read", cause)),
        };
        for entry in entries {
            let entry = entry.map_err(|e| error(&folder, "it cannot be read", e))?;
            let kind =
                entry.file_type().map_err(|e| error(&entry.path(), "it cannot be read", e))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                left.push(entry.path());
            }
        }
    }
    let is_known = |path: &Path| artefacts.iter().any(|known| folder.join(&known.path) == path);
    let is_generated = |path: &Path| input::read(path).is_ok_and(|t| t.contains(MARKER));
    left.retain(|path| !is_known(path) && is_generated(path));
    left.sort();
    Ok(left)
}

fn error(path: &Path, action: &'static str, cause: io::Error) -> FolderError {
    FolderError { path: path.to_owned(), action, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artefact(path: &str, text: &str) -> Artefact {
        Artefact::new(path, format!("# {MARKER}\n{text}\n"))
    }

    #[test]
    fn what_was_written_is_not_stale_until_it_is_edited() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, artefacts) =
            (folder.path(), [artefact("rules/a.yml", "a"), artefact("b.md", "b")]);
        let missing = Stale::find(folder, &artefacts).unwrap();
        assert!(matches!(missing[..], [Stale::Missing(_), Stale::Missing(_)]));

        assert_eq!(Write::to(folder, &artefacts).unwrap().written, 2);
        assert_eq!(Write::to(folder, &artefacts).unwrap().unchanged, 2);
        assert!(Stale::find(folder, &artefacts).unwrap().is_empty());

        fs::write(folder.join("b.md"), format!("# {MARKER}\nc\n")).unwrap();
        let stale = Stale::find(folder, &artefacts).unwrap();
        let path = folder.join("b.md");
        assert_eq!(
            stale[0].to_string(),
            format!("{}:2: it has `c`, and would have `b`", path.display())
        );
    }

    #[test]
    fn files_of_former_catalogues_go_and_files_by_hand_stay() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        Write::to(folder, &[artefact("rules/a.yml", "a"), artefact("b.md", "b")]).unwrap();
        fs::write(folder.join("rules/by_hand.yml"), "groups: []\n").unwrap();

        let now = [artefact("b.md", "b")];
        let stale = Stale::find(folder, &now).unwrap();
        assert_eq!(stale, [Stale::Left(folder.join("rules/a.yml"))]);
        assert_eq!(Write::to(folder, &now).unwrap().removed, 1);
        assert!(!folder.join("rules/a.yml").exists());
        assert!(folder.join("rules/by_hand.yml").exists());
    }

    #[test]
    fn a_file_by_hand_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let artefacts = [artefact("a.md", "a"), artefact("b.md", "b")];
        for by_hand in [&b"# Our metrics\n"[..], b"\xff\xfe", b" "] {
            fs::write(folder.join("b.md"), by_hand).unwrap();
            let refused = Write::to(folder, &artefacts).unwrap_err().to_string();
            assert!(refused.contains("b.md: it cannot be written: it is not a gen"), "{refused}");
            assert_eq!(fs::read(folder.join("b.md")).unwrap(), by_hand);
            assert!(!folder.join("a.md").exists());
        }
        for ours in [String::new(), format!("# {MARKER}\nwhat was half writ")] {
            fs::write(folder.join("b.md"), ours).unwrap();
            assert_eq!(Write::to(folder, &artefacts).unwrap().removed, 0);
            fs::remove_file(folder.join("a.md")).unwrap();
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_in_the_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let made =
            std::process::Command::new("mkfifo").arg(folder.path().join("a.md")).status().unwrap();
        assert!(made.success());
        let artefacts = [artefact("a.md", "1")];
        let expected = "a.md: it cannot be written: it is not a regular file";
        let error = Write::to(folder.path(), &artefacts).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
        let expected = "a.md: it cannot be read: it is not a regular file";
        let error = Stale::find(folder.path(), &artefacts).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}
