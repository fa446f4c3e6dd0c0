//! The machine that the figures come from, and the memory of this process.

use std::{fs, io, process::Command, thread, time::Duration};

/// The number of threads that can run at once.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The number as `u64`, or the largest `u64`.
pub(crate) fn as_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// A number of operations times a factor.
pub(crate) fn scaled(operations: usize, factor: f64) -> usize {
    let scaled = Duration::from_nanos(as_u64(operations)).mul_f64(factor);
    scaled.as_nanos().try_into().unwrap_or(usize::MAX)
}

/// Processor, system, compiler and libraries, each with its heading.
pub(crate) fn description() -> Vec<(&'static str, String)> {
    vec![
        ("processor", processor().unwrap_or_else(unknown)),
        ("cores in use", cores().to_string()),
        ("kernel", read("/proc/sys/kernel/osrelease").unwrap_or_else(unknown)),
        ("load before", load().map_or_else(unknown, |load| load.to_string())),
        ("compiler", compiler().unwrap_or_else(unknown)),
        ("libraries", libraries()),
    ]
}

/// The average number of threads that could run in the last minute. Threads of other programs make
/// the figures for several threads worthless.
pub(crate) fn load() -> Option<f64> {
    read("/proc/loadavg")?.split(' ').next()?.parse().ok()
}

/// The resident memory of this process, in bytes.
pub(crate) fn resident() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().strip_suffix(" kB"))
        .and_then(|value| value.parse::<u64>().ok());
    let bytes = kilobytes.map(|kilobytes| kilobytes * 1024);
    bytes.ok_or_else(|| io::Error::other("/proc/self/status has no VmRSS"))
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn processor() -> Option<String> {
    let cpus = read("/proc/cpuinfo")?;
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(model.trim_start_matches([' ', '\t', ':']).to_owned())
}

fn read(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn compiler() -> Option<String> {
    let version = Command::new("rustc").arg("--version").output().ok()?.stdout;
    Some(String::from_utf8(version).ok()?.trim().to_owned())
}

fn libraries() -> String {
    let versions = LIBRARIES.map(|library| {
        let version = version(include_str!("../../Cargo.lock"), library);
        format!("{library} {}", version.unwrap_or("unknown"))
    });
    versions.join(", ")
}

const LIBRARIES: [&str; 12] = [
    "osapi-metrics",
    "opentelemetry_sdk",
    "opentelemetry-prometheus",
    "opentelemetry-prometheus-text-exporter",
    "prometheus",
    "prometheus-client",
    "measured",
    "metrics",
    "metrics-exporter-prometheus",
    "autometrics",
    "vise",
    "nm",
];

/// The newest version in a lock file, which lists them in ascending order.
fn version<'a>(lock: &'a str, library: &str) -> Option<&'a str> {
    let name = format!("\nname = \"{library}\"\nversion = \"");
    let (_, rest) = lock.rsplit_once(&name)?;
    Some(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::{LIBRARIES, version};

    #[test]
    fn the_lock_file_knows_every_library() {
        let lock = include_str!("../../Cargo.lock");
        for library in LIBRARIES {
            assert!(version(lock, library).is_some(), "{library}");
        }
        let lock = "\nname = \"a\"\nversion = \"1.0.0\"\n\nname = \"a\"\nversion = \"2.0.0\"\n";
        assert_eq!(version(lock, "a"), Some("2.0.0"));
    }
}
