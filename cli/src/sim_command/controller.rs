//! `hardpath sim --scenario controller`: a flash controller under a workload.

use super::outputs::{Outputs, selection_is_wrong_use};
use super::progress;
use super::workload::WorkloadArguments;
use crate::failure::MarkWrongUse;
use crate::output;
use anyhow::{Result, bail};
use clap::ValueEnum;
use hardpath_sim::firmware::Rebuild;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerRun, ControllerShape, Injection, Upkeep};
use hardpath_sim::scenario::{Moment, Progress};
use hardpath_sim::workload::{PatternKind, WorkloadChoice, first_wrong};

/// Logical pages of a built-in pattern, unless told otherwise.
const LOGICAL_PAGES: u32 = 4_096;

/// Kind of flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Flash {
    /// One bit a cell
    Slc,
    /// Two bits a cell, written slowly
    Emlc,
}

/// From what tables are made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TableSource {
    /// From those that were saved when power failed
    Tables,
    /// From the headers of all stripes alone
    Headers,
}

/// A controller, its chips and its workload.
#[derive(clap::Args)]
#[command(next_help_heading = "Scenario controller")]
pub struct ControllerArguments {
    /// Kind of flash [default: slc]
    #[arg(long, value_enum)]
    flash: Option<Flash>,
    /// Dies of a chip: 1, 2, 4 or 8 [default: 8]
    #[arg(long)]
    dies: Option<u32>,
    /// Blocks of a plane, a power of two, 4..=2048 [default: 16]
    #[arg(long)]
    blocks_per_plane: Option<u32>,
    /// Pages of a block, a power of two, 2..=256 [default: 16]
    #[arg(long)]
    pages_per_block: Option<u32>,
    /// Reads of a block after which its row is written anew [default: 100000]
    #[arg(long)]
    read_limit: Option<u32>,
    /// Time from one stripe that the periodic sweep reads to the next [default: 10ms]
    #[arg(long, value_name = "TIME")]
    sweep: Option<String>,
    /// Let firmware read the chips' marks of bad blocks at power-up, instead of telling it
    #[arg(long)]
    read_marks: bool,
    /// Let something fail: KIND:PLACE@TIME, such as `plane:3@2ms` or `chip:7@5ms`; bits, page-program, block-erase, block,
    /// plane, die or chip; times count from the start of the workload
    #[arg(long, value_name = "FAULT")]
    inject: Vec<String>,
    /// Mains power fails at this time of the workload, such as `1.7ms`
    #[arg(long, value_name = "TIME")]
    power_cut: Option<String>,
    /// From what the tables are made again after a power cut [default: tables]
    #[arg(long, value_enum)]
    rebuild: Option<TableSource>,
}

impl ControllerArguments {
    /// The first option that was given.
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--flash", self.flash.is_some()),
            ("--dies", self.dies.is_some()),
            ("--blocks-per-plane", self.blocks_per_plane.is_some()),
            ("--pages-per-block", self.pages_per_block.is_some()),
            ("--read-limit", self.read_limit.is_some()),
            ("--sweep", self.sweep.is_some()),
            ("--read-marks", self.read_marks),
            ("--inject", !self.inject.is_empty()),
            ("--power-cut", self.power_cut.is_some()),
            ("--rebuild", self.rebuild.is_some()),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    fn options(&self, workload: &WorkloadArguments) -> Result<ControllerOptions> {
        let flash = match self.flash.unwrap_or(Flash::Slc) {
            Flash::Slc => FlashKind::Slc,
            Flash::Emlc => FlashKind::Emlc,
        };
        let mut shape = ControllerShape::small(flash);
        shape.dies = self.dies.unwrap_or(shape.dies);
        shape.blocks_per_plane = self.blocks_per_plane.unwrap_or(shape.blocks_per_plane);
        shape.pages_per_block = self.pages_per_block.unwrap_or(shape.pages_per_block);
        let mut upkeep = Upkeep::default();
        upkeep.read_limit = self.read_limit.unwrap_or(upkeep.read_limit);
        if let Some(time) = &self.sweep {
            upkeep.sweep = time.parse()?;
        }
        let mut options = ControllerOptions {
            shape,
            workload: workload.name().parse()?,
            commands: workload.commands(),
            queue_depth: workload.queue_depth(),
            logical_pages: workload.logical_pages,
            seed: workload.seed(),
            inject: self.inject.iter().map(|fault| fault.parse()).collect::<Result<Vec<Injection>, _>>()?,
            power_cut: self.power_cut.as_deref().map(|time| time.parse::<Moment>()).transpose()?,
            rebuild: match self.rebuild.unwrap_or(TableSource::Tables) {
                TableSource::Tables => Rebuild::Tables,
                TableSource::Headers => Rebuild::Headers,
            },
            upkeep,
            read_marks: self.read_marks,
            haste: 1,
            read_stress: 1,
        };
        shape.validate()?;
        let small = matches!(options.workload, WorkloadChoice::Pattern(kind) if kind != PatternKind::GcSteady);
        if small && options.logical_pages.is_none() {
            options.logical_pages = Some(LOGICAL_PAGES.min(options.layout().most_logical_pages()));
        }
        options.validate()?;
        // A log is read before anything is written.
        drop(options.host_commands()?);
        Ok(options)
    }
}

/// Runs the scenario and prints its tables.
pub fn run(arguments: &ControllerArguments, workload: &WorkloadArguments, outputs: &Outputs) -> Result<()> {
    let options = arguments.options(workload).wrong_use()?;
    let window = outputs.window().wrong_use()?;
    let files = outputs.create()?;
    let bar = progress::bar();
    let mut show = |step: Progress| progress::show(&bar, &step);
    let run =
        ControllerRun::new(&options, &files.trace(outputs, window), &mut show).or_else(selection_is_wrong_use)?.run();
    bar.finish_and_clear();
    let summary = match run {
        Ok(summary) => summary,
        Err(error) => {
            // The waveform shows why.
            files.finish_waveforms()?;
            return Err(error);
        }
    };
    files.write_report(&summary.report())?;
    files.finish()?;
    let save_file = outputs.save_file();
    if let Some((dump, path)) = &save_file {
        summary.write_save_file(dump, path)?;
    }
    let mut text = summary.events().map(|event| event + "\n").collect::<String>();
    if !text.is_empty() {
        text.push('\n');
    }
    text += &summary.table();
    text.push('\n');
    if let Some((_, path)) = &save_file {
        text += &format!("\nwaveform: gtkwave {}\n", path.display());
    }
    output::print(&text)?;
    if let Some(wrong) = first_wrong(&summary.wrong) {
        bail!("{} pages were wrong; the first: {wrong}", summary.wrong.len());
    }
    Ok(())
}
