//! Primitive types, recognised by their tokens.

use syn::Type;

use crate::ungrouped;

/// The names of Rust's primitive types.
///
/// Another type can have such a name. The macros take it for the primitive type.
pub(crate) const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// Whether a type is primitive, judged by its tokens alone.
pub(crate) fn is_primitive(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped::ty(ty) else { return false };
    PRIMITIVES.iter().any(|primitive| path.path.is_ident(primitive))
}
