use serde_json::Value;

/// The columns of a dashboard.
pub(in crate::render) const COLUMNS: u32 = 24;
/// The most lines of a panel.
const MAX_HEIGHT: u32 = 100;
/// The most lines of a dashboard.
const MAX_LINES: u32 = 10_000;

/// The place of a panel, in columns and lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) struct Place {
    pub(in crate::render) x: u32,
    pub(in crate::render) y: u32,
    pub(in crate::render) width: u32,
    pub(in crate::render) height: u32,
}

impl Place {
    /// Reads `gridPos`, inside the grid.
    pub(super) fn of(panel: &Value) -> Self {
        let number = |key: &str, default: u32| {
            let number = panel.get("gridPos").and_then(|place| place.get(key));
            number.and_then(Value::as_u64).map_or(default, |n| u32::try_from(n).unwrap_or(u32::MAX))
        };
        let x = number("x", 0).min(COLUMNS - 1);
        Self {
            x,
            y: number("y", 0).min(MAX_LINES),
            width: number("w", 12).clamp(1, COLUMNS - x),
            height: number("h", 8).clamp(1, MAX_HEIGHT),
        }
    }

    /// The first line below.
    pub(in crate::render) const fn bottom(&self) -> u32 {
        self.y + self.height
    }

    /// The place some lines further down.
    pub(super) const fn moved(self, lines: u32) -> Self {
        Self { y: self.y.saturating_add(lines), ..self }
    }
}
