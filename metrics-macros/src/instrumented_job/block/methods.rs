use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, ItemImpl, Meta};

use super::{
    Block,
    inherit::{check_use, inherit},
    names,
    parse::Member,
};
use crate::{
    attribute::{Entries, Errors},
    instrumented_job::{
        job::expand_function,
        keys::{check_block_keys, check_method_keys},
        parse::{Function, is_instrumented_job},
    },
};

/// The block with each of its methods as a job.
pub(crate) fn expand(block: Block, entries: &Entries, errors: &mut Errors) -> TokenStream {
    let Block { head, header, braces, inner, members } = block;
    check_block_keys(entries, errors);
    let prefix = check_prefix(&header, entries, errors);
    check_attributes(&header, errors);
    let members: Vec<_> = members.into_iter().map(|member| read(member, errors)).collect();
    check_members(&header, &members, entries, errors);
    let members = members.iter().map(|member| match member {
        Read::Job { function, own } => {
            let entries = inherit(function, own, entries);
            expand_function(function, &entries, Some(&prefix), errors)
        }
        Read::Skipped(function) => function.to_token_stream(),
        Read::Other(tokens) => tokens.clone(),
    });
    let members: TokenStream = members.collect();
    let mut inside = Group::new(braces.delimiter(), quote!(#(#inner)* #members));
    inside.set_span(braces.span());
    quote!(#head #inside)
}

/// A member of the block, and what its attribute asks for.
enum Read {
    Job { function: Box<Function>, own: Entries },
    Skipped(Box<Function>),
    Other(TokenStream),
}

/// Takes the attribute off a method and reads it.
fn read(member: Member, errors: &mut Errors) -> Read {
    let mut function = match member {
        Member::Method(function) => function,
        Member::Other(tokens) => return Read::Other(tokens),
    };
    let attributes = &mut function.attributes;
    if let Some(at) = attributes.iter().position(is_conditional) {
        errors.report_on(
            attributes.remove(at),
            "the block is expanded before this condition is known; write the method once for each \
             case, with `#[cfg(…)]` and `#[instrumented_job(…)]`",
        );
    }
    let Some(at) = attributes.iter().position(is_instrumented_job) else {
        return Read::Job { function, own: Entries::default() };
    };
    let attribute = attributes.remove(at);
    let arguments = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) => TokenStream::new(),
        meta @ Meta::NameValue(_) => {
            errors.report_on(meta, "the keys are missing; write `#[instrumented_job(key = …)]`");
            TokenStream::new()
        }
    };
    let own = Entries::inside(arguments, "name", errors);
    check_method_keys(&own, errors);
    if !own.flag("skip", errors) {
        return Read::Job { function, own };
    }
    if let Some(other) = own.other_than("skip") {
        let message = format!("a method with `skip` is no job; remove `{other}`, or `skip`");
        errors.report(other.span(), message);
    }
    Read::Skipped(function)
}

/// Whether a condition decides whether a method has the attribute.
fn is_conditional(attribute: &Attribute) -> bool {
    let names_it =
        |token: TokenTree| matches!(token, TokenTree::Ident(name) if name == "instrumented_job");
    attribute.path().is_ident("cfg_attr")
        && match &attribute.meta {
            Meta::List(list) => list.tokens.clone().into_iter().any(names_it),
            _ => false,
        }
}

/// The beginning of the names of the block's jobs.
fn check_prefix(header: &ItemImpl, entries: &Entries, errors: &mut Errors) -> String {
    let Some(prefix) = entries.text("prefix", errors) else { return names::prefix(header) };
    if prefix.value.is_empty() {
        errors.report(prefix.span, "the prefix is empty; leave it out to use the name of the type");
    } else if let Some(word) = prefix.value.strip_suffix('.') {
        let message = format!("a `.` follows the prefix anyway; write `prefix = \"{word}\"`");
        errors.report(prefix.span, message);
    } else if entries.get("metrics").is_some() {
        errors.report(
            prefix.span,
            "`prefix` begins a label of `JobMetrics`; in another set, give the job's name among the \
             `labels`",
        );
    }
    prefix.value
}

fn check_attributes(header: &ItemImpl, errors: &mut Errors) {
    if let Some(attribute) = header.attrs.iter().find(|a| is_instrumented_job(a)) {
        errors.report_on(
            attribute,
            "the methods of the block are jobs already, which would be counted twice; remove one of \
             the attributes",
        );
    }
}

/// Reports a block without jobs, and keys that fit none of its methods.
fn check_members(header: &ItemImpl, members: &[Read], entries: &Entries, errors: &mut Errors) {
    let jobs = members.iter().filter_map(|member| match member {
        Read::Job { function, .. } => Some(function.as_ref()),
        Read::Skipped(_) | Read::Other(_) => None,
    });
    let jobs: Vec<_> = jobs.collect();
    if !jobs.is_empty() {
        check_use(&jobs, entries, errors);
        return;
    }
    let all_skipped = members.iter().any(|member| matches!(member, Read::Skipped(_)));
    let message = if all_skipped {
        "every method of the block has `skip`; remove the attribute from the block"
    } else {
        "the block has no methods, whose calls would be jobs; remove the attribute"
    };
    errors.report(header.impl_token.span, message);
}
