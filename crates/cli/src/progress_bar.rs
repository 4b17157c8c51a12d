//! A progress bar on a terminal.

use homeroom_sync::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// A bar for bytes read and the steps after it; invisible when nobody watches.
#[derive(Clone)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new(output: &Output, bytes: u64) -> Bar {
        if !output.is_watched() {
            return Bar(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{msg:>9} {bar:40} {bytes} of {total_bytes} {eta}")
            .expect("the template is well formed");
        let bar = ProgressBar::new(bytes).with_style(style).with_message("reading");
        Bar(bar)
    }

    pub(crate) fn show(&self, progress: Progress) {
        match progress {
            Progress::Reading { done, total } => {
                self.0.set_length(total);
                self.0.set_position(done.min(total));
            }
            Progress::Planning => self.0.set_message("planning"),
            Progress::Applying => self.0.set_message("applying"),
            Progress::WritingResults => self.0.set_message("reporting"),
        }
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
