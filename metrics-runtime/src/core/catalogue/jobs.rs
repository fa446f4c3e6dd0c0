use std::fmt;

use crate::core::{descriptor::JobDescriptor, registry::JobRegistration};

/// Two handlers of one name, whose jobs share series, with different keys, objectives or
/// boundaries.
///
/// The keys are the keys of [`instrumented_job`](macro@crate::instrumented_job) that add
/// measurements to a job, such as `queued_at` and `slo`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct JobConflict {
    /// The handler that comes first in the order of packages, files and lines.
    pub first: &'static JobDescriptor,
    /// The other handler.
    pub second: &'static JobDescriptor,
}

/// All handlers, sorted, and the conflicts among handlers whose name is a label of their jobs.
pub(super) fn gather<'a>(
    handlers: impl IntoIterator<Item = &'a JobRegistration>,
) -> (Vec<&'static JobDescriptor>, Vec<JobConflict>) {
    // A generic function may be registered once for each crate that uses it.
    let mut handlers: Vec<_> = handlers
        .into_iter()
        .map(|JobRegistration(job)| (job.descriptor(), job.is_named()))
        .collect();
    handlers.sort_by_key(|(job, is_named)| {
        let origin = &job.origin;
        (job.name, !is_named, origin.package, origin.file, origin.line)
    });
    handlers.dedup();
    let conflicts = handlers.windows(2).filter_map(|pair| {
        let [(first, true), (second, true)] = pair else { return None };
        let agree =
            first.keys == second.keys && first.slo == second.slo && first.buckets == second.buckets;
        (first.name == second.name && !agree).then_some(JobConflict { first, second })
    });
    let conflicts = conflicts.collect();
    (handlers.into_iter().map(|(job, _)| job).collect(), conflicts)
}

impl fmt::Display for JobConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second } = self;
        write!(
            f,
            "the job `{}` is handled at {} and at {}",
            first.name, first.origin, second.origin
        )?;
        if first.keys != second.keys {
            write!(f, ", with {} and with {}", Keys(first), Keys(second))?;
        } else if first.slo != second.slo
            && let (Some(first), Some(second)) = (first.slo, second.slo)
        {
            write!(f, ", with the objectives {first} and {second}")?;
        } else if let (Some(first), Some(second)) = (first.buckets, second.buckets) {
            write!(f, ", with the buckets {first:?} and {second:?}")?;
        }
        f.write_str("; give both the same, or one of them another name")
    }
}

/// The keys of a handler, as a message shows them.
struct Keys(&'static JobDescriptor);

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.keys.is_empty() {
            return f.write_str("no keys");
        }
        for (i, key) in self.0.keys.iter().enumerate() {
            write!(f, "{}`{key}`", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::core::{
        descriptor::{Origin, Slo},
        jobs::{JobMetrics, NamedHandler, SetHandler},
        registry::RegisteredJob,
    };

    const fn job(name: &'static str, line: u32) -> JobDescriptor {
        let origin = Origin::new("crate", "1.0.0", "crate", "src/lib.rs", line);
        JobDescriptor::new(name, "JobMetrics", origin)
    }

    fn gathered(handlers: &[&'static dyn RegisteredJob]) -> (usize, Vec<String>) {
        let registered: Vec<_> = handlers.iter().map(|job| JobRegistration(*job)).collect();
        let (jobs, conflicts) = gather(&registered);
        (jobs.len(), conflicts.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_name_that_is_handled_twice_tells_the_same() {
        static FIRST: NamedHandler = NamedHandler::new(job("resize", 3));
        static SECOND: NamedHandler = NamedHandler::new(job("resize", 9));
        static WAITING: NamedHandler =
            NamedHandler::new(job("resize", 5).with_keys(&["queued_at", "attempt"]));
        assert_eq!(gathered(&[SECOND.registered(), FIRST.registered()]), (2, Vec::new()));
        assert_eq!(
            gathered(&[WAITING.registered(), FIRST.registered()]).1,
            [
                "the job `resize` is handled at src/lib.rs:3 and at src/lib.rs:5, with no keys and with \
              `queued_at`, `attempt`; give both the same, or one of them another name"
            ]
        );
    }

    #[test]
    fn a_name_has_one_objective() {
        const fn with_slo(line: u32, seconds: u64) -> JobDescriptor {
            let slo = Slo::new(Duration::from_secs(seconds), 0.99);
            job("resize", line).with_keys(&["slo"]).with_slo(slo)
        }
        static FIRST: NamedHandler = NamedHandler::new(with_slo(3, 5));
        static SECOND: NamedHandler = NamedHandler::new(with_slo(9, 10));
        assert_eq!(
            gathered(&[FIRST.registered(), SECOND.registered()]).1,
            [
                "the job `resize` is handled at src/lib.rs:3 and at src/lib.rs:9, with the objectives \
              0.99 of jobs within 5s and 0.99 of jobs within 10s; give both the same, or one of them \
              another name"
            ]
        );
    }

    #[test]
    fn a_name_has_one_list_of_boundaries() {
        const fn with_buckets(line: u32, buckets: &'static [f64]) -> JobDescriptor {
            job("resize", line).with_keys(&["buckets"]).with_buckets(buckets)
        }
        static FIRST: NamedHandler = NamedHandler::new(with_buckets(3, &[0.01, 1.0]));
        static SAME: NamedHandler = NamedHandler::new(with_buckets(9, &[0.01, 1.0]));
        static OTHER: NamedHandler = NamedHandler::new(with_buckets(9, &[60.0]));
        static WITHOUT: NamedHandler = NamedHandler::new(job("resize", 9));
        assert_eq!(gathered(&[FIRST.registered(), SAME.registered()]), (2, Vec::new()));
        let conflict = |other| gathered(&[FIRST.registered(), other]).1;
        assert_eq!(
            conflict(OTHER.registered()),
            ["the job `resize` is handled at src/lib.rs:3 and at src/lib.rs:9, with the buckets \
              [0.01, 1.0] and [60.0]; give both the same, or one of them another name"]
        );
        assert_eq!(
            conflict(WITHOUT.registered()),
            [
                "the job `resize` is handled at src/lib.rs:3 and at src/lib.rs:9, with `buckets` and \
              with no keys; give both the same, or one of them another name"
            ]
        );
    }

    #[test]
    fn the_fewest_jobs_are_part_of_the_objective() {
        const SLO: Slo = Slo::new(Duration::from_secs(5), 0.99);
        static FIRST: NamedHandler =
            NamedHandler::new(job("resize", 3).with_keys(&["slo"]).with_slo(SLO));
        static SECOND: NamedHandler = NamedHandler::new(
            job("resize", 9).with_keys(&["slo"]).with_slo(SLO.with_min_events(50)),
        );
        assert_eq!(
            gathered(&[FIRST.registered(), SECOND.registered()]).1,
            [
                "the job `resize` is handled at src/lib.rs:3 and at src/lib.rs:9, with the objectives \
              0.99 of jobs within 5s and 0.99 of jobs within 5s (from 50 jobs in a window); give \
              both the same, or one of them another name"
            ]
        );
    }

    #[test]
    fn labels_of_their_own_tell_jobs_apart() {
        static FIRST: SetHandler<JobMetrics> = SetHandler::new(job("resize", 3));
        static SECOND: NamedHandler = NamedHandler::new(job("resize", 4).with_keys(&["attempt"]));
        assert_eq!(gathered(&[FIRST.registered(), SECOND.registered()]), (2, Vec::new()));
    }
}
