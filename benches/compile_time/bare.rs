//! AREA.

mod item;

pub use item::{Item, Receipt, Summary, call};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Web,
    Mobile,
    Partner,
    Batch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    Low,
    Normal,
    High,
}

/// The reason why one of the AREA failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaError {
    Empty,
    TooLarge,
    Rejected,
    TimedOut,
}

pub async fn accept_AREA(item: Item) -> Result<Receipt, AreaError> {
    item.check()?;
    let bytes = item.send("accepted").await?;
    Ok(Receipt { id: item.id, bytes })
}

pub async fn forward_AREA(item: &Item, queue: &str) -> Result<u64, AreaError> {
    if item.attempt > 5 {
        return Err(AreaError::TimedOut);
    }
    item.send(queue).await
}

pub fn validate_AREA(item: &Item) -> Result<(), AreaError> {
    item.check()?;
    if item.client.is_empty() { Err(AreaError::Rejected) } else { Ok(()) }
}

pub fn summarise_AREA(items: &[Item]) -> Summary {
    let mut summary = Summary::default();
    for item in items {
        summary.items += 1;
        summary.bytes += item.size();
        summary.urgent += u64::from(item.priority == Priority::High);
    }
    summary
}

pub async fn sweep_AREA(items: Vec<Item>) -> usize {
    let before = items.len();
    let mut left = Vec::new();
    for item in items {
        if item.send("left").await.is_ok() {
            left.push(item);
        }
    }
    before - left.len()
}
