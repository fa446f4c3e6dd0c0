use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::Span;
use syn::{Attribute, Item, UseTree, Visibility};

/// The modules of a crate, by their paths: `core::storage::cells`. The root has the empty path.
pub(crate) type Modules = BTreeMap<Vec<String>, Module>;

/// A module, without its tests.
pub(crate) struct Module {
    /// The file that it is in, from the crate's `src`.
    pub(crate) file: String,
    pub(crate) items: Vec<Item>,
    pub(crate) names: BTreeMap<String, Vec<Name>>,
    /// The modules that all names are imported from.
    pub(crate) globs: Vec<Vec<String>>,
}

/// The meaning of a name in a module.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) is_public: bool,
    pub(crate) meaning: Meaning,
}

#[derive(Clone)]
pub(crate) enum Meaning {
    /// An item that the module defines.
    Item,
    /// A module below this one.
    Module,
    /// A name that is imported from this path.
    Import(Vec<String>),
}

/// Reads the modules that begin with `lib.rs`.
pub(crate) fn read(source: &Path) -> Modules {
    let mut modules = Modules::new();
    let text = read_file(&source.join("lib.rs"));
    let file = parse(&text, "lib.rs");
    add(source, &mut modules, Vec::new(), &PathBuf::from("lib.rs"), file.items);
    modules
}

fn read_file(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parse(text: &str, file: &str) -> syn::File {
    syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn add(source: &Path, modules: &mut Modules, path: Vec<String>, file: &Path, items: Vec<Item>) {
    let mut module = Module {
        file: file.to_str().expect("source files have names of ASCII").to_owned(),
        items: Vec::new(),
        names: BTreeMap::new(),
        globs: Vec::new(),
    };
    for item in items {
        if is_test(attributes(&item)) {
            continue;
        }
        module.enter(&item);
        if let Item::Mod(inner) = &item {
            let name = inner.ident.to_string();
            let mut below = path.clone();
            below.push(name.clone());
            if let Some((_, items)) = &inner.content {
                add(source, modules, below, file, items.clone());
            } else {
                let file = file_of(source, file, &name);
                let items = parse(&read_file(&source.join(&file)), &name).items;
                add(source, modules, below, &file, items);
            }
            continue;
        }
        module.items.push(item);
    }
    modules.insert(path, module);
}

/// The file of a module that is declared in `file`.
fn file_of(source: &Path, file: &Path, name: &str) -> PathBuf {
    let folder = file.parent().unwrap_or(Path::new(""));
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    let folder = match stem {
        Some("lib" | "mod") => folder.to_owned(),
        Some(stem) => folder.join(stem),
        None => unreachable!("a source file has a name"),
    };
    let nested = folder.join(name).join("mod.rs");
    if source.join(&nested).is_file() { nested } else { folder.join(format!("{name}.rs")) }
}

impl Module {
    fn enter(&mut self, item: &Item) {
        let mut define = |name: &syn::Ident, visibility: Option<&Visibility>, meaning| {
            let is_public = matches!(visibility, Some(Visibility::Public(_)));
            self.names.entry(name.to_string()).or_default().push(Name { is_public, meaning });
        };
        match item {
            Item::Const(item) => define(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Enum(item) => define(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Fn(item) => define(&item.sig.ident, Some(&item.vis), Meaning::Item),
            Item::Macro(item) => {
                if let Some(name) = &item.ident {
                    define(name, None, Meaning::Item);
                }
            }
            Item::Mod(item) => define(&item.ident, Some(&item.vis), Meaning::Module),
            Item::Static(item) => define(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Struct(item) => define(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Trait(item) => define(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Type(item) => define(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Use(item) => {
                let is_public = matches!(item.vis, Visibility::Public(_));
                for Import { path, name, .. } in imports(&item.tree) {
                    match name {
                        Some(name) => {
                            let meaning = Meaning::Import(path);
                            let names = self.names.entry(name).or_default();
                            names.push(Name { is_public, meaning });
                        }
                        None => self.globs.push(path),
                    }
                }
            }
            _ => {}
        }
    }
}

/// One path of an import.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// The name that it has here; absent for `*`.
    pub(crate) name: Option<String>,
    pub(crate) span: Span,
}

/// The paths that an import names.
pub(crate) fn imports(tree: &UseTree) -> Vec<Import> {
    fn walk(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Import>) {
        match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                walk(&part.tree, path, found);
                path.pop();
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| walk(tree, path, found));
            }
            UseTree::Glob(star) => {
                let span = star.star_token.spans[0];
                found.push(Import { path: path.clone(), name: None, span });
            }
            UseTree::Name(part) => push(&part.ident, &part.ident, path, found),
            UseTree::Rename(part) => push(&part.ident, &part.rename, path, found),
        }
    }
    fn push(ident: &syn::Ident, name: &syn::Ident, path: &[String], found: &mut Vec<Import>) {
        let mut path = path.to_vec();
        let mut name = name.to_string();
        if ident == "self" {
            name = if name == "self" { path.last().cloned().unwrap_or_default() } else { name };
        } else {
            path.push(ident.to_string());
        }
        found.push(Import { path, name: Some(name), span: ident.span() });
    }
    let mut found = Vec::new();
    walk(tree, &mut Vec::new(), &mut found);
    found
}

pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether an item is compiled for tests only: `#[cfg(test)]`, or `all(test, …)`.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Ok(list) = attribute.meta.require_list() else { return false };
        let condition = list.tokens.to_string();
        list.path.is_ident("cfg")
            && !condition.starts_with("not")
            && condition
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == "test" || word == "doctest")
    })
}
