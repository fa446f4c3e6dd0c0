use std::collections::BTreeMap;

use syn::{Item, UseTree, Visibility, spanned::Spanned};

use super::{
    files::{TextFile, files},
    modules::attributes,
};

/// The widest line. `rustfmt` wraps neither comments nor text literals.
const WIDTH: usize = 100;

#[test]
fn lines_and_imports_have_one_style() {
    let mut broken = Vec::new();
    for TextFile { name, text } in files(&["rs"]) {
        broken.extend(broken_style(&text).into_iter().map(|broken| format!("{name}:{broken}")));
    }
    assert!(broken.is_empty(), "{} places:\n{}", broken.len(), broken.join("\n"));
}

/// The lines that are too long, and the heads of files and modules in another order.
fn broken_style(text: &str) -> Vec<String> {
    let mut broken: Vec<_> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.chars().count() > WIDTH && !may_be_long(line))
        .map(|(nth, _)| format!("{}: the line has more than {WIDTH} characters", nth + 1))
        .collect();
    match syn::parse_file(text) {
        Ok(file) => broken.extend(broken_head(&file.items)),
        Err(error) => broken.push(format!("{}: {error}", error.span().start().line)),
    }
    broken
}

/// Text literals, addresses and rows of tables cannot be wrapped.
fn may_be_long(line: &str) -> bool {
    let comment =
        line.trim_start().strip_prefix("//").map(|text| text.trim_start_matches(['/', '!']));
    match comment {
        Some(text) => text.contains("://") || text.trim_start().starts_with('|'),
        None => {
            line.contains('"') || line.trim_end().ends_with('\\') || !line.contains(['(', '{', ';'])
        }
    }
}

/// `mod` lines first, then imports, and one import for each crate.
fn broken_head(items: &[Item]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut import_seen = false;
    let mut crates: BTreeMap<(String, String), usize> = BTreeMap::new();
    for item in items {
        let line = item.span().start().line;
        match item {
            Item::Mod(module) if module.content.is_none() && import_seen => {
                broken.push(format!("{line}: `mod {}` stands below an import", module.ident));
            }
            Item::Use(import) => {
                import_seen = true;
                let visibility = match &import.vis {
                    Visibility::Public(_) => "pub",
                    Visibility::Restricted(_) => "pub(…)",
                    Visibility::Inherited => "",
                };
                let of_item = attributes(item).is_empty() && visibility.is_empty();
                let first = match &import.tree {
                    UseTree::Path(path) => path.ident.to_string(),
                    _ => continue,
                };
                if of_item
                    && import.leading_colon.is_none()
                    && let Some(before) =
                        crates.insert((visibility.to_owned(), first.clone()), line)
                {
                    broken.push(format!("{line}: `{first}` is imported in line {before} already"));
                }
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    broken.extend(broken_head(items));
                }
            }
            _ => {}
        }
    }
    broken
}

#[test]
fn a_long_line_is_named_and_a_long_text_is_not() {
    let long = format!("// {}\nfn f() {{}}\n", "x".repeat(98));
    assert_eq!(broken_style(&long), ["1: the line has more than 100 characters"]);
    let text = format!("const T: &str = \"{}\";\n", "x".repeat(98));
    assert_eq!(broken_style(&text), Vec::<String>::new());
}

#[test]
fn two_imports_of_one_crate_are_named() {
    let text = "use std::fmt;\nuse std::io;\nmod late;\n";
    assert_eq!(
        broken_style(text),
        ["2: `std` is imported in line 1 already", "3: `mod late` stands below an import"]
    );
}
