use syn::{
    ReturnType, TraitBound, Type, TypeParamBound, TypePath, spanned::Spanned, visit_mut::VisitMut,
};

use crate::{
    attribute::Errors,
    instrumented_job::{
        form::{Form, Output},
        parse::Function,
    },
};

/// Reports work inside a return value that goes on after the function has returned. Only a future
/// or a stream that is the whole value can be followed.
pub(super) fn check_returned(form: &Form<'_>, function: &Function, errors: &mut Errors) {
    let ty = match (form, &function.signature.output) {
        (_, ReturnType::Default) => return,
        (Form::Sync | Form::Async, ReturnType::Type(_, ty)) => ty.as_ref(),
        _ => match form.output(&function.signature.output) {
            Output::Written(ty) => ty,
            Output::Unit | Output::OfFuture(_) => return,
        },
    };
    let mut unfollowed = Unfollowed { errors };
    unfollowed.visit_type_mut(&mut ty.clone());
}

/// Looks for work among the parts of a type.
struct Unfollowed<'a> {
    errors: &'a mut Errors,
}

/// The last part of paths, and what the work does.
const WORK: [(&[&str], &str); 4] = [
    (
        &["Future", "BoxFuture", "LocalBoxFuture"],
        "this future runs after the job has ended; await it in the function, return it alone from a \
         function that is not async, or record the function that runs it",
    ),
    (
        &["Stream", "BoxStream", "LocalBoxStream", "TryStream"],
        "this stream has its items after the job has ended; return it alone from a function that is \
         not async, or record the function that reads it",
    ),
    (
        &["Iterator", "DoubleEndedIterator", "ExactSizeIterator", "FusedIterator"],
        "this iterator computes its items after the job has ended; collect them in the function, or \
         record the function that reads them",
    ),
    (
        &["AsyncFn", "AsyncFnMut", "AsyncFnOnce"],
        "this closure runs after the job has ended; call it in the function, or record a function \
         that calls it",
    ),
];

impl Unfollowed<'_> {
    fn check(&mut self, path: &syn::Path, is_bound: bool) {
        let Some(last) = path.segments.last() else { return };
        for (names, message) in WORK {
            // A type may have the name of a trait.
            let name = names.iter().position(|name| last.ident == name);
            if name.is_some_and(|name| is_bound || name > 0) {
                self.errors.report(path.span(), message);
            }
        }
    }
}

impl VisitMut for Unfollowed<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        // A function is no work by itself.
        if !matches!(ty, Type::FnPtr(_)) {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }

    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        self.check(&ty.path, false);
        syn::visit_mut::visit_type_path_mut(self, ty);
    }

    fn visit_type_param_bound_mut(&mut self, bound: &mut TypeParamBound) {
        if let TypeParamBound::Trait(TraitBound { path, .. }) = bound {
            self.check(path, true);
        }
        syn::visit_mut::visit_type_param_bound_mut(self, bound);
    }
}
