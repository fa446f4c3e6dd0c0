//! The routes of a service, which know their paths.

use std::sync::Arc;

use axum::{Router, http::Uri, routing::MethodRouter};

use super::answer::{method_not_allowed, no_such_path};

/// Routes, with a list of their paths for the answer to a request to another path.
///
/// ```
/// use axum::{Router, routing::get};
/// use osapi_common::http::Routes;
///
/// let routes = Routes::new().route("/jobs", get(async || "none"));
/// let router: Router = routes.answer_unknown(["/metrics"]).with_state(());
/// ```
#[derive(Debug)]
pub struct Routes<S> {
    router: Router<S>,
    paths: Vec<String>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self { router: Router::new(), paths: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a path.
    #[must_use]
    pub fn route(mut self, path: &str, handlers: MethodRouter<S>) -> Self {
        self.paths.push(path.to_owned());
        Self { router: self.router.route(path, handlers), ..self }
    }

    /// The paths.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The same paths, with the state that their handlers need.
    #[must_use]
    pub fn with_state<S2>(self, state: S) -> Routes<S2> {
        Routes { router: self.router.with_state(state), paths: self.paths }
    }

    /// The routes, with errors in JSON for requests to other paths and with other methods.
    ///
    /// `others` are the paths of a router that is merged into this one.
    pub fn answer_unknown<'a>(self, others: impl IntoIterator<Item = &'a str>) -> Router<S> {
        let mut paths = self.paths;
        paths.extend(others.into_iter().map(str::to_owned));
        let paths: Arc<[String]> = paths.into();
        self.router
            .method_not_allowed_fallback(method_not_allowed)
            .fallback(async move |uri: Uri| no_such_path(&uri, &paths))
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        extract::Request,
        http::{StatusCode, header::ALLOW},
        response::Response,
        routing::get,
    };
    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use tower_service::Service;

    use super::*;

    async fn json(answer: Response) -> Value {
        let body = answer.into_body().collect().await.expect("a whole body").to_bytes();
        serde_json::from_slice(&body).expect("valid JSON")
    }

    #[tokio::test]
    async fn other_paths_and_methods_are_answered() {
        let routes = Routes::new().route("/jobs", get(async || "none"));
        assert_eq!(routes.paths(), ["/jobs"]);
        let mut routes: Router = routes.answer_unknown(["/metrics"]);

        let request = Request::get("/job").body(Body::empty()).expect("a valid request");
        let answer = routes.call(request).await.expect("infallible");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        let answer = json(answer).await;
        assert_eq!(answer["error"]["code"], "no_such_path");
        assert_eq!(answer["error"]["expected"], json!({"paths": ["/jobs", "/metrics"]}));

        let request = Request::delete("/jobs").body(Body::empty()).expect("a valid request");
        let answer = routes.call(request).await.expect("infallible");
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()[ALLOW], "GET,HEAD");
        assert_eq!(json(answer).await["error"]["code"], "method_not_allowed");
    }
}
