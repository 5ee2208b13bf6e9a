//! Everything that a user says about a run.

use super::card_machine::{CardSettings, PORTS};
use crate::firmware::Rebuild;
use crate::firmware::port::PortTimes;
use crate::models::fibre_channel::arbitrated_loop::LoopedHosts;
use crate::models::fibre_channel::{Fabric, LineTimes, Neighbour, Speed, SpeedSetting};
use crate::models::nand::FlashKind;
use crate::models::{BLOCK_BYTES, PageDevice, PageMemory, Pause};
use crate::scenario::Moment;
use crate::scenario::controller::run::CLOCK_PICOSECONDS;
use crate::scenario::controller::{self, ControllerOptions, ControllerShape, FlashDevice, Upkeep};
use crate::workload::iolog::IologError;
use crate::workload::{HostCommand, PAGE_BYTES, Pattern, PatternError, PatternKind, WorkloadChoice};
use serde::Serialize;
use std::str::FromStr;
use thiserror::Error;

/// Times of a line: much shorter than the standard's, so that links come up soon, but in about the same relation to each other.
const TIMES: LineTimes =
    LineTimes { timeout: 2_000, offline: 500, receive_cycle: 300, transmit_cycle: 8_400, stable: 4_000 };
/// Frames that a host can take, and bytes of payload in each.
const HOST_CREDIT: u16 = 16;
const HOST_PAYLOAD: u16 = 2112;
/// Most pages of the logical unit.
const MOST_PAGES: u32 = 1 << 20;
/// The slowest storage.
const SLOWEST: Moment = Moment(1_000_000);
/// Difference of two legal clocks, parts per million.
const MOST_PPM: i32 = 200;

/// Hosts behind one port.
const MOST_HOSTS: u32 = 4;

/// Domain of the first port's switch.
const DOMAIN: u8 = 0x2A;

/// How host and array are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Attach {
    /// Port to port, without a fabric.
    #[serde(rename = "p2p")]
    PointToPoint,
    /// Each port at a switch of its own, with hosts behind it.
    #[serde(rename = "fabric")]
    Fabric,
    /// Each port in a loop with hosts.
    #[serde(rename = "loop")]
    Loop,
}

/// Speed of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeedChoice {
    /// Both ends are set to it.
    Fixed(Speed),
    /// Both ends find it out; the card has all speeds.
    Auto,
}

/// What lies behind the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Memory that takes so long for a page.
    Memory(Moment),
    /// A flash controller with its twenty chips.
    Flash(FlashKind),
}

/// A card and what is at both sides of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardOptions {
    /// How host and array are joined.
    pub attach: Attach,
    /// Speed of the lines.
    pub speed: SpeedChoice,
    /// The fastest speed that what is attached has, if they find it out; otherwise 8 Gb/s.
    pub host_speed: Option<Speed>,
    /// Frames of 8 Gb/s are scrambled; not in loops.
    pub scrambles: bool,
    /// Ports that something is attached to, the first ones.
    pub ports: u32,
    /// Hosts, dealt to the ports in turn.
    pub hosts: u32,
    /// By how many parts per million the hosts' clocks are faster than the array's.
    pub host_ppm: i32,
    /// What lies behind the card.
    pub storage: Storage,
    /// Pages of the logical unit.
    pub pages: u32,
    /// Seed of everything that is random.
    pub seed: u64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FibreChannelOptions {
    /// The card.
    pub card: CardOptions,
    /// Which commands; of 4 KB each.
    pub workload: WorkloadChoice,
    /// How many, of a built-in pattern.
    pub commands: u64,
    /// Most commands in flight.
    pub queue_depth: u32,
}

/// A run that is not possible.
#[derive(Debug, Error)]
pub enum OptionsError {
    /// No such way to join them.
    #[error("attach {0:?} (legal: p2p, fabric, loop)")]
    Attach(String),
    /// No such speed.
    #[error("speed {0:?} (legal: auto, 2, 4, 8)")]
    Speed(String),
    /// The hosts have the speed of the line.
    #[error("host speed {0} at lines of a set speed (legal: with speed auto)")]
    HostSpeed(Speed),
    /// Frames of loops are not scrambled here.
    #[error("scrambled frames in a loop (legal: attach p2p, fabric)")]
    ScrambledLoop,
    /// The built-in pattern is not legal.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The log is not.
    #[error(transparent)]
    Iolog(#[from] IologError),
    /// The device is too large or too small.
    #[error("logical pages {0} (legal: 1..={MOST_PAGES})")]
    Pages(u32),
    /// Storage is too slow.
    #[error("storage time {0} (legal: up to {SLOWEST})")]
    Storage(Moment),
    /// Flash is not possible.
    #[error(transparent)]
    Flash(#[from] controller::OptionsError),
    /// There are not so many ports.
    #[error("ports {0} (legal: 1, 2)")]
    Ports(u32),
    /// Too many hosts, or too few.
    #[error("hosts {hosts} with ports {ports} (legal: {legal})")]
    Hosts {
        /// How many.
        hosts: u32,
        /// At how many ports.
        ports: u32,
        /// How many there can be.
        legal: String,
    },
    /// The clocks differ too much.
    #[error("clock difference of {0} ppm (legal: -{MOST_PPM}..={MOST_PPM})")]
    Clock(i32),
}

impl FromStr for Attach {
    type Err = OptionsError;

    fn from_str(text: &str) -> Result<Self, OptionsError> {
        match text {
            "p2p" => Ok(Self::PointToPoint),
            "fabric" => Ok(Self::Fabric),
            "loop" => Ok(Self::Loop),
            _ => Err(OptionsError::Attach(text.to_owned())),
        }
    }
}

impl FromStr for SpeedChoice {
    type Err = OptionsError;

    fn from_str(text: &str) -> Result<Self, OptionsError> {
        let fixed = Speed::ALL.into_iter().find(|speed| speed.to_string() == text);
        match (text, fixed) {
            ("auto", _) => Ok(Self::Auto),
            (_, Some(speed)) => Ok(Self::Fixed(speed)),
            (_, None) => Err(OptionsError::Speed(text.to_owned())),
        }
    }
}

impl Attach {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::PointToPoint => "port to port",
            Self::Fabric => "at a switch",
            Self::Loop => "in a loop",
        }
    }
}

impl CardOptions {
    /// Confirms that the card is possible.
    ///
    /// # Errors
    /// The first field that is not legal.
    pub fn validate(&self) -> Result<(), OptionsError> {
        if !(1..=MOST_PAGES).contains(&self.pages) {
            return Err(OptionsError::Pages(self.pages));
        }
        match self.storage {
            Storage::Memory(time) if time > SLOWEST => return Err(OptionsError::Storage(time)),
            Storage::Memory(_) => {}
            Storage::Flash(kind) => self.controller(kind).validate()?,
        }
        let Self { hosts, ports, .. } = *self;
        if !(1..=PORTS as u32).contains(&ports) {
            return Err(OptionsError::Ports(ports));
        }
        let most = if self.attach == Attach::PointToPoint { ports } else { ports * MOST_HOSTS };
        if !(ports..=most).contains(&hosts) {
            let legal = if most == ports { ports.to_string() } else { format!("{ports}..={most}") };
            return Err(OptionsError::Hosts { hosts, ports, legal });
        }
        if self.scrambles && self.attach == Attach::Loop {
            return Err(OptionsError::ScrambledLoop);
        }
        if let (Some(speed), SpeedChoice::Fixed(_)) = (self.host_speed, self.speed) {
            return Err(OptionsError::HostSpeed(speed));
        }
        if !(-MOST_PPM..=MOST_PPM).contains(&self.host_ppm) {
            return Err(OptionsError::Clock(self.host_ppm));
        }
        Ok(())
    }

    /// What is set of the card.
    pub(super) fn settings(&self, port_times: PortTimes) -> CardSettings {
        let (speed, host_speed) = match self.speed {
            SpeedChoice::Fixed(speed) => (SpeedSetting::fixed(speed), SpeedSetting::fixed(speed)),
            SpeedChoice::Auto => {
                let up_to = |fastest| SpeedSetting { fastest, negotiates: true };
                (up_to(Speed::Eight), up_to(self.host_speed.unwrap_or(Speed::Eight)))
            }
        };
        CardSettings {
            times: TIMES,
            speed,
            host_speed,
            scrambles: self.scrambles,
            blocks: u64::from(self.pages) * (PAGE_BYTES / BLOCK_BYTES) as u64,
            device_period_ps: CLOCK_PICOSECONDS,
            host_ppm: self.host_ppm,
            host: (HOST_CREDIT, HOST_PAYLOAD),
            port_times,
            seed: self.seed,
        }
    }

    /// What is at the lines of the card.
    pub(super) fn neighbours(&self, settings: &CardSettings) -> Vec<Box<dyn Neighbour>> {
        let neighbour = |port: u32| -> Box<dyn Neighbour> {
            let numbers = (port..self.hosts).step_by(self.ports as usize);
            match self.attach {
                Attach::PointToPoint => Box::new(settings.hba(port as usize)),
                Attach::Fabric => {
                    let hosts = numbers.map(|number| settings.host_port(number as usize)).collect();
                    let mut fabric = Fabric::new(DOMAIN + port as u8, hosts, settings.times);
                    if settings.scrambles {
                        fabric.line_mut().scramble();
                    }
                    Box::new(fabric)
                }
                Attach::Loop => {
                    Box::new(LoopedHosts::new(numbers.map(|number| settings.looped_host(number as usize)).collect()))
                }
            }
        };
        (0..self.ports).map(neighbour).collect()
    }

    /// What lies behind the card, ready.
    ///
    /// # Errors
    /// If flash does not become ready.
    pub(super) fn device(&self) -> anyhow::Result<Box<dyn PageDevice>> {
        Ok(match self.storage {
            Storage::Memory(time) => {
                let latency = time.0 * 1000 / CLOCK_PICOSECONDS;
                Box::new(PageMemory::new(self.pages, (latency, latency), Pause::never(), self.seed))
            }
            Storage::Flash(kind) => Box::new(FlashDevice::new(&self.controller(kind))?),
        })
    }

    /// The flash controller behind the card, with this kind of flash. Its workload is what comes from the card.
    fn controller(&self, kind: FlashKind) -> ControllerOptions {
        ControllerOptions {
            shape: ControllerShape::small(kind),
            workload: WorkloadChoice::Pattern(PatternKind::Mixed),
            commands: 1,
            queue_depth: 1,
            logical_pages: Some(self.pages),
            seed: self.seed,
            inject: vec![],
            power_cut: None,
            rebuild: Rebuild::Tables,
            upkeep: Upkeep::default(),
            read_marks: false,
            haste: 1,
            read_stress: 1,
        }
    }
}

impl FibreChannelOptions {
    /// Confirms that the run is possible, apart from the content of a log.
    ///
    /// # Errors
    /// The first field that is not legal.
    pub fn validate(&self) -> Result<(), OptionsError> {
        self.card.validate()?;
        let kind = match self.workload {
            WorkloadChoice::Pattern(kind) => kind,
            // The depth of the queue holds for logs, too.
            WorkloadChoice::Iolog(_) => PatternKind::SeqWrite,
        };
        Ok(self.pattern(kind).validate(self.card.pages)?)
    }

    fn pattern(&self, kind: PatternKind) -> Pattern {
        let Self { commands, queue_depth, card: CardOptions { seed, pages, .. }, .. } = *self;
        Pattern { kind, seed, pages, commands, queue_depth }
    }

    /// The commands of the host.
    ///
    /// # Errors
    /// If a log cannot be read or is not legal.
    pub fn host_commands(&self) -> Result<Vec<HostCommand>, OptionsError> {
        Ok(self.workload.commands(self.card.pages, |kind| self.pattern(kind))?.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> CardOptions {
        CardOptions {
            attach: Attach::PointToPoint,
            speed: SpeedChoice::Fixed(Speed::Eight),
            host_speed: None,
            scrambles: false,
            ports: 1,
            hosts: 1,
            host_ppm: 0,
            storage: Storage::Memory(Moment(0)),
            pages: 1000,
            seed: 1,
        }
    }

    fn options() -> FibreChannelOptions {
        let workload = WorkloadChoice::Pattern(PatternKind::Mixed);
        FibreChannelOptions { card: card(), workload, commands: 100, queue_depth: 32 }
    }

    #[test]
    fn errors_name_the_field_the_value_and_what_is_legal() {
        let error = |card: CardOptions| FibreChannelOptions { card, ..options() }.validate().unwrap_err().to_string();
        assert_eq!(error(CardOptions { pages: 0, ..card() }), "logical pages 0 (legal: 1..=1048576)");
        let slow = CardOptions { storage: Storage::Memory(Moment(1_000_001)), ..card() };
        assert_eq!(error(slow), "storage time 1000001ns (legal: up to 1ms)");
        assert_eq!(error(CardOptions { host_ppm: -201, ..card() }), "clock difference of -201 ppm (legal: -200..=200)");
        let host_speed = CardOptions { host_speed: Some(Speed::Two), ..card() };
        assert_eq!(error(host_speed), "host speed 2 at lines of a set speed (legal: with speed auto)");
        assert_eq!(error(CardOptions { ports: 3, ..card() }), "ports 3 (legal: 1, 2)");
        assert_eq!(error(CardOptions { hosts: 2, ..card() }), "hosts 2 with ports 1 (legal: 1)");
        let fabric = CardOptions { attach: Attach::Fabric, ports: 2, ..card() };
        assert_eq!(error(fabric), "hosts 1 with ports 2 (legal: 2..=8)");
        let flash = CardOptions { storage: Storage::Flash(FlashKind::Slc), pages: 1 << 20, ..card() };
        assert!(error(flash).starts_with("logical pages 1048576 (legal: 1..="));
        let error = |options: FibreChannelOptions| options.validate().unwrap_err().to_string();
        let deep = FibreChannelOptions { queue_depth: 129, ..options() };
        assert_eq!(error(deep), "queue depth 129 (legal: 1..=128)");
        assert_eq!("star".parse::<Attach>().unwrap_err().to_string(), r#"attach "star" (legal: p2p, fabric, loop)"#);
        assert_eq!("16".parse::<SpeedChoice>().unwrap_err().to_string(), r#"speed "16" (legal: auto, 2, 4, 8)"#);
    }
}
