use std::time::Duration;

use osapi_metrics_rules::Comparison;

use super::expression::Expression;
use crate::core::descriptor::{Severity, Threshold};

/// A panel of a dashboard: a title, a form, and queries.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Panel {
    /// The title.
    pub title: &'static str,
    /// What a reader has to know. By default the descriptions of the metrics.
    pub description: &'static str,
    /// The form.
    pub kind: PanelKind,
    /// The queries.
    pub queries: &'static [Expression],
    /// The unit as a UCUM code. By default that of the metrics, per second for a rate.
    pub unit: Option<&'static str>,
    /// The lowest and the highest value of the scale.
    pub range: Option<(f64, f64)>,
    /// The values from which on the panel is yellow or red, and the alert fires.
    pub warning: Option<Threshold>,
    /// As `warning`, for what cannot wait.
    pub critical: Option<Threshold>,
    /// The name of the alert that fires at the thresholds. `None` for colours alone.
    pub alert: Option<&'static str>,
}

/// The form of a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum PanelKind {
    /// Lines over time.
    Lines,
    /// Areas over time that are stacked.
    Stacked,
    /// The latest value on a scale.
    Gauge,
    /// The latest value as a figure.
    Figure,
    /// The states over time, by the values of a gauge.
    States(&'static [State]),
}

/// A state that a value of a gauge stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct State {
    /// The value.
    pub value: f64,
    /// The name of the state.
    pub name: &'static str,
    /// The colour of the state.
    pub colour: StateColour,
}

/// The colour of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateColour {
    /// As it should be.
    Green,
    /// Somebody should look at it.
    Yellow,
    /// Somebody has to act.
    Red,
}

impl StateColour {
    /// `green`, `yellow` or `red`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

impl State {
    /// The state that this value stands for.
    pub const fn new(value: f64, name: &'static str, colour: StateColour) -> Self {
        Self { value, name, colour }
    }
}

impl PanelKind {
    /// `lines`, `stacked`, `gauge`, `figure` or `states`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Stacked => "stacked",
            Self::Gauge => "gauge",
            Self::Figure => "figure",
            Self::States(_) => "states",
        }
    }
}

impl Panel {
    /// Lines over time.
    ///
    /// # Panics
    ///
    /// In a constant, at compile time, without a title or a query.
    #[track_caller]
    pub const fn lines(title: &'static str, queries: &'static [Expression]) -> Self {
        Self::new(PanelKind::Lines, title, queries)
    }

    /// Areas over time that are stacked.
    ///
    /// # Panics
    ///
    /// As [`lines`](Self::lines).
    #[track_caller]
    pub const fn stacked(title: &'static str, queries: &'static [Expression]) -> Self {
        Self::new(PanelKind::Stacked, title, queries)
    }

    /// The latest value on a scale.
    ///
    /// # Panics
    ///
    /// As [`lines`](Self::lines).
    #[track_caller]
    pub const fn gauge(title: &'static str, queries: &'static [Expression]) -> Self {
        Self::new(PanelKind::Gauge, title, queries)
    }

    /// The latest value as a figure.
    ///
    /// # Panics
    ///
    /// As [`lines`](Self::lines).
    #[track_caller]
    pub const fn figure(title: &'static str, queries: &'static [Expression]) -> Self {
        Self::new(PanelKind::Figure, title, queries)
    }

    /// The states over time of a gauge whose values stand for states.
    ///
    /// # Panics
    ///
    /// As [`lines`](Self::lines), and without states.
    #[track_caller]
    pub const fn states(
        title: &'static str,
        states: &'static [State],
        queries: &'static [Expression],
    ) -> Self {
        assert!(!states.is_empty(), "the panel has no states; name the state of each value");
        Self::new(PanelKind::States(states), title, queries)
    }

    #[track_caller]
    const fn new(kind: PanelKind, title: &'static str, queries: &'static [Expression]) -> Self {
        assert!(!title.is_empty(), "the panel has no title; say what it shows");
        assert!(!queries.is_empty(), "the panel has no queries; it would show nothing");
        Self {
            title,
            description: "",
            kind,
            queries,
            unit: None,
            range: None,
            warning: None,
            critical: None,
            alert: None,
        }
    }

    /// Sets what a reader has to know.
    #[must_use]
    pub const fn describing(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the unit, as a UCUM code or an annotation such as `{job}/s`.
    #[must_use]
    pub const fn in_unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Sets the lowest and the highest value of the scale.
    ///
    /// # Panics
    ///
    /// In a constant, at compile time, if the lowest value is not below the highest one.
    #[must_use]
    #[track_caller]
    pub const fn between(mut self, lowest: f64, highest: f64) -> Self {
        assert!(lowest < highest, "the lowest value comes first; write `between(0.0, 1.0)`");
        self.range = Some((lowest, highest));
        self
    }

    /// Sets the value from which on the panel is yellow, and how long it has to last for the alert.
    #[must_use]
    pub const fn warning(mut self, comparison: Comparison, value: f64, lasting: Duration) -> Self {
        self.warning = Some(Threshold::new(Severity::Warning, comparison, value).lasting(lasting));
        self
    }

    /// Sets the value from which on the panel is red, and how long it has to last for the alert.
    #[must_use]
    pub const fn critical(mut self, comparison: Comparison, value: f64, lasting: Duration) -> Self {
        self.critical =
            Some(Threshold::new(Severity::Critical, comparison, value).lasting(lasting));
        self
    }

    /// Makes an alert of this name of the thresholds.
    ///
    /// # Panics
    ///
    /// In a constant, at compile time, without a threshold, with several queries, or with a name
    /// that is not made of letters, digits and `_`.
    #[must_use]
    #[track_caller]
    pub const fn alerting(mut self, name: &'static str) -> Self {
        assert!(
            self.warning.is_some() || self.critical.is_some(),
            "the panel has no threshold; set `warning` or `critical` before `alerting`"
        );
        assert!(self.queries.len() == 1, "an alert has one query; give it a panel of its own");
        let mut rest = name.as_bytes();
        assert!(!rest.is_empty(), "the alert has no name");
        while let [byte, others @ ..] = rest {
            assert!(
                byte.is_ascii_alphanumeric() || *byte == b'_',
                "the name of an alert is made of letters, digits and `_`"
            );
            rest = others;
        }
        self.alert = Some(name);
        self
    }
}
