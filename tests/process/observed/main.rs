//! The metrics of the process itself, compared with what the test reads below `/proc`. A process of
//! its own, because the tests count threads, memory and file descriptors.
//!
//! The tests take turns.

#![cfg(target_os = "linux")]

mod exhausted;
mod own_set;
mod proc;

use std::{
    fs::{self, File},
    hint::black_box,
    sync::{Barrier, LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use osapi_metrics::{Metrics, instrumentation::process};
use osapi_metrics_tests::reading::{Reading, install};

use self::proc::{Stat, uptime};

/// The runtime that all tests read. The process is observed once.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(|| {
    process::observe().unwrap().keep();
    install()
});

/// Waits until no other test runs.
fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    LazyLock::force(&RUNTIME);
    turn
}

fn number(name: &str, labels: &[(&str, &str)]) -> f64 {
    Reading::of(&RUNTIME).number(name, labels).unwrap_or_else(|| panic!("{name} is absent"))
}

#[test]
fn open_files_are_counted() {
    const OPENED: usize = 50;
    let _turn = take_turn();
    let count = || Reading::of(&RUNTIME).number("process_unix_file_descriptor_count", &[]);
    let before = count().unwrap();
    let files: Vec<_> = (0..OPENED).map(|_| File::open("/dev/null").unwrap()).collect();
    // Reading the folder needs a descriptor itself.
    let listed = fs::read_dir("/proc/self/fd").unwrap().count() - 1;
    assert_eq!((count(), count()), (Some(before + OPENED as f64), Some(listed as f64)));
    drop(files);
    assert_eq!(count(), Some(before));
}

#[test]
fn the_limit_of_open_files_is_the_soft_limit() {
    let _turn = take_turn();
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let soft = line.split_whitespace().nth(3).unwrap().parse().ok();
    assert_eq!(Reading::of(&RUNTIME).number("process_max_fds", &[]), soft);
}

#[test]
fn threads_are_counted() {
    const STARTED: u8 = 20;
    let _turn = take_turn();
    let barrier = Barrier::new(usize::from(STARTED) + 1);
    thread::scope(|scope| {
        for _ in 0..STARTED {
            scope.spawn(|| barrier.wait());
        }
        // The harness may start a thread for another test, which waits for its turn.
        let (before, counted) = (Stat::read().threads, number("process_thread_count", &[]));
        let after = Stat::read().threads;
        barrier.wait();
        assert!(before <= counted && counted <= after.max(before), "{before} {counted} {after}");
        assert!(counted > f64::from(STARTED), "{counted}");
    });
}

#[test]
fn memory_is_resident_when_it_is_written() {
    const SIZE: usize = 64 << 20;
    let _turn = take_turn();
    let resident = || number("process_memory_usage_bytes", &[]);
    let before = resident();
    let written = black_box(vec![1_u8; SIZE]);
    let (with, of_system) = (resident(), Stat::read());
    let virtual_bytes = number("process_memory_virtual_bytes", &[]);
    drop(written);
    assert!(with >= before + 0.9 * SIZE as f64, "{before} {with}");
    assert!((with - of_system.resident_bytes).abs() < 0.1 * SIZE as f64, "{with} {of_system:?}");
    assert!(
        (virtual_bytes - of_system.virtual_bytes).abs() < 1.5 * SIZE as f64,
        "{virtual_bytes} {of_system:?}"
    );
}

#[test]
fn processor_time_is_the_time_of_all_threads() {
    let _turn = take_turn();
    let user = || number("process_cpu_time_seconds_total", &[("cpu_mode", "user")]);
    let system = || number("process_cpu_time_seconds_total", &[("cpu_mode", "system")]);
    let (begun, user_before, system_before) = (Stat::read(), user(), system());
    thread::scope(|scope| {
        scope.spawn(|| {
            // Ten ticks of the processor's clock, which has a hundred in a second.
            while Stat::read().user_ticks < begun.user_ticks + 10.0 {
                black_box((0..100_000_u64).fold(0, |sum, n| sum ^ black_box(n)));
            }
        });
    });
    assert!(user() >= user_before + 0.08, "{user_before} {}", user());
    assert!(system() >= system_before);
    // The kernel divides the same sum into ticks.
    let (sum, ticks) = (user() + system(), Stat::read());
    let of_ticks = (ticks.user_ticks + ticks.system_ticks) / 100.0;
    assert!((sum - of_ticks).abs() < 0.5, "{sum} {of_ticks}");
}

#[test]
fn context_switches_of_threads_that_have_ended_stay_counted() {
    const PAUSES: u8 = 25;
    let _turn = take_turn();
    let switches = |switch| {
        let labels = [("process_context_switch_type", switch)];
        number("process_context_switches_total", &labels)
    };
    let (voluntary, involuntary) = (switches("voluntary"), switches("involuntary"));
    let paused = thread::spawn(|| {
        for _ in 0..PAUSES {
            thread::sleep(Duration::from_micros(10));
        }
    });
    paused.join().unwrap();
    assert!(switches("voluntary") >= voluntary + f64::from(PAUSES));
    assert!(switches("involuntary") >= involuntary);
}

#[test]
fn page_faults_are_the_faults_that_the_system_counts() {
    let _turn = take_turn();
    let faults =
        |fault| number("process_paging_faults_total", &[("system_paging_fault_type", fault)]);
    let before = Stat::read();
    drop(black_box(vec![1_u8; 16 << 20]));
    let (minor, major) = (faults("minor"), faults("major"));
    let after = Stat::read();
    assert!(before.minor_faults < minor && minor <= after.minor_faults, "{before:?} {minor}");
    assert!(before.major_faults <= major && major <= after.major_faults, "{before:?} {major}");
}

#[test]
fn uptime_is_the_time_since_the_process_began() {
    let _turn = take_turn();
    let begun = Stat::read().begun_ticks / 100.0;
    let (before, counted) = (uptime() - begun, number("process_uptime_seconds", &[]));
    let after = uptime() - begun;
    // The clocks have a precision of a hundredth of a second.
    assert!(before - 0.05 <= counted && counted <= after + 0.05, "{before} {counted} {after}");
}

#[test]
fn what_is_not_known_is_absent_and_nothing_fails() {
    let _turn = take_turn();
    let reading = Reading::of(&RUNTIME);
    assert_eq!(reading.number("process_heap_used_bytes", &[]), None);
    assert_eq!(reading.number("process_heap_size_bytes", &[]), None);
    assert_eq!(reading.number("process_reading_errors_total", &[]), Some(0.0));
}
