//! `hardpath sim --scenario fc`: hosts at an interface card.

use super::outputs::{Outputs, selection_is_wrong_use};
use super::progress;
use super::workload::WorkloadArguments;
use crate::artifact::Artifact;
use crate::failure::MarkWrongUse;
use crate::output;
use anyhow::{Result, bail};
use clap::ValueEnum;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::fibre_channel::{
    Capture, CardOptions, FibreChannelOptions, FibreChannelRun, PORTS, SpeedChoice, Storage,
};
use hardpath_sim::scenario::{Moment, Progress};
use std::io::BufWriter;
use std::path::PathBuf;

/// Logical pages, unless told otherwise.
const LOGICAL_PAGES: u32 = 1_024;

/// What lies behind the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StorageKind {
    /// Memory
    Memory,
    /// Flash of one bit a cell
    Slc,
    /// Flash of two bits a cell
    Emlc,
}

impl StorageKind {
    /// The storage; memory takes so long for a page.
    pub fn storage(self, time: Moment) -> Storage {
        match self {
            Self::Memory => Storage::Memory(time),
            Self::Slc => Storage::Flash(FlashKind::Slc),
            Self::Emlc => Storage::Flash(FlashKind::Emlc),
        }
    }
}

/// Hosts and the lines to them.
#[derive(clap::Args)]
#[command(next_help_heading = "Scenario fc")]
pub struct FibreChannelArguments {
    /// How hosts are attached: `p2p`, port to port, `fabric`, each port at a switch of its own, or `loop` [default:
    /// p2p]
    #[arg(long, value_name = "MODE")]
    attach: Option<String>,
    /// Speed of the lines in Gb/s: 2, 4 or 8, or `auto`, the fastest that both ends find [default: 8]
    #[arg(long)]
    speed: Option<String>,
    /// With speed `auto`, the fastest speed that hosts have: 2, 4 or 8 [default: 8]
    #[arg(long, value_name = "SPEED")]
    host_speed: Option<String>,
    /// Scramble the frames of 8 Gb/s, on both sides; with an assumed polynomial
    #[arg(long)]
    scramble: bool,
    /// What lies behind the card: memory, or a flash controller with twenty chips [default: memory]
    #[arg(long, value_enum)]
    storage: Option<StorageKind>,
    /// Time that memory takes for a page, such as `60us` [default: 0ns]
    #[arg(long, value_name = "TIME")]
    storage_time: Option<String>,
    /// Hosts, dealt to the ports in turn: 1 or 2, in fabric or loop up to 4 a port; commands go to them in turn [default: 1]
    #[arg(long)]
    hosts: Option<u32>,
    /// Ports that hosts are attached to: 1 or 2 [default: 2, but no more than hosts]
    #[arg(long)]
    ports: Option<u32>,
    /// By how many parts per million the host's clock is faster than the array's, -200..=200 [default: 0]
    #[arg(long, allow_negative_numbers = true)]
    host_ppm: Option<i32>,
    /// Write the frames on the line as pcap with simulated times, for Wireshark
    #[arg(long)]
    pcap: Option<PathBuf>,
}

impl FibreChannelArguments {
    /// The first option that was given.
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--attach", self.attach.is_some()),
            ("--speed", self.speed.is_some()),
            ("--host-speed", self.host_speed.is_some()),
            ("--scramble", self.scramble),
            ("--storage", self.storage.is_some()),
            ("--hosts", self.hosts.is_some()),
            ("--ports", self.ports.is_some()),
            ("--storage-time", self.storage_time.is_some()),
            ("--host-ppm", self.host_ppm.is_some()),
            ("--pcap", self.pcap.is_some()),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    fn options(&self, workload: &WorkloadArguments) -> Result<FibreChannelOptions> {
        let time: Option<Moment> = self.storage_time.as_deref().map(str::parse).transpose()?;
        let kind = self.storage.unwrap_or(StorageKind::Memory);
        if kind != StorageKind::Memory && time.is_some() {
            bail!("--storage-time with flash (legal: with --storage memory)");
        }
        let storage = kind.storage(time.unwrap_or(Moment(0)));
        let hosts = self.hosts.unwrap_or(1);
        let host_speed = match self.host_speed.as_deref().map(str::parse).transpose()? {
            Some(SpeedChoice::Auto) => bail!("host speed \"auto\" (legal: 2, 4, 8)"),
            Some(SpeedChoice::Fixed(speed)) => Some(speed),
            None => None,
        };
        let card = CardOptions {
            attach: self.attach.as_deref().unwrap_or("p2p").parse()?,
            speed: self.speed.as_deref().unwrap_or("8").parse()?,
            host_speed,
            scrambles: self.scramble,
            ports: self.ports.unwrap_or_else(|| hosts.clamp(1, PORTS as u32)),
            hosts,
            host_ppm: self.host_ppm.unwrap_or(0),
            storage,
            pages: workload.logical_pages.unwrap_or(LOGICAL_PAGES),
            seed: workload.seed(),
        };
        let options = FibreChannelOptions {
            card,
            workload: workload.name().parse()?,
            commands: workload.commands(),
            queue_depth: workload.queue_depth(),
        };
        options.validate()?;
        // A log is read before anything is written.
        drop(options.host_commands()?);
        Ok(options)
    }
}

/// Runs the scenario and prints its tables.
pub fn run(arguments: &FibreChannelArguments, workload: &WorkloadArguments, outputs: &Outputs) -> Result<()> {
    let options = arguments.options(workload).wrong_use()?;
    let window = outputs.window().wrong_use()?;
    let files = outputs.create()?;
    let pcap = arguments.pcap.as_deref().map(Artifact::create).transpose().wrong_use()?;
    let capture = pcap.as_ref().map(|pcap| Capture::new(BufWriter::new(pcap.file()?))).transpose()?;
    let bar = progress::bar();
    let mut show = |step: Progress| progress::show(&bar, &step);
    let run = FibreChannelRun::new(&options, &files.trace(outputs, window), capture, &mut show)
        .or_else(selection_is_wrong_use)?
        .run();
    bar.finish_and_clear();
    let summary = match run {
        Ok(summary) => summary,
        Err(error) => {
            // Waveform and capture show why.
            pcap.map_or(Ok(()), Artifact::finish)?;
            files.finish_waveforms()?;
            return Err(error);
        }
    };
    files.write_report(&summary.report())?;
    files.finish()?;
    pcap.map_or(Ok(()), Artifact::finish)?;
    let save_file = outputs.save_file();
    if let Some((dump, path)) = &save_file {
        summary.write_save_file(dump, path)?;
    }
    let mut text = summary.table() + "\n";
    if let Some((_, path)) = &save_file {
        text += &format!("\nwaveform: gtkwave {}\n", path.display());
    }
    if let Some(path) = &arguments.pcap {
        text += &format!("\nframes: wireshark {}\n", path.display());
    }
    output::print(&text)?;
    if let Some(wrong) = summary.first_wrong() {
        bail!("{} pages or frames were wrong; the first: {wrong}", summary.report().verify_errors);
    }
    Ok(())
}
