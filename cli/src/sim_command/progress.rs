//! How far a run is, on the terminal.

use hardpath_sim::scenario::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar of commands.
pub fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>10} [{bar:40}] {human_pos}/{human_len} commands {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "))
}

/// Shows how far a run is.
pub fn show(bar: &ProgressBar, step: &Progress) {
    bar.set_message(step.phase);
    bar.set_length(step.total.max(step.done));
    bar.set_position(step.done);
}
