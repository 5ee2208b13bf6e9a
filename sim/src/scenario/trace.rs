//! What a run records of its waveform.

use crate::engine::Simulator;
use crate::waveform::{Recorder, Recording, Selection, Window};
use std::path::PathBuf;

/// What to record.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Value change dump to write.
    pub vcd: Option<PathBuf>,
    /// Compressed waveform to write.
    pub fst: Option<PathBuf>,
    /// Nets and scopes; none means all.
    pub patterns: Vec<String>,
    /// Cycles.
    pub window: Window,
}

impl Trace {
    /// Records nothing.
    pub fn none() -> Self {
        Self { vcd: None, fst: None, patterns: vec![], window: Window::ALWAYS }
    }

    /// Starts the recording, if there is any, of a circuit whose clocks have this period.
    ///
    /// # Errors
    /// If nothing is selected or a file cannot be written.
    pub(super) fn recorder(&self, sim: &mut Simulator, period_ps: u64) -> anyhow::Result<Option<Recorder>> {
        let periods = vec![period_ps; sim.clocks().len()];
        self.recorder_of(sim, periods)
    }

    /// Starts the recording, if there is any, of a circuit whose clocks have these periods.
    ///
    /// # Errors
    /// If nothing is selected or a file cannot be written.
    pub fn recorder_of(&self, sim: &mut Simulator, periods_ps: Vec<u64>) -> anyhow::Result<Option<Recorder>> {
        if self.vcd.is_none() && self.fst.is_none() {
            return Ok(None);
        }
        let recording = Recording {
            selection: Selection::of(self.patterns.iter().cloned()),
            window: self.window,
            periods_ps,
            vcd: self.vcd.clone(),
            fst: self.fst.clone(),
        };
        Ok(Some(Recorder::new(sim, &recording)?))
    }

    /// A cycle that interests, if it is recorded; else the first that is.
    pub(super) fn opening_cycle(&self, interesting: u64) -> u64 {
        if self.window.contains(interesting) { interesting } else { self.window.from() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_save_file_opens_within_what_was_recorded() {
        let opening = |from, to| Trace { window: Window::new(from, to).unwrap(), ..Trace::none() }.opening_cycle(500);
        assert_eq!(Trace::none().opening_cycle(500), 500);
        assert_eq!(opening(100, 300), 100);
        assert_eq!(opening(400, 600), 500);
    }
}
