use std::fmt;

/// The place in the source that a metric was declared at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// The package, from `CARGO_PKG_NAME`.
    pub package: &'static str,
    /// The package's version, from `CARGO_PKG_VERSION`.
    pub version: &'static str,
    /// The module, from `module_path!()`.
    pub module: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in that file.
    pub line: u32,
}

impl Origin {
    /// The place given by the `env!`, `file!`, `line!` and `module_path!` of a declaration.
    pub const fn new(
        package: &'static str,
        version: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self { package, version, module, file, line }
    }

    pub(super) const fn unknown() -> Self {
        Self { package: "", version: "", module: "", file: "", line: 0 }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            return f.write_str("an unknown place");
        }
        write!(f, "{}:{}", self.file, self.line)
    }
}
