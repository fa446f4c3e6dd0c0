use std::{path::Path, time::Instant};

use nix::unistd::{SysconfVar, sysconf};

use super::{
    super::{HostError, PressureResource, needs::Needs, reading::Reading, settings::Settings},
    cpu::{self, CpuHistory},
    devices::DeviceKinds,
    disks::DiskHistory,
    load, memory,
    namespace::of_namespace,
    network::NetworkHistory,
    text::{KernelFile, TextError},
};
use crate::roles::Count;

/// The files of the kernel that the metrics of a set need.
#[derive(Debug)]
pub(crate) struct Kernel {
    stat: Option<(KernelFile, CpuHistory)>,
    hertz: f64,
    load: Option<KernelFile>,
    memory: Option<KernelFile>,
    disks: Option<(KernelFile, DiskHistory)>,
    interfaces: Option<(KernelFile, NetworkHistory)>,
    pressure: Vec<(PressureResource, KernelFile)>,
    uptime: Option<KernelFile>,
    errors: Count,
}

impl Kernel {
    /// Opens the files. Failures of readings are counted in `errors`.
    ///
    /// A host without `/proc/stat` is an error, for `/proc` is then something else. Other files
    /// may be missing, as in containers.
    pub(crate) fn open(
        settings: &Settings,
        needs: Needs,
        errors: Count,
    ) -> Result<Self, HostError> {
        let proc = settings.proc_path();
        let file = |is_needed: bool, path: &str, name| {
            is_needed.then(|| KernelFile::new(proc.join(path), name))
        };
        let hertz = sysconf(SysconfVar::CLK_TCK).ok().flatten().unwrap_or(100) as f64;
        let mut stat = KernelFile::new(proc.join("stat"), "/proc/stat");
        let read = stat.try_read(|text| cpu::parse(text, hertz)).map_err(|error| {
            HostError::Unreadable { file: stat.path().to_owned(), source: error.into() }
        })?;
        let mut history = CpuHistory::default();
        history.next(Instant::now(), read);
        let kinds = || DeviceKinds::new(&settings.sys_path(), settings.excluded_devices.clone());
        let network = of_namespace(&proc, "net/dev", settings.is_mounted());
        let network = KernelFile::new(network, "/proc/net/dev");
        Ok(Self {
            stat: needs.cpu.then_some((stat, history)),
            hertz,
            load: file(needs.load, "loadavg", "/proc/loadavg"),
            memory: file(needs.memory, "meminfo", "/proc/meminfo"),
            disks: file(needs.disks, "diskstats", "/proc/diskstats")
                .map(|file| (file, DiskHistory::new(kinds()))),
            interfaces: needs
                .interfaces
                .then(|| (network, NetworkHistory::new(settings.excluded_interfaces.clone()))),
            pressure: if needs.pressure { pressure_files(&proc) } else { Vec::new() },
            uptime: file(needs.uptime, "uptime", "/proc/uptime"),
            errors,
        })
    }

    pub(crate) fn read(&mut self) -> Reading {
        let (errors, hertz) = (&self.errors, self.hertz);
        let read = |file: &mut Option<KernelFile>, parse: fn(&str) -> Result<f64, TextError>| {
            file.as_mut().and_then(|file| file.read(errors, parse))
        };
        let uptime_seconds = read(&mut self.uptime, load::parse_uptime);
        let cpu = self.stat.as_mut().and_then(|(file, history)| {
            let seconds = file.read(errors, |text| cpu::parse(text, hertz))?;
            Some(history.next(Instant::now(), seconds))
        });
        let pressure = self.pressure.iter_mut().filter_map(|(resource, file)| {
            file.read(errors, |text| load::parse_pressure(*resource, text))
        });
        Reading {
            cpu,
            load: self.load.as_mut().and_then(|file| file.read(errors, load::parse_load)),
            memory: self.memory.as_mut().and_then(|file| file.read(errors, memory::parse)),
            disks: self
                .disks
                .as_mut()
                .and_then(|(file, history)| file.read(errors, |text| history.parse(text))),
            interfaces: self
                .interfaces
                .as_mut()
                .and_then(|(file, history)| file.read(errors, |text| history.parse(text))),
            pressure: pressure.flatten().collect(),
            uptime_seconds,
        }
    }
}

/// The files of pressure that the kernel has. It may be compiled or started without them, and then
/// the file is missing or cannot be read.
fn pressure_files(proc: &Path) -> Vec<(PressureResource, KernelFile)> {
    let files = [
        (PressureResource::Cpu, "pressure/cpu", "/proc/pressure/cpu"),
        (PressureResource::Io, "pressure/io", "/proc/pressure/io"),
        (PressureResource::Memory, "pressure/memory", "/proc/pressure/memory"),
    ];
    let mut files: Vec<_> = files
        .into_iter()
        .map(|(resource, path, name)| (resource, KernelFile::new(proc.join(path), name)))
        .collect();
    files.retain_mut(|(resource, file)| {
        let read = file.try_read(|text| load::parse_pressure(*resource, text));
        !matches!(read, Err(TextError::Io(_)))
    });
    if files.is_empty() {
        tracing::debug!("the kernel of the host does not measure pressure");
    }
    files
}
