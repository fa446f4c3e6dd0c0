/// Accepts conditions, and does not evaluate them.
#[derive(Debug, Default)]
pub(in crate::runtime) struct Readiness(());

impl Readiness {
    #[expect(clippy::unused_self, reason = "with the feature there are conditions")]
    pub(in crate::runtime) fn add(
        &mut self,
        _: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) {
    }
}
