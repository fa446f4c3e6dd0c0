//! Everything can be declared where it is used.

fn main() {
    use osapi_metrics::{Counter, ErrorType, LabelSet, LabelValue, MetricSet, instrumented_job};

    #[derive(Clone, Copy, LabelValue, LabelSet)]
    enum Outcome {
        Done,
        Undone,
    }

    #[derive(MetricSet)]
    struct Steps {
        /// Steps taken.
        steps_taken_total: Counter<Outcome>,
    }

    #[derive(ErrorType)]
    enum StepError {
        Missed,
    }

    #[instrumented_job]
    fn step(on_ground: bool) -> Result<(), StepError> {
        if on_ground { Ok(()) } else { Err(StepError::Missed) }
    }

    let outcome = |on_ground| if step(on_ground).is_ok() { Outcome::Done } else { Outcome::Undone };
    Steps::global().steps_taken_total.with(outcome(true)).inc();
    Steps::global().steps_taken_total.with(outcome(false)).inc();
}
