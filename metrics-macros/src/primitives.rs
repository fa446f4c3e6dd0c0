use syn::Type;

use crate::ungrouped;

/// The names of the types that Rust has built in.
///
/// A name is not yet a type. But whoever calls another type `i64` has to expect confusion.
pub(crate) const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// Whether a type is built in, as far as its tokens tell.
pub(crate) fn is_primitive(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped::ty(ty) else { return false };
    PRIMITIVES.iter().any(|primitive| path.path.is_ident(primitive))
}
