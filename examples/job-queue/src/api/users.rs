//! The users that the header `x-user` names.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use crate::metrics::ActiveUsers;

/// The user of a request, if the client says who it is.
#[derive(Clone, Debug)]
pub(super) struct User(pub(super) Option<String>);

/// The longest name.
const MAX_BYTES: usize = 64;

/// Remembers the user of each request. Names are of the clients' choice, so that they are no label:
/// a metric shows how many there are.
pub(super) async fn seen(
    State(users): State<ActiveUsers>,
    mut request: Request,
    next: Next,
) -> Response {
    let user = request.headers().get("x-user").and_then(|value| value.to_str().ok());
    let user = user.filter(|user| (1..=MAX_BYTES).contains(&user.len())).map(str::to_owned);
    if let Some(user) = &user {
        users.seen(user);
    }
    request.extensions_mut().insert(User(user));
    next.run(request).await
}
