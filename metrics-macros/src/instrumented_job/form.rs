use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, ReturnType, Type,
    TypeParamBound, punctuated::Punctuated,
};

use super::parse::{Body, Function};

/// The form of a function: where the code of its job runs.
pub(super) enum Form<'a> {
    /// In the call, until it returns.
    Sync,
    /// In the future of an `async fn`.
    Async,
    /// In an async block that is the whole body, such as `#[async_trait]` makes of an `async fn`.
    Block { block: AsyncBlock, output: Output<'a> },
    /// In a future that the body makes in another way.
    Future { boxing: Boxing, output: Output<'a> },
    /// In a stream that the body makes, whose items have this type.
    Stream { boxing: Boxing, item: Output<'a> },
}

/// The box around the future or the stream that a function returns.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Boxing {
    None,
    Box,
    PinBox,
}

/// `async move { … }`, or `Box::pin(async move { … })`.
pub(super) struct AsyncBlock {
    /// `Box::pin` and the parentheses around the block.
    pub(super) pin: Option<(TokenStream, Group)>,
    /// `async move`
    pub(super) head: TokenStream,
    pub(super) block: Group,
}

impl<'a> Form<'a> {
    pub(super) fn of(function: &'a Function) -> Self {
        if function.signature.asyncness.is_some() {
            return Self::Async;
        }
        let ReturnType::Type(_, ty) = &function.signature.output else { return Self::Sync };
        if let Some((boxing, item)) = work(&STREAM, ty) {
            return Self::Stream { boxing, item };
        }
        let Some((boxing, output)) = work(&FUTURE, ty) else { return Self::Sync };
        let Body::Block { tokens, .. } = &function.body else {
            return Self::Future { boxing, output };
        };
        match AsyncBlock::of(tokens) {
            Some(block) => Self::Block { block, output },
            None => Self::Future { boxing, output },
        }
    }

    /// The type of the value that the job returns, or of the items of its stream.
    pub(super) fn output(&self, signature: &'a ReturnType) -> Output<'a> {
        match self {
            Self::Sync | Self::Async => match signature {
                ReturnType::Default => Output::Unit,
                ReturnType::Type(_, ty) => Output::Written(ty),
            },
            Self::Block { output, .. } | Self::Future { output, .. } => *output,
            Self::Stream { item, .. } => *item,
        }
    }
}

/// The type of the value that a job returns, or of the items of its stream.
#[derive(Clone, Copy)]
pub(super) enum Output<'a> {
    Unit,
    Written(&'a Type),
    /// The output of a future type, or the items of a stream type, whose tokens do not show them.
    OfFuture(&'a Type),
}

/// A trait of work that goes on after a function has returned, as the tokens of types show it.
struct Work {
    name: &'static str,
    /// The associated type.
    output: &'static str,
    /// Aliases of `Pin<Box<dyn …>>`. They differ in their parameters, which therefore do not show
    /// the output.
    aliases: [&'static str; 2],
}

const FUTURE: Work =
    Work { name: "Future", output: "Output", aliases: ["BoxFuture", "LocalBoxFuture"] };
const STREAM: Work =
    Work { name: "Stream", output: "Item", aliases: ["BoxStream", "LocalBoxStream"] };

/// The box and the output of work, if the tokens of the type show that it is this work.
fn work<'a>(work: &Work, ty: &'a Type) -> Option<(Boxing, Output<'a>)> {
    match ty {
        Type::Group(ty) => self::work(work, &ty.elem),
        Type::Paren(ty) => self::work(work, &ty.elem),
        Type::ImplTrait(object) => {
            bound(work, &object.bounds, ty).map(|output| (Boxing::None, output))
        }
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match last.ident.to_string().as_str() {
                name if work.aliases.contains(&name) => {
                    Some((Boxing::PinBox, Output::OfFuture(ty)))
                }
                "Pin" => {
                    let Type::Path(inner) = type_arguments(arguments).next()? else { return None };
                    in_box(work, inner, ty).map(|output| (Boxing::PinBox, output))
                }
                _ => in_box(work, path, ty).map(|output| (Boxing::Box, output)),
            }
        }
        _ => None,
    }
}

/// The output of `Box<dyn Future<Output = …>>`, or the items of `Box<dyn Stream<Item = …>>`.
fn in_box<'a>(work: &Work, path: &'a syn::TypePath, whole: &'a Type) -> Option<Output<'a>> {
    let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match type_arguments(arguments).next()? {
        Type::TraitObject(object) => bound(work, &object.bounds, whole),
        Type::Paren(inner) => match inner.elem.as_ref() {
            Type::TraitObject(object) => bound(work, &object.bounds, whole),
            _ => None,
        },
        _ => None,
    }
}

/// The output of the work among these bounds.
fn bound<'a, P>(
    work: &Work,
    bounds: &'a Punctuated<TypeParamBound, P>,
    whole: &'a Type,
) -> Option<Output<'a>> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == work.name)?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return Some(Output::OfFuture(whole));
        };
        let output = arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assigned) if assigned.ident == work.output => {
                Some(Output::Written(&assigned.ty))
            }
            _ => None,
        });
        Some(output.unwrap_or(Output::OfFuture(whole)))
    })
}

fn type_arguments(arguments: &AngleBracketedGenericArguments) -> impl Iterator<Item = &Type> {
    arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

impl AsyncBlock {
    /// The block, if the body consists of it alone.
    fn of(body: &TokenStream) -> Option<Self> {
        let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
        if let Some(block) = Self::bare(&tokens) {
            return Some(block);
        }
        let (TokenTree::Group(arguments), path) = tokens.split_last()? else { return None };
        let is_path = path.iter().all(|token| match token {
            TokenTree::Ident(_) => true,
            TokenTree::Punct(punct) => punct.as_char() == ':',
            _ => false,
        });
        let is_pin = matches!(path.last(), Some(TokenTree::Ident(last)) if last == "pin");
        if !is_path || !is_pin || arguments.delimiter() != Delimiter::Parenthesis {
            return None;
        }
        let inside: Vec<TokenTree> = arguments.stream().into_iter().collect();
        let block = Self::bare(&inside)?;
        Some(Self { pin: Some((path.iter().cloned().collect(), arguments.clone())), ..block })
    }

    fn bare(tokens: &[TokenTree]) -> Option<Self> {
        let (TokenTree::Group(block), head) = tokens.split_last()? else { return None };
        let is_head = match head {
            [TokenTree::Ident(first)] => first == "async",
            [TokenTree::Ident(first), TokenTree::Ident(second)] => {
                first == "async" && second == "move"
            }
            _ => false,
        };
        (is_head && block.delimiter() == Delimiter::Brace).then(|| Self {
            pin: None,
            head: head.iter().cloned().collect(),
            block: block.clone(),
        })
    }
}
