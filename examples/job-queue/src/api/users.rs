//! Who uses the API: the users that the header `x-user` names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

/// The users that have been there lately. Clones share them.
///
/// Names are of the clients' choice, so that they are no label: a metric shows how many there are.
#[derive(Clone, Debug)]
pub struct ActiveUsers {
    seen: Arc<Mutex<HashMap<String, Instant>>>,
    window: Duration,
}

/// The user of a request, if the client says who it is.
#[derive(Clone, Debug)]
pub(super) struct User(pub(super) Option<String>);

/// The most users that are remembered.
const MAX_USERS: usize = 100_000;

/// The longest name.
const MAX_BYTES: usize = 64;

impl ActiveUsers {
    /// Users count as active for `window` after their last request.
    pub fn new(window: Duration) -> Self {
        Self { seen: Arc::default(), window }
    }

    /// The users that are active now.
    pub fn count(&self) -> u64 {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, at| now.saturating_duration_since(*at) <= self.window);
        seen.len() as u64
    }

    /// A user has sent a request.
    pub fn saw(&self, user: &str) {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = seen.get_mut(user) {
            *at = now;
        } else if seen.len() < MAX_USERS {
            seen.insert(user.to_owned(), now);
        }
    }
}

/// Remembers the user of each request.
pub(super) async fn seen(
    State(users): State<ActiveUsers>,
    mut request: Request,
    next: Next,
) -> Response {
    let user = request.headers().get("x-user").and_then(|value| value.to_str().ok());
    let user = user.filter(|user| (1..=MAX_BYTES).contains(&user.len())).map(str::to_owned);
    if let Some(user) = &user {
        users.saw(user);
    }
    request.extensions_mut().insert(User(user));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_counted_once_and_for_a_time() {
        let users = ActiveUsers::new(Duration::from_secs(3600));
        for user in ["ada", "bob", "ada"] {
            users.saw(user);
        }
        assert_eq!(users.count(), 2);
        let users = ActiveUsers::new(Duration::ZERO);
        users.saw("ada");
        while users.count() > 0 {}
    }
}
