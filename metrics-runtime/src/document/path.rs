/// The place of a source file, without what belongs to the machine that compiled it.
///
/// `file!()` is relative to the workspace for its packages, and absolute for dependencies.
pub(super) fn portable(file: &str, package: &str, version: &str) -> String {
    let file = file.replace('\\', "/");
    let is_absolute = file.starts_with('/') || file.get(1..3) == Some(":/");
    if !is_absolute {
        return file;
    }
    let of_registry = format!("/{package}-{version}/");
    let begin = match file.rfind(&of_registry) {
        Some(at) => at + of_registry.len(),
        None => file.rfind("/src/").map_or(file.rfind('/'), Some).map_or(0, |at| at + 1),
    };
    file[begin..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn a_path_says_nothing_of_the_machine() {
        for (file, expected) in [
            ("examples/shop/src/metrics.rs", "examples/shop/src/metrics.rs"),
            ("/home/a/.cargo/registry/src/index/shop-1.2.0/src/metrics.rs", "src/metrics.rs"),
            ("/home/a/shop-1.2.0/shop-1.2.0/tests/all.rs", "tests/all.rs"),
            ("/build/src/shop/src/metrics/jobs.rs", "src/metrics/jobs.rs"),
            ("/build/generated.rs", "generated.rs"),
            (r"C:\build\shop\src\metrics.rs", "src/metrics.rs"),
            (r"src\metrics.rs", "src/metrics.rs"),
            ("", ""),
        ] {
            assert_eq!(portable(file, "shop", "1.2.0"), expected, "{file}");
        }
    }
}
