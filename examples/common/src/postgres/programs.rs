//! The programs of an installed PostgreSQL.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::error::PostgresError;

/// Where Debian installs PostgreSQL: a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The programs of one installed version.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) initdb: PathBuf,
    pub(super) postgres: PathBuf,
}

impl Programs {
    /// The programs in a folder or, without a folder, those in `PATH` or of the highest version
    /// that Debian has installed.
    pub(super) fn find(folder: Option<&Path>) -> Result<Self, PostgresError> {
        if let Some(folder) = folder {
            let searched = folder.display().to_string();
            return Self::in_folder(folder).ok_or(PostgresError::NotInstalled { searched });
        }
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .chain(versions(Path::new(DEBIAN)))
            .find_map(|folder| Self::in_folder(&folder))
            .ok_or_else(|| PostgresError::NotInstalled {
                searched: format!("PATH and {DEBIAN}/*/bin"),
            })
    }

    fn in_folder(folder: &Path) -> Option<Self> {
        let found = Self { initdb: folder.join("initdb"), postgres: folder.join("postgres") };
        // The server runs in a folder of its own, where a relative path leads nowhere.
        (folder.is_absolute() && found.initdb.is_file() && found.postgres.is_file())
            .then_some(found)
    }
}

/// The folders with the programs of each version, the highest version first.
fn versions(installed: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(installed).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, folder)| folder.join("bin")).collect()
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn the_highest_version_is_first() {
        let installed = tempdir().expect("a temporary folder");
        for name in ["9", "15", "common", "17"] {
            fs::create_dir(installed.path().join(name)).expect("a folder");
        }
        let expected = ["17/bin", "15/bin", "9/bin"].map(|folder| installed.path().join(folder));
        assert_eq!(versions(installed.path()), expected);
        assert_eq!(versions(&installed.path().join("absent")), Vec::<PathBuf>::new());
    }

    #[test]
    fn both_programs_are_needed() {
        let folder = tempdir().expect("a temporary folder");
        fs::write(folder.path().join("postgres"), "").expect("a file");
        let error = Programs::find(Some(folder.path())).expect_err("there is no initdb");
        assert!(error.to_string().contains("apt-get install postgresql"), "{error}");
        fs::write(folder.path().join("initdb"), "").expect("a file");
        Programs::find(Some(folder.path())).expect("both are there");
    }
}
