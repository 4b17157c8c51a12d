//! Measures memory, so that an input that needs too much of it is found just like one that breaks a law.

#![allow(unsafe_code, reason = "an allocator needs it; this one only counts and calls the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes allowed for any input: the blocks of readers, and what the limits of archives, lines and findings permit.
const CONSTANT: usize = 32 << 20;
/// Additional bytes allowed for each byte of the input. A target makes several files of its input, some with two bytes per letter
/// and with every cell quoted, and a distinct row of a few bytes is kept with a finding for each cell.
const FACTOR: usize = 100;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let now = IN_USE.fetch_add(bytes, Ordering::Relaxed) + bytes;
    if now > PEAK.load(Ordering::Relaxed) {
        PEAK.fetch_max(now, Ordering::Relaxed);
    }
}

fn shrink(bytes: usize) {
    IN_USE.fetch_sub(bytes, Ordering::Relaxed);
}

// SAFETY: every call is passed to the system's allocator unchanged.
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
        // Both blocks may exist while the bytes are copied, but the system moves large blocks without copying.
        grow(size.saturating_sub(layout.size()));
        shrink(layout.size().saturating_sub(size));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Runs `work` and returns the peak of the bytes that it used.
pub(crate) fn peak_of(work: impl FnOnce()) -> usize {
    let before = IN_USE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    work();
    PEAK.load(Ordering::Relaxed).saturating_sub(before)
}

/// Runs `work` on an input of this length.
///
/// # Panics
/// When that uses more memory than allowed.
pub(crate) fn bounded(length: usize, work: impl FnOnce()) {
    let peak = peak_of(work);
    let limit = CONSTANT + FACTOR * length;
    assert!(peak <= limit, "an input of {length} bytes used {peak} bytes of memory; the limit is {limit}");
}
