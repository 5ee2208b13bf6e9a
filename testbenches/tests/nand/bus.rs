//! A bus driven by hand: a controller that keeps every time of the mode exactly, in whole cycles.

use hardpath_sim::models::nand::{
    BusTiming, ChipConfig, DevicePins, FlashKind, FlashParameters, Geometry, HostPins, Interface, LaneConfig, NandLane,
    PageAddress, Parameter, TimingMode, Violation,
};

/// A lane, what drives it, and what it has said.
pub struct Bus {
    pub lane: NandLane,
    pub pins: HostPins,
    pub timing: BusTiming,
    /// The chip that is enabled by [`Bus::select`].
    pub chip: u8,
    /// What the chips drove in the cycle before.
    pub seen: DevicePins,
    /// Half of the NV-DDR clock period in cycles; where in the period the bus is.
    pub half: u64,
    pub phase: u64,
    pub last_address: Option<u64>,
    recording: Option<Vec<(HostPins, DevicePins)>>,
}

/// A small chip: fast, without bit errors or bad blocks.
pub fn small(kind: FlashKind) -> ChipConfig {
    let mut flash: FlashParameters = kind.parameters();
    flash.errors.fresh = 0.0;
    flash.errors.worn = 0.0;
    flash.errors.per_block_read = 0.0;
    flash.factory_bad = 0.0;
    flash.read.typical_nanoseconds = 6_000;
    flash.program.typical_nanoseconds = 20_000;
    flash.erase.typical_nanoseconds = 60_000;
    let geometry =
        Geometry { luns: 3, planes: 2, blocks_per_plane: 3, pages_per_block: 4, page_bytes: 512, spare_bytes: 16 };
    ChipConfig { seed: 7, geometry, flash }
}

impl Bus {
    /// A lane of two small chips just powered up.
    pub fn new(chip: ChipConfig) -> Self {
        let config = LaneConfig { chip, ..LaneConfig::of(FlashKind::Slc, 0) };
        Self::of(config)
    }

    pub fn of(config: LaneConfig) -> Self {
        let lane = NandLane::new(config).expect("a legal configuration");
        let timing = TimingMode::POWER_UP.timing(config.clock_picoseconds);
        let seen = DevicePins { data_in: 0, strobe_in: false, ready_busy_n: 0xFF };
        Self {
            lane,
            pins: HostPins::IDLE,
            timing,
            chip: 0,
            seen,
            half: 1,
            phase: 0,
            last_address: None,
            recording: None,
        }
    }

    /// Powered up, reset, and switched to a mode.
    pub fn in_mode(chip: ChipConfig, interface: Interface, number: u8) -> Self {
        let mut bus = Self::new(chip);
        bus.start(interface, number);
        bus
    }

    /// Resets chip 0 and switches it to a mode.
    pub fn start(&mut self, interface: Interface, number: u8) {
        self.select(self.chip);
        self.command(0xFF);
        self.wait_ready();
        let mode = TimingMode::new(interface, number).expect("a mode");
        self.command(0xEF);
        self.addresses(&[0x01]);
        self.write(&[mode.feature(), 0, 0, 0]);
        self.wait_ready();
        self.deselect();
        self.adopt(mode);
        self.select(self.chip);
    }

    /// Keeps the times of a mode from now on.
    pub fn adopt(&mut self, mode: TimingMode) {
        self.timing = mode.timing(self.timing.clock_picoseconds());
        self.half = self.timing.cycles(Parameter::Ck).div_ceil(2).max(1);
        self.phase = 0;
    }

    pub fn clocked(&self) -> bool {
        self.timing.mode().interface() == Interface::NvDdr
    }

    pub fn cycles(&self, parameter: Parameter) -> u64 {
        self.timing.cycles(parameter)
    }

    pub fn violations(&self) -> &[Violation] {
        self.lane.violations()
    }

    /// One cycle. Broken rules stay listed in the lane.
    pub fn step(&mut self) -> DevicePins {
        if self.clocked() && self.pins.chip_enable_n != 0xFF {
            self.phase = (self.phase + 1) % (2 * self.half);
            self.pins.write_enable_n = self.phase < self.half;
        }
        self.raw()
    }

    /// One cycle in which the clock stands still.
    pub fn raw(&mut self) -> DevicePins {
        let known = self.lane.violations().len();
        let drives = self.lane.drive();
        match self.lane.step(self.pins) {
            Ok(pins) => assert_eq!(pins, drives),
            Err(violation) => assert_eq!(violation, self.lane.violations()[known]),
        }
        self.seen = drives;
        if let Some(recording) = &mut self.recording {
            recording.push((self.pins, drives));
        }
        drives
    }

    /// Keeps the pins of all cycles from now on.
    pub fn record(&mut self) {
        self.recording = Some(Vec::new());
    }

    /// The pins of all cycles since [`Bus::record`].
    pub fn recorded(&self) -> Vec<(HostPins, DevicePins)> {
        self.recording.clone().unwrap_or_default()
    }

    pub fn run(&mut self, cycles: u64) {
        for _ in 0..cycles {
            self.step();
        }
    }

    /// Cycles in which nothing moves on the controller's side; those in which nothing happens are skipped.
    pub fn pause(&mut self, cycles: u64) {
        if self.clocked() {
            return self.run(cycles);
        }
        let end = self.lane.cycle() + cycles;
        while self.lane.cycle() < end {
            if self.lane.skip(end - self.lane.cycle()) == 0 {
                self.step();
            }
        }
    }

    /// Cycles in which the clock stands still.
    pub fn run_unclocked(&mut self, cycles: u64) {
        for _ in 0..cycles {
            self.raw();
        }
    }

    pub fn select(&mut self, chip: u8) {
        self.chip = chip;
        self.run(self.cycles(Parameter::Ceh));
        self.pins.chip_enable_n = !(1 << chip);
        if self.clocked() {
            self.phase = self.half;
            self.pins.write_enable_n = false;
        }
        self.raw();
        self.run(self.cycles(Parameter::Cs));
    }

    /// Power is lost for a time, with whatever is on the pins.
    pub fn power_cut(&mut self, nanoseconds: u64) {
        self.lane.power_cut(nanoseconds);
        self.pins = HostPins::IDLE;
        self.last_address = None;
        self.adopt(TimingMode::POWER_UP);
    }

    pub fn deselect(&mut self) {
        self.run(self.cycles(Parameter::Ch).max(2));
        self.pins.chip_enable_n = 0xFF;
        self.pins.write_enable_n = true;
        self.pins.read_enable_n = true;
        self.pins.data_drive = false;
        self.raw();
    }

    pub fn command(&mut self, byte: u8) {
        self.latch(true, false, byte);
    }

    pub fn addresses(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.latch(false, true, *byte);
        }
    }

    fn latch(&mut self, command: bool, address: bool, byte: u8) {
        if self.clocked() {
            self.latch_clocked(command, address, byte);
        } else {
            self.latch_strobed(command, address, byte);
        }
    }

    /// Identifiers and features: twice in NV-DDR.
    pub fn read_short(&mut self, count: usize) -> Vec<u8> {
        if !self.clocked() {
            return self.read(count);
        }
        let twice = self.read(2 * count);
        assert!(twice.chunks(2).all(|pair| pair[0] == pair[1]), "{twice:02X?}");
        twice.into_iter().step_by(2).collect()
    }

    /// Features: twice in NV-DDR.
    pub fn write_short(&mut self, bytes: &[u8]) {
        let repeats = if self.clocked() { 2 } else { 1 };
        let bytes: Vec<u8> = bytes.iter().flat_map(|byte| vec![*byte; repeats]).collect();
        self.write(&bytes);
    }

    pub fn ready(&self) -> bool {
        self.seen.ready_busy_n >> self.chip & 1 == 1
    }

    /// Waits for the fall of R/B# at the latest time allowed, then for its rise; how many cycles it was low.
    pub fn wait_ready(&mut self) -> u64 {
        self.run(self.cycles(Parameter::Wb) + 1);
        let start = self.lane.cycle();
        while !self.ready() {
            self.step();
            assert!(self.lane.cycle() - start < 1_000_000, "busy for ever");
        }
        self.lane.cycle() - start
    }

    pub fn expect_quiet(&self) {
        assert_eq!(self.violations(), []);
    }
}

/// LUN, plane, block within the plane, page, for the small chip.
pub fn page(lun: u32, plane: u32, block: u32, page: u32) -> PageAddress {
    PageAddress { block: small(FlashKind::Slc).geometry.block_in_plane(lun, plane, block), page }
}

/// Bytes that differ from page to page.
pub fn pattern(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| (seed * 101 + at * 7 + at / 256) as u8).collect()
}
