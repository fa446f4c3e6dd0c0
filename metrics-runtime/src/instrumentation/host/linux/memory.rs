//! `/proc/meminfo`.

use super::{
    super::reading::Memory,
    text::{Fields, TextError},
};

pub(super) fn parse(text: &str) -> Result<Memory, TextError> {
    let mut memory = Memory::default();
    let (mut total, mut free) = (None, None);
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let field = match name {
            "MemTotal" => &mut total,
            "MemFree" => &mut free,
            "MemAvailable" => &mut memory.available,
            "Buffers" => &mut memory.buffers,
            "Cached" => &mut memory.page_cache,
            "SReclaimable" => &mut memory.slab_reclaimable,
            "SUnreclaim" => &mut memory.slab_unreclaimable,
            "Shmem" => &mut memory.shared,
            "SwapTotal" => &mut memory.swap_total,
            "SwapFree" => &mut memory.swap_free,
            _ => continue,
        };
        // The unit `kB` is 1024 bytes.
        let kibibytes: u64 = Fields::of(value).number("size")?;
        *field = Some(kibibytes.saturating_mul(1024));
    }
    memory.total = total.ok_or(TextError::Missing("line `MemTotal`"))?;
    memory.free = free.ok_or(TextError::Missing("line `MemFree`"))?;
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_is_what_is_not_available() {
        let text = "MemTotal:  100 kB\nMemFree:  10 kB\nMemAvailable:  70 kB\nBuffers: 5 kB\n\
                    Cached:  40 kB\nSReclaimable:  3 kB\nSwapTotal: 9 kB\nSwapFree: 2 kB\n";
        let read = parse(text).unwrap();
        assert_eq!(
            [read.used(), read.cached().unwrap(), read.swap_used().unwrap()],
            [30 << 10, 43 << 10, 7 << 10]
        );
        assert_eq!((read.buffers, read.shared), (Some(5 << 10), None));
    }

    #[test]
    fn an_old_kernel_does_not_report_what_is_available() {
        let read = parse("MemTotal:  100 kB\nMemFree:  10 kB\nCached:  40 kB\n").unwrap();
        assert_eq!((read.used(), read.available), (50 << 10, None));
    }

    #[test]
    fn other_text_is_an_error_that_says_what_is_wrong() {
        let error = |text| parse(text).unwrap_err().to_string();
        assert_eq!(error("MemFree:  10 kB\n"), "it has no line `MemTotal`");
        assert_eq!(error("MemTotal:  10 kB\n"), "it has no line `MemFree`");
        assert_eq!(error("MemTotal:\n"), "it has no size");
        assert_eq!(error("MemTotal: ten\n"), "it has `ten` where a number is expected");
    }

    #[test]
    fn sizes_beyond_all_memory_do_not_overflow() {
        let most = u64::MAX;
        let text = format!(
            "MemTotal: 1 kB\nMemFree: {most} kB\nCached: {most} kB\nSReclaimable: {most} kB\n"
        );
        let read = parse(&text).unwrap();
        assert_eq!((read.used(), read.cached()), (0, Some(u64::MAX)));
    }
}
