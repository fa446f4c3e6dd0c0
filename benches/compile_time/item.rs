//! The data of the handlers of AREA.

use std::{pin::Pin, time::SystemTime};

use super::{AreaError, Channel, Priority};

/// One of the AREA.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: u64,
    pub client: String,
    pub channel: Channel,
    pub priority: Priority,
    pub payload: Vec<u8>,
    pub created_at: SystemTime,
    pub attempt: u32,
}

/// The receipt for an item.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub id: u64,
    pub bytes: u64,
}

/// Totals of several items.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub items: u64,
    pub bytes: u64,
    pub urgent: u64,
}

impl Item {
    /// The size of its content in bytes.
    pub fn size(&self) -> u64 {
        u64::try_from(self.payload.len()).unwrap_or(u64::MAX)
    }

    /// Whether it can be handled.
    pub fn check(&self) -> Result<(), AreaError> {
        match self.payload.len() {
            0 => Err(AreaError::Empty),
            1..=1_048_576 => Ok(()),
            _ => Err(AreaError::TooLarge),
        }
    }

    /// Sends the item to a queue.
    pub async fn send(&self, queue: &str) -> Result<u64, AreaError> {
        std::future::ready(()).await;
        if queue.is_empty() { Err(AreaError::Rejected) } else { Ok(self.size()) }
    }
}

/// The handlers that wait, as a queue calls them.
pub fn call(handler: &str, item: Item) -> Option<Pin<Box<dyn Future<Output = bool> + Send>>> {
    Some(match handler {
        "accept" => Box::pin(async { super::accept_AREA(item).await.is_ok() }),
        "forward" => Box::pin(async move { super::forward_AREA(&item, "next").await.is_ok() }),
        "sweep" => Box::pin(async { super::sweep_AREA(vec![item]).await > 0 }),
        _ => return None,
    })
}
