//! What a simulation leaves behind: figures and waveforms.

use crate::artifact::Artifact;
use crate::failure::MarkWrongUse;
use anyhow::{Context, Result, anyhow};
use hardpath_sim::scenario::Trace;
use hardpath_sim::waveform::{self, Window};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Files to write.
#[derive(clap::Args)]
pub struct Outputs {
    /// Write the figures as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write a value change dump, and a GTKWave save file beside it
    #[arg(long)]
    vcd: Option<PathBuf>,
    /// Write a compressed waveform, and a GTKWave save file beside it
    #[arg(long)]
    fst: Option<PathBuf>,
    /// Nets or scopes to trace, such as `writer.engine` or `*.valid` [default: all]
    #[arg(long, value_name = "PATTERN")]
    trace: Vec<String>,
    /// Cycles to trace: the first, and the one to stop before [default: all]
    #[arg(long, value_name = "FIRST..END")]
    trace_cycles: Option<String>,
}

/// The files while they are written; they appear under their names when all is well.
pub struct Files {
    json: Option<Artifact>,
    vcd: Option<Artifact>,
    fst: Option<Artifact>,
}

impl Outputs {
    /// The cycles to trace.
    ///
    /// # Errors
    /// If the text names none.
    pub fn window(&self) -> Result<Window> {
        Ok(self.trace_cycles.as_deref().map(window_of).transpose()?.unwrap_or(Window::ALWAYS))
    }

    /// Begins the files.
    ///
    /// # Errors
    /// If one cannot be created.
    pub fn create(&self) -> Result<Files> {
        let artifact = |path: &Option<PathBuf>| path.as_deref().map(Artifact::create).transpose().wrong_use();
        Ok(Files { json: artifact(&self.json)?, vcd: artifact(&self.vcd)?, fst: artifact(&self.fst)? })
    }

    /// The waveform that GTKWave is to open, and its save file.
    pub fn save_file(&self) -> Option<(&Path, PathBuf)> {
        let dump = self.fst.as_ref().or(self.vcd.as_ref())?;
        Some((dump, dump.with_extension("gtkw")))
    }
}

impl Files {
    /// What to record.
    pub fn trace(&self, outputs: &Outputs, window: Window) -> Trace {
        let path = |artifact: &Option<Artifact>| artifact.as_ref().map(|artifact| artifact.path().to_owned());
        Trace { vcd: path(&self.vcd), fst: path(&self.fst), patterns: outputs.trace.clone(), window }
    }

    /// Writes the figures, if they are wanted.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_report(&self, report: &impl Serialize) -> Result<()> {
        if let Some(json) = &self.json {
            let mut file = json.file()?;
            serde_json::to_writer_pretty(&mut file, report).context("cannot write the JSON report")?;
            file.write_all(b"\n").context("cannot write the JSON report")?;
        }
        Ok(())
    }

    /// Gives the waveforms of a run that failed their names; there are no figures.
    ///
    /// # Errors
    /// If one cannot be renamed.
    pub fn finish_waveforms(self) -> Result<()> {
        [self.vcd, self.fst].into_iter().flatten().try_for_each(Artifact::finish)
    }

    /// Gives the files their names.
    ///
    /// # Errors
    /// If one cannot be renamed.
    pub fn finish(self) -> Result<()> {
        [self.json, self.vcd, self.fst].into_iter().flatten().try_for_each(Artifact::finish)
    }
}

/// A pattern that selects nothing is wrong use; any other error is a failed run.
pub fn selection_is_wrong_use<T>(error: anyhow::Error) -> Result<T> {
    match error.downcast_ref::<waveform::Error>() {
        Some(waveform::Error::NothingSelected { .. }) => Err(error).wrong_use(),
        _ => Err(error),
    }
}

fn window_of(text: &str) -> Result<Window> {
    let bounds =
        text.split_once("..").and_then(|(first, end)| Some((first.parse::<u64>().ok()?, end.parse::<u64>().ok()?)));
    match bounds {
        Some((first, end)) if first < end => Ok(Window::new(first, end)?),
        _ => Err(anyhow!("cycles {text:?} (legal: FIRST..END with FIRST below END, such as 100..2000)")),
    }
}
