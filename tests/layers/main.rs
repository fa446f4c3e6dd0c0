//! Holds the imports of each crate against the table of rooms and floors in `docs/architecture.md`.
//!
//! A room is a folder or a file, and imports from rooms on lower floors only. The files of a room
//! form no circle. Nobody imports through the crate's root, except `instrumentation/`, which
//! imports only what users see. A `mod.rs` of the runtime has documentation, modules and imports,
//! and no code of its own. `style.rs` holds the width of lines and the order of imports, and
//! `glossary.rs` the terms in code, comments and pages.

mod arrows;
mod dependencies;
mod files;
mod glossary;
mod modules;
mod rules;
mod style;
mod table;

use std::{fs, path::Path};

use rules::broken_rules;
use table::Table;

/// The crates that the architecture page has a table for, with their folders, and whether each
/// `mod.rs` is a face.
const CRATES: [(&str, &str, bool); 6] = [
    ("metrics-runtime", "metrics-runtime/src", true),
    ("metrics-macros", "metrics-macros/src", false),
    ("metrics-rules", "metrics-rules/src", false),
    ("metrics-explorer", "metrics-explorer/src", false),
    ("metrics-artefacts", "metrics-artefacts/src", false),
    ("benches", "benches/src", false),
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package has a parent folder")
}

fn table_of(name: &str) -> Table {
    let page = fs::read_to_string(repository().join("docs/architecture.md")).unwrap();
    Table::parse(&page, name)
}

#[test]
fn every_crate_keeps_its_layers() {
    let mut broken = Vec::new();
    for (name, source, has_faces) in CRATES {
        for rule in broken_rules(&repository().join(source), &table_of(name), has_faces) {
            broken.push(format!("{source}/{rule}"));
        }
    }
    assert!(broken.is_empty(), "{} broken rules:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn every_row_of_the_table_names_a_room() {
    for (name, source, _) in CRATES {
        for room in table_of(name).rooms() {
            let path = repository().join(source).join(room);
            assert!(
                path.is_dir() || path.with_extension("rs").is_file(),
                "docs/architecture.md, `{name}`: there is no room `{room}`"
            );
        }
    }
}

/// A small crate, written to a folder of its own.
struct Crate(tempfile::TempDir);

impl Crate {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn broken_rules(&self) -> Vec<String> {
        let table = "\
## example

| floor | room | what it is |
|---|---|---|
| 1 | `low` | a folder |
| 1 | `beside` | a file |
| 2 | `high` | a file |
| 3 | `instrumentation` | a file |
";
        broken_rules(self.0.path(), &Table::parse(table, "example"), true)
    }
}

const LIB: &str = "mod low;\nmod beside;\nmod high;\nmod instrumentation;\npub use high::High;\n";
const LOW: &str = "mod one;\nmod two;\npub(crate) use one::One;\npub(crate) use two::Two;\n";

fn with(changed: &[(&str, &str)]) -> Vec<String> {
    let mut files = vec![
        ("lib.rs", LIB),
        ("low/mod.rs", LOW),
        ("low/one.rs", "pub(crate) struct One;\n"),
        ("low/two.rs", "use super::One;\npub(crate) struct Two(One);\n"),
        ("beside.rs", "pub(crate) fn beside() {}\n"),
        ("high.rs", "use crate::low::Two;\npub struct High(Two);\n"),
        ("instrumentation.rs", "use crate::High;\nfn f(_: High) {}\n"),
    ];
    for (path, text) in changed {
        files.retain(|(other, _)| other != path);
        files.push((path, text));
    }
    Crate::new(&files).broken_rules()
}

#[test]
fn imports_that_go_down_break_no_rule() {
    assert_eq!(with(&[]), Vec::<String>::new());
}

#[test]
fn an_import_that_goes_up_is_named_with_its_line() {
    let broken = with(&[("low/one.rs", "pub(crate) struct One;\nuse crate::high::High;\n")]);
    assert_eq!(
        broken,
        [
            "low/one.rs:2: `crate::high::High` is in `high` on floor 2, and `low` on floor 1 imports \
          from lower floors only"
        ]
    );
}

#[test]
fn rooms_of_one_floor_do_not_see_each_other() {
    let broken = with(&[("beside.rs", "pub(crate) fn beside(_: crate::low::One) {}\n")]);
    assert_eq!(
        broken,
        ["beside.rs:1: `crate::low::One` is in `low` on floor 1, and `beside` on floor 1 imports \
          from lower floors only"]
    );
}

#[test]
fn a_module_that_is_imported_is_followed_to_what_is_used_of_it() {
    let broken = with(&[(
        "low/one.rs",
        "use crate::high;\npub(crate) struct One;\nfn f() { let _ = high::High::new(); }\n",
    )]);
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(broken[1].starts_with("low/one.rs:3: `high::High::new` is in `high`"), "{broken:?}");
}

#[test]
fn a_path_in_a_macro_counts() {
    let broken = with(&[(
        "low/one.rs",
        "pub(crate) struct One;\nmacro_rules! m { () => { crate::high::High } }\n",
    )]);
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("low/one.rs:2: `crate::high::High`"), "{broken:?}");
}

#[test]
fn tests_may_import_anything() {
    let broken = with(&[(
        "low/one.rs",
        "pub(crate) struct One;\n#[cfg(test)]\nmod tests { use crate::high::High; }\n",
    )]);
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn an_import_through_the_root_is_named() {
    let broken = with(&[(
        "high.rs",
        "use crate::low::Two;\npub struct High(Two);\nfn f(_: crate::High) {}\n",
    )]);
    assert_eq!(
        broken,
        ["high.rs:3: `crate::High` goes through the crate's root; import from the room that \
          defines it"]
    );
}

#[test]
fn instrumentation_sees_what_users_see() {
    let broken = with(&[("instrumentation.rs", "use crate::low::One;\n")]);
    assert_eq!(
        broken,
        ["instrumentation.rs:1: `crate::low::One` is not public; `instrumentation` imports what \
          users see"]
    );
}

#[test]
fn files_of_a_room_form_no_circle() {
    let broken = with(&[("low/one.rs", "pub(crate) struct One;\nfn f(_: super::Two) {}\n")]);
    assert_eq!(
        broken,
        ["low/one.rs:2: `super::Two` closes a circle: low/one.rs -> low/two.rs -> low/one.rs"]
    );
}

#[test]
fn a_face_has_no_code() {
    let lib = format!("{LOW}\nfn code() {{}}\n");
    let broken = with(&[("low/mod.rs", &lib)]);
    assert_eq!(
        broken,
        ["low/mod.rs:6: `code` is defined in a `mod.rs`, which has documentation, modules and \
          imports only"]
    );
}

#[test]
fn a_file_without_a_room_is_named() {
    let lib = format!("{LIB}mod other;\n");
    let broken = with(&[("lib.rs", &lib), ("other.rs", "")]);
    assert_eq!(broken, ["other.rs: the file is in no room of docs/architecture.md"]);
}
