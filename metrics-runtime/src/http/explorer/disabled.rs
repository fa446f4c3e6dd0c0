use std::borrow::Cow;

use http::{HeaderMap, Response};

use super::super::{answer::AnswerBody, request::EndpointRequest, scrapes::Scrapes};

/// Nothing to explore.
#[derive(Debug, Default)]
pub(crate) struct ExplorerSource;

#[derive(Debug)]
pub(in crate::http) struct ExplorerPaths;

#[expect(clippy::unused_self, reason = "with the feature there are paths")]
impl ExplorerPaths {
    pub(in crate::http) fn new(_: &str, _: ExplorerSource) -> Self {
        Self
    }

    pub(in crate::http) fn iter(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    pub(in crate::http) fn credentials<'h>(&self, headers: &'h HeaderMap) -> Cow<'h, HeaderMap> {
        Cow::Borrowed(headers)
    }

    #[expect(clippy::unused_async, reason = "with the feature it waits for a thread")]
    pub(in crate::http) async fn answer(
        &self,
        _: &EndpointRequest<'_>,
        _: &Scrapes,
    ) -> Option<Response<AnswerBody>> {
        None
    }
}
