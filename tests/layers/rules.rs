use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use syn::{Item, spanned::Spanned};

use crate::{
    arrows::{Arrow, arrows},
    modules::{self, Module},
    table::{Room, Table},
};

/// The room that sees what users see.
const INSTRUMENTATION: &str = "instrumentation";

/// The rules that a crate breaks, each with its file and line.
pub(crate) fn broken_rules(source: &Path, table: &Table, has_faces: bool) -> Vec<String> {
    let modules = modules::read(source);
    let files: BTreeSet<_> = modules.values().map(|module| module.file.as_str()).collect();
    let without_room =
        files.iter().filter(|file| **file != "lib.rs" && !is_face_of_rooms(file, table));
    let mut broken: Vec<_> = without_room
        .filter(|file| table.room_of(file).is_none())
        .map(|file| format!("{file}: the file is in no room of docs/architecture.md"))
        .collect();
    let arrows: Vec<_> =
        arrows(&modules).into_iter().filter(|arrow| arrow.from != "lib.rs").collect();
    broken.extend(arrows.iter().filter_map(|arrow| broken_by(arrow, table)));
    broken.extend(circles(&arrows, table));
    if has_faces {
        broken.extend(modules.values().flat_map(code_in_face));
    }
    broken
}

/// Whether a file is the `mod.rs` of a folder that has rooms in it.
fn is_face_of_rooms(file: &str, table: &Table) -> bool {
    file.strip_suffix("mod.rs").is_some_and(|folder| {
        table.room_of(file).is_none() && table.rooms().any(|room| room.starts_with(folder))
    })
}

fn broken_by(arrow: &Arrow, table: &Table) -> Option<String> {
    let Arrow { from, line, written, to, .. } = arrow;
    let place = format!("{from}:{line}");
    let room = table.room_of(from)?;
    if room.name == INSTRUMENTATION {
        let inside = table.room_of(to) == Some(room);
        return (!inside && !arrow.is_public).then(|| {
            format!("{place}: `{written}` is not public; `{}` imports what users see", room.name)
        });
    }
    if arrow.is_through_root {
        return Some(format!(
            "{place}: `{written}` goes through the crate's root; import from the room that defines it"
        ));
    }
    let other = table.room_of(to)?;
    (room != other && other.floor >= room.floor).then(|| {
        let Room { name, floor } = other;
        format!(
            "{place}: `{written}` is in `{name}` on floor {floor}, and `{}` on floor {} imports \
             from lower floors only",
            room.name, room.floor
        )
    })
}

/// The arrows that close a circle of files inside a room, each circle once.
fn circles(arrows: &[Arrow], table: &Table) -> Vec<String> {
    let mut edges: BTreeMap<&str, BTreeMap<&str, &Arrow>> = BTreeMap::new();
    for arrow in arrows.iter().filter(|arrow| !arrow.is_reexport && arrow.from != arrow.to) {
        if table.room_of(&arrow.from) == table.room_of(&arrow.to) {
            edges.entry(&arrow.from).or_default().entry(&arrow.to).or_insert(arrow);
        }
    }
    let mut broken = Vec::new();
    let mut reported = BTreeSet::new();
    for (from, targets) in &edges {
        for (to, arrow) in targets {
            let Some(way) = way_back(&edges, to, from) else { continue };
            let circle: BTreeSet<_> = way.iter().copied().collect();
            if reported.insert(circle) {
                let way = way.join(" -> ");
                let Arrow { line, written, .. } = arrow;
                broken.push(format!("{from}:{line}: `{written}` closes a circle: {from} -> {way}"));
            }
        }
    }
    broken
}

/// The shortest way from one file to another.
fn way_back<'a>(
    edges: &BTreeMap<&'a str, BTreeMap<&'a str, &Arrow>>,
    from: &'a str,
    to: &'a str,
) -> Option<Vec<&'a str>> {
    let mut ways = std::collections::VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::from([from]);
    while let Some(way) = ways.pop_front() {
        let last = *way.last()?;
        if last == to {
            return Some(way);
        }
        for next in edges.get(last).into_iter().flatten().map(|(next, _)| *next) {
            if seen.insert(next) {
                ways.push_back(way.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

fn code_in_face(module: &Module) -> Vec<String> {
    if !module.file.ends_with("mod.rs") {
        return Vec::new();
    }
    let code = module.items.iter().filter(|item| !matches!(item, Item::Use(_)));
    code.map(|item| {
        let name = match item {
            Item::Const(item) => item.ident.to_string(),
            Item::Enum(item) => item.ident.to_string(),
            Item::Fn(item) => item.sig.ident.to_string(),
            Item::Static(item) => item.ident.to_string(),
            Item::Struct(item) => item.ident.to_string(),
            Item::Trait(item) => item.ident.to_string(),
            Item::Type(item) => item.ident.to_string(),
            Item::Impl(_) => "impl".to_owned(),
            _ => "code".to_owned(),
        };
        format!(
            "{}:{}: `{name}` is defined in a `mod.rs`, which has documentation, modules and \
             imports only",
            module.file,
            item.span().start().line
        )
    })
    .collect()
}
