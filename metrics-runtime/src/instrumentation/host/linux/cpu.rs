//! `/proc/stat`: the time of processors, and its shares.

use std::time::{Duration, Instant};

use super::{
    super::reading::{ByMode, Cpu, CpuModes},
    text::{Fields, TextError},
};

/// What is known of earlier readings.
#[derive(Debug, Default)]
pub(super) struct CpuHistory {
    last: Option<CpuModes>,
    /// The reading that shares are compared with.
    begin: Option<CpuModes>,
    /// The reading that comes after it, once it is old enough.
    next_begin: Option<(Instant, CpuModes)>,
}

/// The least time between the two readings that make a share. The kernel counts hundredths of a
/// second, so that shares of less time are mostly noise.
const LEAST_INTERVAL: Duration = Duration::from_secs(1);

/// A counter that goes back by less than this number of seconds stays where it is: the kernel
/// corrects the times of idle processors. One that goes back by more has begun anew.
const CORRECTION: f64 = 3.0;

impl CpuHistory {
    /// The times that the kernel reports, and their shares since an earlier reading.
    pub(super) fn next(&mut self, at: Instant, mut seconds: CpuModes) -> Cpu {
        if let Some(last) = &self.last {
            hold(&mut seconds, last);
        }
        // A reader that comes soon after another one does not move the interval.
        let is_old = |(read, _): &(Instant, CpuModes)| *read + LEAST_INTERVAL <= at;
        if self.next_begin.as_ref().is_none_or(is_old) {
            let later = self.next_begin.replace((at, seconds.clone()));
            self.begin = later.map(|(_, later)| later);
        }
        let shares = self.begin.as_ref().and_then(|begin| shares(begin, &seconds));
        self.last = Some(seconds.clone());
        Cpu { seconds, shares }
    }
}

/// Reads the first lines of `/proc/stat`, which has the times in `1 / hertz` seconds.
pub(super) fn parse(text: &str, hertz: f64) -> Result<CpuModes, TextError> {
    let mut lines = text.lines();
    let total = lines.next().and_then(|line| line.strip_prefix("cpu "));
    let total = times(&mut Fields::of(total.ok_or(TextError::Missing("line `cpu`"))?), hertz)?;
    let mut processors = Vec::new();
    for line in lines {
        let Some(line) = line.strip_prefix("cpu") else { break };
        let mut fields = Fields::of(line);
        processors.push((fields.number("number of a processor")?, times(&mut fields, hertz)?));
    }
    Ok(CpuModes { total, processors })
}

fn times(fields: &mut Fields<'_>, hertz: f64) -> Result<ByMode, TextError> {
    let mut times = [None; 8];
    for (index, time) in times.iter_mut().enumerate() {
        // All kernels have the first four.
        let ticks: Option<u64> = match index {
            0..4 => Some(fields.number("time of a processor")?),
            _ => fields.optional_number()?,
        };
        *time = ticks.map(|ticks| ticks as f64 / hertz);
    }
    Ok(times)
}

/// Takes back the small steps back from the earlier reading.
fn hold(now: &mut CpuModes, earlier: &CpuModes) {
    hold_modes(&mut now.total, &earlier.total);
    for (number, modes) in &mut now.processors {
        if let Some(earlier) = modes_of(earlier, *number) {
            hold_modes(modes, earlier);
        }
    }
}

fn hold_modes(now: &mut ByMode, earlier: &ByMode) {
    for (now, earlier) in now.iter_mut().zip(earlier) {
        if let (Some(now), Some(earlier)) = (now, earlier)
            && *now < *earlier
            && *earlier - *now < CORRECTION
        {
            *now = *earlier;
        }
    }
}

fn modes_of(modes: &CpuModes, number: u32) -> Option<&ByMode> {
    modes.processors.iter().find(|(other, _)| *other == number).map(|(_, modes)| modes)
}

/// The shares of the modes in the time between two readings. `None` if no time has passed.
fn shares(begin: &CpuModes, end: &CpuModes) -> Option<CpuModes> {
    let of_processor = |(number, end): &(u32, ByMode)| {
        Some((*number, mode_shares(modes_of(begin, *number)?, end)?))
    };
    let processors = end.processors.iter().filter_map(of_processor).collect();
    Some(CpuModes { total: mode_shares(&begin.total, &end.total)?, processors })
}

fn mode_shares(begin: &ByMode, end: &ByMode) -> Option<ByMode> {
    let mut passed = [None; 8];
    for ((passed, begin), end) in passed.iter_mut().zip(begin).zip(end) {
        *passed = begin.zip(*end).map(|(begin, end)| (end - begin).max(0.0));
    }
    let all: f64 = passed.iter().flatten().sum();
    (all > 0.0).then(|| passed.map(|passed| passed.map(|passed| passed / all)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  400 0 200 3400 0 0 0 0 0 0\n\
        cpu0 300 0 100 1600 0 0 0 0 0 0\n\
        cpu12 100 0 100 1800 0 0 0 0 0 0\n\
        intr 5 0 0\n";

    fn modes(seconds: [f64; 4]) -> ByMode {
        let mut modes = [None; 8];
        modes.iter_mut().zip(seconds).for_each(|(mode, seconds)| *mode = Some(seconds));
        modes
    }

    fn total(seconds: [f64; 4]) -> CpuModes {
        CpuModes { total: modes(seconds), processors: Vec::new() }
    }

    #[test]
    fn times_are_those_of_the_total_and_of_each_processor() {
        let read = parse(STAT, 100.0).unwrap();
        assert_eq!(read.total[..4], modes([4.0, 0.0, 2.0, 34.0])[..4]);
        assert_eq!(read.total[4..], [Some(0.0); 4]);
        assert_eq!(read.processors.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 12]);
        assert_eq!(read.processors[1].1[2], Some(1.0));
    }

    #[test]
    fn a_mode_that_the_kernel_does_not_have_is_absent() {
        let read = parse("cpu  1 2 3 4\n", 100.0).unwrap();
        assert_eq!(read.total, modes([0.01, 0.02, 0.03, 0.04]));
    }

    #[test]
    fn other_text_is_an_error_that_says_what_is_wrong() {
        let error = |text| parse(text, 100.0).unwrap_err().to_string();
        assert_eq!(error("cpus 1 2 3 4\n"), "it has no line `cpu`");
        assert_eq!(error("cpu  1 2 3\n"), "it has no time of a processor");
        assert_eq!(error("cpu  1 2 x 4\n"), "it has `x` where a number is expected");
        assert_eq!(error("cpu  1 2 3 -4\n"), "it has `-4` where a number is expected");
        assert_eq!(error("cpu  1 2 3 4\ncpux 1 2 3 4\n"), "it has `x` where a number is expected");
        assert_eq!(error("\n"), "it has no line `cpu`");
    }

    #[test]
    fn shares_are_of_the_time_since_a_reading_a_second_ago() {
        let (mut history, begin) = (CpuHistory::default(), Instant::now());
        let mut share = |seconds: f64, modes| {
            let at = begin + Duration::from_secs_f64(seconds);
            history.next(at, total(modes)).shares.map(|shares| shares.total[0].unwrap())
        };
        assert_eq!(share(0.0, [0.0, 0.0, 0.0, 0.0]), None);
        assert_eq!(share(0.5, [1.0, 0.0, 0.0, 0.0]), None);
        assert_eq!(share(10.0, [2.0, 0.0, 0.0, 8.0]), Some(0.2));
        // Another reader soon after is shown the same interval, with its end moved.
        assert_eq!(share(10.5, [8.0, 0.0, 0.0, 8.0]), Some(0.5));
        assert_eq!(share(11.5, [9.0, 0.0, 0.0, 8.0]), Some(1.0));
    }

    #[test]
    fn without_time_there_is_no_share() {
        let (mut history, begin) = (CpuHistory::default(), Instant::now());
        history.next(begin, total([5.0; 4]));
        let next = history.next(begin + Duration::from_secs(9), total([5.0; 4]));
        assert_eq!(next.shares, None);
    }

    #[test]
    fn a_small_step_back_is_held_and_a_large_one_is_a_new_beginning() {
        let (mut history, begin) = (CpuHistory::default(), Instant::now());
        let mut idle =
            |seconds| history.next(begin, total([0.0, 0.0, 0.0, seconds])).seconds.total[3];
        let shown = [50.0, 50.0, 51.0, 40.0, 41.0].map(Some);
        assert_eq!([50.0, 48.5, 51.0, 40.0, 41.0].map(&mut idle), shown);
    }

    #[test]
    fn a_processor_that_comes_later_has_no_share_before_its_second_reading() {
        let (mut history, mut at) = (CpuHistory::default(), Instant::now());
        let mut numbers = |text| {
            at += Duration::from_secs(2);
            let shares = history.next(at, parse(text, 100.0).unwrap()).shares;
            let of = |shares: CpuModes| shares.processors.into_iter().map(|(number, _)| number);
            shares.map(|shares| of(shares).collect::<Vec<_>>())
        };
        assert_eq!(numbers("cpu  1 0 0 0\ncpu0 1 0 0 0\n"), None);
        assert_eq!(numbers("cpu  2 0 0 1\ncpu0 2 0 0 0\ncpu1 0 0 0 1\n"), Some(vec![0]));
        assert_eq!(numbers("cpu  3 0 0 2\ncpu0 3 0 0 0\ncpu1 0 0 0 2\n"), Some(vec![0, 1]));
    }
}
