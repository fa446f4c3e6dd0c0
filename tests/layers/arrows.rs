use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Item, visit_mut::VisitMut};

use crate::modules::{Meaning, Module, Modules, imports};

/// A path in a file that leads to something of the same crate.
pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) line: usize,
    /// The path as it is written.
    pub(crate) written: String,
    /// The file that defines the thing.
    pub(crate) to: String,
    /// Whether the path only passes the name on: `pub use`.
    pub(crate) is_reexport: bool,
    /// Whether the first name behind `crate` is defined or imported in `lib.rs`, and is
    /// not a module.
    pub(crate) is_through_root: bool,
    /// Whether the first name behind `crate` is public, where the path begins with `crate`.
    pub(crate) is_public: bool,
}

/// Every path of a crate that leads to something of the same crate.
pub(crate) fn arrows(modules: &Modules) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for (path, module) in modules {
        let mut finder = Finder { modules, module, path, arrows: &mut arrows };
        for item in &module.items {
            if let Item::Use(import) = item {
                let is_reexport = !matches!(import.vis, syn::Visibility::Inherited);
                for import in imports(&import.tree) {
                    finder.follow(&import.path, import.span, is_reexport);
                }
            } else {
                finder.visit_item_mut(&mut item.clone());
            }
        }
    }
    arrows
}

struct Finder<'a> {
    modules: &'a Modules,
    module: &'a Module,
    path: &'a [String],
    arrows: &'a mut Vec<Arrow>,
}

impl Finder<'_> {
    fn follow(&mut self, written: &[String], span: Span, is_reexport: bool) {
        let Some(to) = resolve(self.modules, self.path, written, &mut BTreeSet::new()) else {
            return;
        };
        let begins_with_crate = written.len() > 1 && written[0] == "crate";
        let root = &self.modules[&Vec::new()];
        let names = written.get(1).and_then(|name| root.names.get(name));
        let names = names.map(Vec::as_slice).unwrap_or_default();
        let is_module = names.iter().any(|name| matches!(name.meaning, Meaning::Module));
        let file = &self.module.file;
        if to != *file {
            self.arrows.push(Arrow {
                from: file.clone(),
                line: span.start().line,
                written: written.join("::"),
                to,
                is_reexport,
                is_through_root: begins_with_crate && !is_module,
                is_public: !begins_with_crate || names.iter().any(|name| name.is_public),
            });
        } else if begins_with_crate && !is_module {
            self.arrows.push(Arrow {
                from: file.clone(),
                line: span.start().line,
                written: written.join("::"),
                to,
                is_reexport,
                is_through_root: true,
                is_public: names.iter().any(|name| name.is_public),
            });
        }
    }

    /// Macros are not parsed: their tokens are searched for paths that begin with `crate` or
    /// `super`.
    fn search(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let TokenTree::Group(group) = &tokens[at] {
                self.search(group.stream());
            }
            let mut path = Vec::new();
            if let TokenTree::Ident(first) = &tokens[at]
                && (first == "crate" || first == "super")
            {
                let span = first.span();
                path.push(first.to_string());
                while let [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(next), ..] =
                    &tokens[at + 1..]
                    && a.as_char() == ':'
                    && b.as_char() == ':'
                {
                    path.push(next.to_string());
                    at += 3;
                }
                // `pub(super)` leads nowhere.
                if path.len() > 1 {
                    self.follow(&path, span, false);
                }
            }
            at += 1;
        }
    }
}

impl VisitMut for Finder<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let written: Vec<_> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        let is_relative = written.len() > 1 || self.module.names.contains_key(&written[0]);
        // A single name was followed where it was imported.
        if path.leading_colon.is_none() && is_relative && written.len() > 1 {
            self.follow(&written, path.segments[0].ident.span(), false);
        }
        syn::visit_mut::visit_path_mut(self, path);
    }

    fn visit_item_use_mut(&mut self, import: &mut syn::ItemUse) {
        for import in imports(&import.tree) {
            self.follow(&import.path, import.span, false);
        }
    }

    fn visit_macro_mut(&mut self, invoked: &mut syn::Macro) {
        self.search(invoked.tokens.clone());
    }

    fn visit_attributes_mut(&mut self, _: &mut Vec<syn::Attribute>) {}
}

/// The file that defines the item that a path in a module leads to. `None` if the item is in
/// another crate.
fn resolve(
    modules: &Modules,
    from: &[String],
    path: &[String],
    seen: &mut BTreeSet<(Vec<String>, Vec<String>)>,
) -> Option<String> {
    if !seen.insert((from.to_vec(), path.to_vec())) {
        return None;
    }
    let mut module = from.to_vec();
    let mut rest = path;
    match path.first().map(String::as_str) {
        Some("crate") => (module, rest) = (Vec::new(), &path[1..]),
        Some("self") => rest = &path[1..],
        _ => {}
    }
    while rest.first().is_some_and(|part| part == "super") {
        module.pop()?;
        rest = &rest[1..];
    }
    let Some((name, after)) = rest.split_first() else {
        return modules.get(&module).map(|module| module.file.clone());
    };
    let here = modules.get(&module)?;
    for meaning in here.names.get(name).into_iter().flatten().map(|name| &name.meaning) {
        match meaning {
            Meaning::Item => return Some(here.file.clone()),
            Meaning::Module => {
                let mut below = module.clone();
                below.push(name.clone());
                let mut inside = vec!["self".to_owned()];
                inside.extend_from_slice(after);
                return resolve(modules, &below, &inside, seen);
            }
            // `use quote::quote`: the first is a crate, not the imported name.
            Meaning::Import(import) if import.first() == Some(name) => {}
            Meaning::Import(import) => {
                let mut whole = import.clone();
                whole.extend_from_slice(after);
                if let Some(file) = resolve(modules, &module, &whole, seen) {
                    return Some(file);
                }
            }
        }
    }
    here.globs.iter().find_map(|glob| {
        let mut whole = glob.clone();
        whole.extend_from_slice(rest);
        resolve(modules, &module, &whole, seen)
    })
}
