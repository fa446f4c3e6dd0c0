use std::io;

use super::{completion::Completion, metrics::Metrics};
use crate::{
    config::ProxyVariables,
    exposition::Format,
    pushgateway::{GroupRequest, Pushgateway, PushgatewayError},
};

impl Metrics {
    /// Replaces the group of a [`Pushgateway`] with every metric: the way out of a batch job that
    /// ends before anybody can scrape it. It blocks the thread until the gateway has answered; in
    /// async code, [`push_to_async`](Self::push_to_async) does not.
    ///
    /// If metrics are disabled, not served to Prometheus or shut down, nothing is sent.
    ///
    /// # Errors
    ///
    /// [`PushgatewayError`] if the gateway is described with a mistake, a metric has a label of the
    /// grouping key, the metrics cannot be collected, or the gateway does not accept them.
    pub fn push_to(&self, gateway: &Pushgateway) -> Result<(), PushgatewayError> {
        self.change_group(gateway, GroupRequest::Replace)
    }

    /// Adds every metric to the group of a [`Pushgateway`], where only the metrics of the same
    /// names are replaced. In all else it is as [`push_to`](Self::push_to).
    ///
    /// # Errors
    ///
    /// As [`push_to`](Self::push_to).
    pub fn add_to(&self, gateway: &Pushgateway) -> Result<(), PushgatewayError> {
        self.change_group(gateway, GroupRequest::Add)
    }

    /// Deletes the group of a [`Pushgateway`]. In all else it is as [`push_to`](Self::push_to).
    ///
    /// # Errors
    ///
    /// As [`push_to`](Self::push_to). A group that does not exist is no error.
    pub fn delete_from(&self, gateway: &Pushgateway) -> Result<(), PushgatewayError> {
        self.change_group(gateway, GroupRequest::Delete)
    }

    /// Like [`push_to`](Self::push_to), without blocking the thread while the gateway is waited
    /// for: the wait has a thread of its own, and any async runtime can await it. The metrics are
    /// collected at once. If the future is dropped, the push goes on.
    ///
    /// # Errors
    ///
    /// As [`push_to`](Self::push_to).
    pub async fn push_to_async(&self, gateway: &Pushgateway) -> Result<(), PushgatewayError> {
        self.change_group_async(gateway, GroupRequest::Replace).await
    }

    /// Like [`add_to`](Self::add_to), without blocking the thread, as
    /// [`push_to_async`](Self::push_to_async).
    ///
    /// # Errors
    ///
    /// As [`push_to`](Self::push_to).
    pub async fn add_to_async(&self, gateway: &Pushgateway) -> Result<(), PushgatewayError> {
        self.change_group_async(gateway, GroupRequest::Add).await
    }

    /// Like [`delete_from`](Self::delete_from), without blocking the thread, as
    /// [`push_to_async`](Self::push_to_async).
    ///
    /// # Errors
    ///
    /// As [`push_to`](Self::push_to).
    pub async fn delete_from_async(&self, gateway: &Pushgateway) -> Result<(), PushgatewayError> {
        self.change_group_async(gateway, GroupRequest::Delete).await
    }

    fn change_group(
        &self,
        gateway: &Pushgateway,
        request: GroupRequest,
    ) -> Result<(), PushgatewayError> {
        match self.group_change(gateway, request)? {
            Some(change) => change.send(),
            None => Ok(()),
        }
    }

    async fn change_group_async(
        &self,
        gateway: &Pushgateway,
        request: GroupRequest,
    ) -> Result<(), PushgatewayError> {
        let Some(change) = self.group_change(gateway, request)? else { return Ok(()) };
        let sent = Completion::of(|| change.send()).map_err(PushgatewayError::Thread)?;
        let panicked = || Err(PushgatewayError::Thread(io::Error::other("it has panicked")));
        sent.await.unwrap_or_else(panicked)
    }

    /// What is sent; `None` if there are no metrics.
    fn group_change(
        &self,
        gateway: &Pushgateway,
        request: GroupRequest,
    ) -> Result<Option<GroupChange>, PushgatewayError> {
        gateway.check()?;
        let text = if request == GroupRequest::Delete {
            self.prometheus.has_metrics().then(String::new)
        } else {
            let collected = self.prometheus.collect(Format::Text);
            collected.map_err(|error| PushgatewayError::Collect(error.into()))?
        };
        Ok(text.map(|text| {
            let (gateway, proxies) = (gateway.clone(), self.config.proxies.clone());
            GroupChange { gateway, proxies, request, text }
        }))
    }
}

/// A request to a gateway with all that it needs.
struct GroupChange {
    gateway: Pushgateway,
    proxies: ProxyVariables,
    request: GroupRequest,
    text: String,
}

impl GroupChange {
    fn send(self) -> Result<(), PushgatewayError> {
        self.gateway.send(&self.proxies, self.request, self.text)
    }
}
