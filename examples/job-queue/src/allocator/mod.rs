//! The allocator of the program, which reports how much memory the program has allocated.

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod jemalloc;
#[cfg(not(all(feature = "jemalloc", not(target_env = "msvc"))))]
mod system;

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
pub use jemalloc::heap_usage;
#[cfg(not(all(feature = "jemalloc", not(target_env = "msvc"))))]
pub use system::heap_usage;
