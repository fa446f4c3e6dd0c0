//! Removes the invisible delimiters in which a macro receives `$value` of a `macro_rules!` macro.

use syn::{Expr, Type};

pub(crate) fn expression(mut expression: Expr) -> Expr {
    while let Expr::Group(group) = expression {
        expression = *group.expr;
    }
    expression
}

pub(crate) fn ty(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}
