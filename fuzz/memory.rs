//! Counts the memory in use, so that an input that makes it grow beyond its due is found like one that breaks a law.

#![allow(
    unsafe_code,
    reason = "an allocator cannot be written without; it only counts and asks the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that every input may cost: blocks of readers, and what the bounds of archives, lines and findings allow.
const CONSTANT: usize = 32 << 20;
/// Bytes that each byte of the input may cost besides. A target makes several files of its input, in two bytes a letter and
/// with every cell quoted, and a distinct row of few bytes is kept with a finding for each cell.
const FACTOR: usize = 100;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
    if now > PEAK.load(Ordering::Relaxed) {
        PEAK.fetch_max(now, Ordering::Relaxed);
    }
}

fn shrink(bytes: usize) {
    NOW.fetch_sub(bytes, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrink(layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may be there while the bytes are copied, but the system moves large blocks without a copy.
        grow(size.saturating_sub(layout.size()));
        shrink(layout.size().saturating_sub(size));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Runs `work` and gives the most bytes that were in use at once meanwhile.
pub(crate) fn measured(work: impl FnOnce()) -> usize {
    let before = NOW.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    work();
    PEAK.load(Ordering::Relaxed).saturating_sub(before)
}

/// Runs `work` on an input of this length.
///
/// # Panics
/// When that costs more memory than the input is due.
pub(crate) fn bounded(length: usize, work: impl FnOnce()) {
    let peak = measured(work);
    let due = CONSTANT + FACTOR * length;
    assert!(peak <= due, "an input of {length} bytes cost {peak} bytes of memory; {due} are its due");
}
