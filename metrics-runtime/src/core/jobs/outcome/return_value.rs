/// A value that a function returned. Traits that are implemented for references to it select code
/// by the type of the value.
#[derive(Debug)]
pub struct ReturnValue<'a, R>(pub &'a R);
