use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::scenario::FILE;

/// A copy of the library with a file of answers, in a folder that is removed with this value.
#[derive(Debug)]
pub struct FakeDriver {
    folder: TempDir,
}

impl FakeDriver {
    /// A driver with these answers.
    ///
    /// # Errors
    ///
    /// If the library has not been built, or the files cannot be written.
    pub fn with_answers(answers: impl AsRef<[u8]>) -> io::Result<Self> {
        let driver = Self::uninstalled()?;
        driver.answer(answers)?;
        driver.install()?;
        Ok(driver)
    }

    /// A folder without the library.
    ///
    /// # Errors
    ///
    /// If there cannot be another folder.
    pub fn uninstalled() -> io::Result<Self> {
        Ok(Self { folder: TempDir::with_prefix("fake-nvml-")? })
    }

    /// Puts the library in its place.
    ///
    /// # Errors
    ///
    /// If the library has not been built, or cannot be written.
    pub fn install(&self) -> io::Result<()> {
        // A rename: a library of which only a part has been written cannot be loaded.
        let copy = self.folder.path().join("copy");
        fs::copy(built_library()?, &copy)?;
        fs::rename(copy, self.library())
    }

    /// Changes all answers at once.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn answer(&self, answers: impl AsRef<[u8]>) -> io::Result<()> {
        let copy = self.folder.path().join("answers.new");
        fs::write(&copy, answers)?;
        fs::rename(copy, self.folder.path().join(FILE))
    }

    /// Unloads the driver: the library stays, and all calls fail until there is another answer.
    ///
    /// # Errors
    ///
    /// If the driver is not loaded, or the file cannot be removed.
    pub fn unload(&self) -> io::Result<()> {
        fs::remove_file(self.folder.path().join(FILE))
    }

    /// The path of the library.
    #[must_use]
    pub fn library(&self) -> PathBuf {
        self.folder.path().join("libnvidia-ml.so.1")
    }
}

/// The library, which Cargo builds with this crate: in `deps` of the profile's folder, as a
/// dependency of the program that runs.
fn built_library() -> io::Result<PathBuf> {
    let name = format!("{}fake_nvml{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let program = env::current_exe()?;
    // Tests are in `deps` themselves; other programs, and doctests, are beside it or below.
    let folders = program.ancestors().skip(1).take(3).map(Path::to_owned);
    folders
        .flat_map(|folder| [folder.join("deps"), folder])
        .map(|folder| folder.join(&name))
        .find(|file| file.is_file())
        .ok_or_else(|| {
            let program = program.display();
            io::Error::new(io::ErrorKind::NotFound, format!("there is no {name} near {program}"))
        })
}
