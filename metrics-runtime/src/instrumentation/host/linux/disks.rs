//! `/proc/diskstats`.

use super::{
    super::reading::{DiskCounters, DiskDirectionCounters, Disks},
    devices::{DeviceKind, DeviceKinds, Names, Sum},
    text::{Fields, TextError},
};

/// The devices that have been seen.
#[derive(Debug)]
pub(super) struct DiskHistory {
    kinds: DeviceKinds,
    names: Names<DeviceKind>,
    sum: Sum,
}

/// The kernel counts sectors of this size, whatever the device has.
const SECTOR: u64 = 512;

impl DiskHistory {
    pub(super) fn new(kinds: DeviceKinds) -> Self {
        Self { kinds, names: Names::new(), sum: Sum::default() }
    }

    pub(super) fn parse(&mut self, text: &str) -> Result<Disks, TextError> {
        let (mut devices, mut kinds) = (Vec::new(), Vec::new());
        for line in text.lines() {
            let mut fields = Fields::of(line);
            fields.word("major number")?;
            fields.word("minor number")?;
            let name = fields.word("name of a device")?;
            let (device, kind) = self.names.get(name, || self.kinds.find(name));
            if kind == DeviceKind::Excluded {
                continue;
            }
            let directions = [direction(&mut fields)?, direction(&mut fields)?];
            let pending = fields.number("number of operations")?;
            let (io_seconds, weighted_io_seconds) = (seconds(&mut fields)?, seconds(&mut fields)?);
            kinds.push(kind);
            devices.push(DiskCounters {
                device,
                directions,
                pending,
                io_seconds,
                weighted_io_seconds,
            });
        }
        let disks = devices.iter().zip(kinds).filter(|(_, kind)| *kind == DeviceKind::Disk);
        let io_sum = self.sum.next(disks.map(|(disk, _)| {
            let [read, written] = &disk.directions;
            (&disk.device, [read.bytes, written.bytes])
        }));
        Ok(Disks { devices, io_sum })
    }
}

fn direction(fields: &mut Fields<'_>) -> Result<DiskDirectionCounters, TextError> {
    Ok(DiskDirectionCounters {
        operations: fields.number("number of operations")?,
        merged: fields.number("number of merged operations")?,
        bytes: fields.number::<u64>("number of sectors")?.saturating_mul(SECTOR),
        seconds: seconds(fields)?,
    })
}

fn seconds(fields: &mut Fields<'_>) -> Result<f64, TextError> {
    Ok(fields.number::<u64>("time of operations")? as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::instrumentation::host::patterns::Patterns;

    fn history(sys: &Path) -> DiskHistory {
        DiskHistory::new(DeviceKinds::new(sys, Patterns::new(["loop*"])))
    }

    #[test]
    fn disks_and_volumes_are_shown_and_disks_are_added_up() {
        let sys = tempfile::tempdir().unwrap();
        for folder in ["sda", "dm-0/slaves/sda"] {
            fs::create_dir_all(sys.path().join("block").join(folder)).unwrap();
        }
        let text = "   8 0 sda 5 1 20 1500 6 2 40 2500 3 4000 9000 1 2 3 4\n   \
                    8 1 sda1 5 1 20 1500 6 2 40 2500 3 4000 9000\n \
                    253 0 dm-0 4 0 18 1000 6 0 40 2500 0 1 2\n   \
                    7 0 loop0 1 1 1 1 1 1 1 1 1 1 1\n";
        let read = history(sys.path()).parse(text).unwrap();
        assert_eq!(read.io_sum, [20 * 512, 40 * 512]);
        let [sda, volume] = read.devices.as_slice() else { panic!("{read:?}") };
        assert_eq!((&*sda.device, &*volume.device), ("sda", "dm-0"));
        let [reads, writes] = &sda.directions;
        assert_eq!((reads.operations, reads.merged, writes.bytes), (5, 1, 40 * 512));
        assert_eq!((reads.seconds, writes.seconds, sda.pending), (1.5, 2.5, 3));
        assert_eq!((sda.io_seconds, sda.weighted_io_seconds), (4.0, 9.0));
    }

    #[test]
    fn other_text_is_an_error_that_says_what_is_wrong() {
        let error = |text| history(Path::new("/nowhere")).parse(text).unwrap_err().to_string();
        assert_eq!(error("8 0 sda 5 1 20\n"), "it has no time of operations");
        assert_eq!(error("8 0 sda 5 1 x\n"), "it has `x` where a number is expected");
        assert_eq!(error("\n"), "it has no major number");
    }
}
