use std::fmt;

/// The source location of the declaration of a metric, a set or a handler.
///
/// ```
/// use osapi_metrics::descriptor::Origin;
///
/// const HERE: Origin = Origin::new(
///     env!("CARGO_PKG_NAME"),
///     env!("CARGO_PKG_VERSION"),
///     module_path!(),
///     file!(),
///     line!(),
/// );
/// assert_eq!(HERE.to_string(), format!("{}:{}", HERE.file, HERE.line));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// The name of the package, from `CARGO_PKG_NAME`.
    pub package: &'static str,
    /// The package's version, from `CARGO_PKG_VERSION`.
    pub version: &'static str,
    /// The module, from `module_path!()`.
    pub module: &'static str,
    /// The source file, from `file!()`.
    pub file: &'static str,
    /// The line in the source file, from `line!()`.
    pub line: u32,
}

impl Origin {
    /// The location of a declaration, by its `env!`, `module_path!`, `file!` and `line!`.
    pub const fn new(
        package: &'static str,
        version: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self { package, version, module, file, line }
    }

    pub(crate) const fn unknown() -> Self {
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
