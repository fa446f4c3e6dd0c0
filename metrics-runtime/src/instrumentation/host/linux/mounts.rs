//! `/proc/PID/mountinfo`: what is mounted where.

use std::collections::HashMap;

use super::{
    super::{contexts::Filesystem, patterns::Patterns},
    text::{Fields, TextError},
};

/// Types of file systems that are full when they are made, as in images of software.
const IMAGES: [&str; 4] = ["erofs", "iso9660", "squashfs", "udf"];

/// Which mounts are shown.
#[derive(Clone, Debug)]
pub(super) struct MountFilter {
    pub(super) excluded: Patterns,
}

/// The types of file systems that are on a device, from `/proc/filesystems`.
pub(super) fn parse_types(text: &str) -> Vec<String> {
    let on_device = |line: &str| {
        let kind = line.strip_prefix('\t')?.trim();
        (!kind.is_empty()).then(|| kind.to_owned())
    };
    text.lines().filter_map(on_device).collect()
}

impl MountFilter {
    /// The file systems on devices, each once: a device that is mounted in several folders is shown
    /// in one where its root is, with the shortest path. `types` are the types that are on a
    /// device; without them, a device is a file below `/dev`.
    pub(super) fn parse(
        &self,
        text: &str,
        types: Option<&[String]>,
    ) -> Result<Vec<Filesystem>, TextError> {
        let mut mounts = HashMap::new();
        for (order, line) in text.lines().enumerate() {
            let mount = Mount::parse(line)?;
            // A later mount hides an earlier one in the same folder.
            mounts.insert(mount.folder.clone(), (order, mount));
        }
        let mut mounts: Vec<_> = mounts.into_values().collect();
        mounts.sort_by_key(|(order, mount)| (!mount.is_whole, mount.folder.len(), *order));
        let mut shown: Vec<(&str, Filesystem)> = Vec::new();
        for (_, mount) in &mounts {
            let is_known = shown.iter().any(|(device, _)| *device == mount.device);
            if !is_known && self.is_shown(mount, types) {
                shown.push((mount.device, mount.filesystem()));
            }
        }
        let mut shown: Vec<_> = shown.into_iter().map(|(_, filesystem)| filesystem).collect();
        shown.sort_by(|a, b| a.mount_point.cmp(&b.mount_point));
        Ok(shown)
    }

    fn is_shown(&self, mount: &Mount<'_>, types: Option<&[String]>) -> bool {
        let is_on_device = match types {
            // ZFS manages its devices itself.
            Some(types) => mount.kind == "zfs" || types.iter().any(|kind| kind == mount.kind),
            None => mount.source.starts_with("/dev/"),
        };
        is_on_device && !IMAGES.contains(&mount.kind) && !self.excluded.match_name(&mount.folder)
    }
}

/// A line of the file.
struct Mount<'a> {
    /// Major and minor number.
    device: &'a str,
    /// Whether the root of the file system is mounted, and not a folder or file of it.
    is_whole: bool,
    /// The mount point.
    folder: String,
    is_read_only: bool,
    kind: &'a str,
    source: String,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Result<Self, TextError> {
        let mut fields = Fields::of(line);
        fields.word("id of a mount")?;
        fields.word("id of a parent")?;
        let device = fields.word("device of a mount")?;
        let is_whole = fields.word("root of a mount")? == "/";
        let folder = unescape(fields.word("folder of a mount")?);
        let options = fields.word("options of a mount")?;
        let is_read_only = options.split(',').any(|option| option == "ro");
        // Any number of optional fields comes before the dash.
        while fields.word("dash before the type of a mount")? != "-" {}
        let kind = fields.word("type of a mount")?;
        let source = unescape(fields.word("source of a mount")?);
        Ok(Self { device, is_whole, folder, is_read_only, kind, source })
    }

    fn filesystem(&self) -> Filesystem {
        Filesystem {
            device: self.source.as_str().into(),
            mode: if self.is_read_only { "ro" } else { "rw" },
            mount_point: self.folder.as_str().into(),
            kind: self.kind.into(),
        }
    }
}

/// The kernel writes spaces, line ends and backslashes as three octal digits: `\040`.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', rest @ ..] => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest
            }
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
            [] => return String::from_utf8_lossy(&bytes).into_owned(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &str, types: Option<&[String]>) -> Vec<String> {
        let filter = MountFilter { excluded: Patterns::new(["/var/lib/*"]) };
        let shown = filter.parse(lines, types).unwrap();
        let line = |shown: &Filesystem| {
            let Filesystem { device, mode, mount_point, kind } = shown;
            format!("{device} {mount_point} {kind} {mode}")
        };
        shown.iter().map(line).collect()
    }

    const MOUNTS: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
28 27 254:0 / /longer/path ro - ext4 /dev/vda rw
29 27 254:0 /etc/hosts /x rw - ext4 /dev/vda rw
30 27 8:1 / /mnt/my\\040disk ro master:1 propagate_from:2 - xfs /dev/sda1 rw
31 27 7:1 / /snap/core ro - squashfs /dev/loop1 ro
32 27 8:2 / /var/lib/kubelet rw - ext4 /dev/sda2 rw
33 27 0:40 / /nfs rw - nfs4 server:/share rw
34 27 0:41 / /pool rw - zfs tank rw
";

    #[test]
    fn each_device_is_shown_once_where_its_root_is() {
        let types = parse_types("nodev\tproc\nnodev\tzfs\n\text4\n\txfs\n\tsquashfs\n");
        assert_eq!(types, ["ext4", "xfs", "squashfs"]);
        assert_eq!(
            parse(MOUNTS, Some(&types)),
            ["/dev/vda / ext4 rw", "/dev/sda1 /mnt/my disk xfs ro", "tank /pool zfs rw"]
        );
        // Without the types, a device is a file.
        let without = parse(MOUNTS, None);
        assert_eq!(without, ["/dev/vda / ext4 rw", "/dev/sda1 /mnt/my disk xfs ro"]);
    }

    #[test]
    fn a_container_that_has_parts_of_a_device_shows_the_shortest_path() {
        let lines = "\
1 0 0:5 / / rw - overlay overlay rw
2 1 8:1 /containers/1/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw
3 1 8:1 /containers/1/hosts /etc/hosts rw - ext4 /dev/sda1 rw
";
        assert_eq!(parse(lines, None), ["/dev/sda1 /etc/hosts ext4 rw"]);
    }

    #[test]
    fn a_later_mount_hides_an_earlier_one() {
        let lines = "\
1 0 8:1 / /data rw - ext4 /dev/sda1 rw
2 1 8:2 / /data rw - ext4 /dev/sda2 rw
3 1 0:9 / /tmp rw - ext4 /dev/sda3 rw
4 1 0:8 / /tmp rw - tmpfs tmpfs rw
";
        assert_eq!(parse(lines, None), ["/dev/sda2 /data ext4 rw"]);
    }

    #[test]
    fn other_text_is_an_error_that_says_what_is_wrong() {
        let error = |line: &str| {
            let filter = MountFilter { excluded: Patterns::new([""; 0]) };
            filter.parse(line, None).unwrap_err().to_string()
        };
        assert_eq!(error("1 0 8:1 / /data\n"), "it has no options of a mount");
        let dash = "it has no dash before the type of a mount";
        assert_eq!(error("1 0 8:1 / /data rw shared:1\n"), dash);
        assert_eq!(error("\n"), "it has no id of a mount");
    }

    #[test]
    fn only_octal_digits_are_unescaped() {
        assert_eq!(unescape("a\\040b\\134\\"), "a b\\\\");
        assert_eq!(unescape("\\04\\999\\400"), "\\04\\999\\400");
        assert_eq!(unescape("\\303\\244"), "ä");
        assert_eq!(unescape("\\377"), "\u{fffd}");
    }
}
