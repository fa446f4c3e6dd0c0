use super::panel::Panel;
use crate::core::descriptor::Origin;

/// A dashboard: a title and panels. [`dashboard!`](crate::dashboard) declares one.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Dashboard {
    /// The title.
    pub title: &'static str,
    /// What the dashboard is for.
    pub description: &'static str,
    /// The panels, from the left to the right and from the top to the bottom.
    pub panels: &'static [Panel],
    /// The place of the declaration.
    pub origin: Origin,
}

/// The registration of a dashboard at link time.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct DashboardRegistration(pub &'static Dashboard);

inventory::collect!(DashboardRegistration);

impl Dashboard {
    /// A dashboard of these panels.
    ///
    /// # Panics
    ///
    /// In a constant, at compile time, without a title or a panel.
    #[track_caller]
    pub const fn new(title: &'static str, panels: &'static [Panel]) -> Self {
        assert!(!title.is_empty(), "the dashboard has no title; say what it shows");
        assert!(!panels.is_empty(), "the dashboard has no panels; it would show nothing");
        Self { title, description: "", panels, origin: Origin::unknown() }
    }

    /// Sets what the dashboard is for.
    #[must_use]
    pub const fn describing(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the place of the declaration.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared_at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// Declares a dashboard, which becomes a part of the [catalogue](crate::catalogue::document) and a
/// file of `osapi-metrics generate`.
///
/// [`dashboards`](crate::dashboards) has the panels and queries. A query that would show nothing,
/// because the metric, the label or the value does not exist, does not compile.
///
/// ```
/// use osapi_metrics::{
///     Counter, LabelSet, LabelValue, MetricSet, dashboard,
///     dashboards::{Dashboard, Panel, metric, rate, ratio},
/// };
///
/// #[derive(Clone, Copy, LabelValue, LabelSet)]
/// enum Payment { Card, Cash }
///
/// /// The till.
/// #[derive(MetricSet)]
/// #[metric_set(prefix = "shop")]
/// struct ShopMetrics {
///     /// Orders paid.
///     #[metric(unit = "{order}")]
///     orders_paid_total: Counter<Payment>,
/// }
///
/// dashboard! {
///     /// What happens at the till.
///     static TILL: Dashboard = Dashboard::new("Till", &[
///         Panel::stacked("Orders", &[rate(PAID).by(&["payment"])]),
///         Panel::gauge("Share of cash", &[
///             ratio(&[rate(PAID).with(&[("payment", "cash")]), rate(PAID)]),
///         ]).between(0.0, 1.0),
///     ]);
/// }
///
/// const PAID: &osapi_metrics::MetricDescriptor = metric::<ShopMetrics>("shop_orders_paid_total");
/// assert_eq!(TILL.panels.len(), 2);
/// # ShopMetrics::global().orders_paid_total.with(Payment::Cash).inc();
/// ```
///
/// ```compile_fail,E0080
/// # use osapi_metrics::{JobMetrics, dashboard, dashboards::{Dashboard, Panel, metric, rate}};
/// dashboard! {
///     static JOBS: Dashboard = Dashboard::new("Jobs", &[
///         Panel::lines("Jobs", &[rate(metric::<JobMetrics>("osapi_jobs_craeted_total"))]),
///     ]);
/// }
/// ```
#[macro_export]
macro_rules! dashboard {
    // Panels that are written out, so that the compiler reports the mistakes of all of them. Token
    // trees keep the places of what was written.
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident : $type:ty =
            $($new:ident)::+ ($title:expr, &[$(
                $panel:tt :: $form:tt $arguments:tt $(.$set:tt $values:tt)*
            ),* $(,)?]) $(.$also:ident $text:tt)*;
    ) => {
        $crate::__private_dashboard! {
            $(#[$attribute])* $visibility static $name: $type =
                $($new)::+ ($title, $crate::__private_each! {
                    $crate::dashboards::Panel =>
                    $({
                        let _ = $crate::__private_queries! $arguments;
                        $panel::$form $arguments $(.$set $values)*
                    },)*
                }) $(.$also $text)*;
        }
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident : $type:ty = $dashboard:expr;) => {
        $crate::__private_dashboard! {
            $(#[$attribute])* $visibility static $name: $type = $dashboard;
        }
    };
}

/// The constant and the registration of a dashboard.
#[doc(hidden)]
#[macro_export]
macro_rules! __private_dashboard {
    ($(#[$attribute:meta])* $visibility:vis static $name:ident : $type:ty = $dashboard:expr;) => {
        $(#[$attribute])*
        $visibility static $name: $type = {
            const DASHBOARD: $crate::dashboards::Dashboard = $dashboard;
            DASHBOARD.declared_at($crate::descriptor::Origin::new(
                ::core::env!("CARGO_PKG_NAME"),
                ::core::env!("CARGO_PKG_VERSION"),
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            ))
        };

        $crate::__private0_1_0::inventory::submit! {
            $crate::__private0_1_0::DashboardRegistration(&$name)
        }
    };
}

/// The queries of a panel that are written out. A panel with a mistake in them is not evaluated, so
/// that the mistake is reported once, with its place.
#[doc(hidden)]
#[macro_export]
macro_rules! __private_queries {
    ($title:expr, &[$($query:expr),* $(,)?] $(,)?) => {
        $crate::__private_each! { $crate::dashboards::Expression => $($query,)* }
    };
    ($title:expr, $states:expr, &[$($query:expr),* $(,)?] $(,)?) => {
        $crate::__private_each! { $crate::dashboards::Expression => $($query,)* }
    };
    ($($argument:tt)*) => { () };
}

/// A slice whose elements are constants of their own: the compiler ends the evaluation of a
/// constant at its first mistake, and goes on with the next constant.
#[doc(hidden)]
#[macro_export]
macro_rules! __private_each {
    ($type:ty => $($element:expr,)*) => {{
        const __OSAPI_METRICS_EACH: &[$type] = &[$({
            const __OSAPI_METRICS_ONE: $type = $element;
            __OSAPI_METRICS_ONE
        }),*];
        __OSAPI_METRICS_EACH
    }};
}
