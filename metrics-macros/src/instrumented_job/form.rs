use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, ReturnType, Type,
    TypeParamBound, punctuated::Punctuated,
};

use super::parse::{Body, Function};

/// How a function runs its job.
pub(super) enum Form<'a> {
    /// Until it returns.
    Sync,
    /// An `async fn`.
    Async,
    /// In an async block that is all of its body, which `#[async_trait]` makes of an `async fn`.
    Block { block: AsyncBlock, output: Output<'a> },
    /// In a future that its body makes somehow.
    Future { boxed: Boxed, output: Output<'a> },
}

/// How the future is boxed that a function returns.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Boxed {
    No,
    /// In a `Box`.
    Plain,
    /// In a `Pin<Box>`.
    Pinned,
}

/// `async move { … }`, or `Box::pin(async move { … })`.
pub(super) struct AsyncBlock {
    /// `Box::pin` and the parentheses, whose inside is the block.
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
        let Some((boxed, output)) = future(ty) else { return Self::Sync };
        let Body::Block { tokens, .. } = &function.body else {
            return Self::Future { boxed, output };
        };
        match AsyncBlock::of(tokens) {
            Some(block) => Self::Block { block, output },
            None => Self::Future { boxed, output },
        }
    }

    /// The type that a job gives back.
    pub(super) fn output(&self, signature: &'a ReturnType) -> Output<'a> {
        match self {
            Self::Sync | Self::Async => match signature {
                ReturnType::Default => Output::Unit,
                ReturnType::Type(_, ty) => Output::Written(ty),
            },
            Self::Block { output, .. } | Self::Future { output, .. } => *output,
        }
    }
}

/// The type that a job gives back.
#[derive(Clone, Copy)]
pub(super) enum Output<'a> {
    Unit,
    Written(&'a Type),
    /// That of a future of this type, which does not say it.
    Of(&'a Type),
}

/// What the tokens of a type tell of the future that it is.
fn future(ty: &Type) -> Option<(Boxed, Output<'_>)> {
    match ty {
        Type::Group(ty) => future(&ty.elem),
        Type::Paren(ty) => future(&ty.elem),
        Type::ImplTrait(object) => {
            future_bound(&object.bounds, ty).map(|output| (Boxed::No, output))
        }
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match last.ident.to_string().as_str() {
                // An alias, whose arguments are what whoever wrote it likes.
                "BoxFuture" | "LocalBoxFuture" => Some((Boxed::Pinned, Output::Of(ty))),
                "Pin" => {
                    let Type::Path(inner) = type_arguments(arguments).next()? else { return None };
                    in_box(inner, ty).map(|output| (Boxed::Pinned, output))
                }
                _ => in_box(path, ty).map(|output| (Boxed::Plain, output)),
            }
        }
        _ => None,
    }
}

/// The output of `Box<dyn Future<Output = …>>`.
fn in_box<'a>(path: &'a syn::TypePath, whole: &'a Type) -> Option<Output<'a>> {
    let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match type_arguments(arguments).next()? {
        Type::TraitObject(object) => future_bound(&object.bounds, whole),
        Type::Paren(inner) => match inner.elem.as_ref() {
            Type::TraitObject(object) => future_bound(&object.bounds, whole),
            _ => None,
        },
        _ => None,
    }
}

/// The output of the future among these bounds.
fn future_bound<'a, P>(
    bounds: &'a Punctuated<TypeParamBound, P>,
    whole: &'a Type,
) -> Option<Output<'a>> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return Some(Output::Of(whole));
        };
        let output = arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assigned) if assigned.ident == "Output" => {
                Some(Output::Written(&assigned.ty))
            }
            _ => None,
        });
        Some(output.unwrap_or(Output::Of(whole)))
    })
}

fn type_arguments(arguments: &AngleBracketedGenericArguments) -> impl Iterator<Item = &Type> {
    arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

impl AsyncBlock {
    /// The block, if a body is nothing else.
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
