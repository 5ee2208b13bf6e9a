//! A bus driven by hand: a controller that keeps every time of the mode exactly, in whole cycles.

use hardpath_sim::models::nand::{
    BusTiming, ChipConfig, DevicePins, FlashKind, FlashParameters, Geometry, HostPins, Interface, LaneConfig, NandLane,
    PageAddress, Parameter, TimingMode, Violation, status,
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
    last_address: Option<u64>,
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

    /// One WE# pulse: set-up, low, high, all as short as legal.
    pub fn latch_strobed(&mut self, command: bool, address: bool, byte: u8) {
        let low = self.cycles(Parameter::Wp);
        let setup = [Parameter::Cls, Parameter::Als, Parameter::Ds].map(|parameter| self.cycles(parameter));
        let hold = [Parameter::Clh, Parameter::Alh, Parameter::Dh, Parameter::Ch, Parameter::Wh];
        let hold = hold.map(|parameter| self.cycles(parameter)).into_iter().max().unwrap_or(1);
        self.pins.command_latch = command;
        self.pins.address_latch = address;
        self.pins.data_out = byte;
        self.pins.data_drive = true;
        let early = setup.into_iter().max().unwrap_or(0).saturating_sub(low);
        let early = early.max(self.cycles(Parameter::Wc).saturating_sub(low + hold));
        self.run(early);
        self.pins.write_enable_n = false;
        self.run(low);
        self.pins.write_enable_n = true;
        self.run(hold);
        self.pins.command_latch = false;
        self.pins.address_latch = false;
        self.pins.data_drive = false;
    }

    /// Runs until the clock rises in the `cycles`-th cycle to come.
    pub fn before_rise(&mut self, cycles: u64) {
        let period = 2 * self.half;
        let target = (cycles.next_multiple_of(period) - cycles) % period;
        loop {
            self.step();
            if self.phase == target {
                break;
            }
        }
    }

    /// Cycles before the rising one in which latched signals must stand already.
    fn setup_cycles(&self) -> u64 {
        let delay = self.lane.config().clock_delay_picoseconds;
        let longest = self.timing.picoseconds(Parameter::Cals).max(self.timing.picoseconds(Parameter::Cas));
        longest.saturating_sub(delay).div_ceil(self.timing.clock_picoseconds())
    }

    /// Cycles from the rising one to the first in which latched signals may change.
    fn hold_cycles(&self, parameter: Parameter) -> u64 {
        let delay = self.lane.config().clock_delay_picoseconds;
        (self.timing.picoseconds(parameter) + delay).div_ceil(self.timing.clock_picoseconds())
    }

    fn latch_clocked(&mut self, command: bool, address: bool, byte: u8) {
        let period = 2 * self.half;
        while self.last_address.is_some_and(|last| self.lane.cycle() + period < last + self.cycles(Parameter::Cad)) {
            self.step();
        }
        let setup = self.setup_cycles();
        self.before_rise(setup + 1);
        self.pins.command_latch = command;
        self.pins.address_latch = address;
        self.pins.data_out = byte;
        self.pins.data_drive = true;
        self.run(setup + 1);
        self.last_address = Some(self.lane.cycle() - 1);
        self.run(self.hold_cycles(Parameter::Calh).max(self.hold_cycles(Parameter::Cah)) - 1);
        self.pins.command_latch = false;
        self.pins.address_latch = false;
        self.pins.data_drive = false;
        self.step();
    }

    /// Data in, after the time that the command before asks for.
    pub fn write(&mut self, bytes: &[u8]) {
        let wait = self.cycles(Parameter::Adl).max(self.cycles(Parameter::Ccs));
        self.run(wait);
        self.write_at_once(bytes);
    }

    pub fn write_at_once(&mut self, bytes: &[u8]) {
        if self.clocked() {
            self.write_clocked(bytes);
        } else {
            for byte in bytes {
                self.latch_strobed(false, false, *byte);
            }
        }
    }

    fn write_clocked(&mut self, bytes: &[u8]) {
        let setup = self.setup_cycles();
        self.before_rise(setup + 2);
        self.pins.strobe_drive = true;
        self.pins.strobe_out = false;
        self.step();
        self.pins.command_latch = true;
        self.pins.address_latch = true;
        self.run(setup);
        let (half, count) = (self.half, bytes.len() as u64);
        let first = 2 * half;
        let setup_data = self.timing.picoseconds(Parameter::Ds);
        let delay = self.lane.config().clock_delay_picoseconds;
        let early = setup_data.saturating_sub(delay).div_ceil(self.timing.clock_picoseconds());
        let off = (count / 2 - 1) * 2 * half + self.hold_cycles(Parameter::Calh);
        for cycle in 0..=first + count * half + 2 {
            if cycle == off {
                self.pins.command_latch = false;
                self.pins.address_latch = false;
            }
            let ahead = cycle + early;
            if ahead >= first && (ahead - first).is_multiple_of(half) && (ahead - first) / half < count {
                self.pins.data_drive = true;
                self.pins.data_out = bytes[((ahead - first) / half) as usize];
            }
            if cycle >= first && (cycle - first).is_multiple_of(half) && (cycle - first) / half < count {
                self.pins.strobe_out = !self.pins.strobe_out;
            }
            self.step();
        }
        self.pins.data_drive = false;
        self.pins.strobe_drive = false;
        self.step();
    }

    /// Data out, after the time that the command before asks for.
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let waits = [Parameter::Whr, Parameter::Ccs, Parameter::Rr, Parameter::Ar, Parameter::Clr];
        self.run(waits.map(|parameter| self.cycles(parameter)).into_iter().max().unwrap_or(0));
        let bytes = if self.clocked() { self.read_clocked(count) } else { self.read_strobed(count) };
        self.run(self.cycles(Parameter::Rhw));
        bytes
    }

    /// RE# pulses as short as legal; every byte is sampled tREA after its pulse begins, into the next one if need be.
    fn read_strobed(&mut self, count: usize) -> Vec<u8> {
        let low = self.cycles(Parameter::Rp);
        let high = self.cycles(Parameter::Reh).max(self.cycles(Parameter::Rc) - low);
        let access = self.cycles(Parameter::Rea) as usize;
        let mut seen = Vec::new();
        for _ in 0..count {
            for cycle in 0..low + high {
                self.pins.read_enable_n = cycle >= low;
                seen.push(self.step().data_in);
            }
        }
        for _ in 0..access {
            seen.push(self.step().data_in);
        }
        (0..count).map(|byte| seen[byte * (low + high) as usize + access]).collect()
    }

    fn read_clocked(&mut self, count: usize) -> Vec<u8> {
        self.pins.read_enable_n = false;
        self.run(self.cycles(Parameter::Wrck));
        let setup = self.setup_cycles();
        self.before_rise(setup + 1);
        self.pins.command_latch = true;
        self.pins.address_latch = true;
        let mut bytes = Vec::new();
        let mut strobe = self.seen.strobe_in;
        let off =
            setup + (count as u64).div_ceil(2).saturating_sub(1) * 2 * self.half + self.hold_cycles(Parameter::Calh);
        for cycle in 0..off + self.cycles(Parameter::DqsckMaximum) + 2 * self.half {
            if cycle == off {
                self.pins.command_latch = false;
                self.pins.address_latch = false;
            }
            let pins = self.step();
            if pins.strobe_in != strobe {
                bytes.push(pins.data_in);
            }
            strobe = pins.strobe_in;
        }
        assert_eq!(bytes.len(), count.next_multiple_of(2), "bytes with a strobe edge");
        bytes.truncate(count);
        self.pins.read_enable_n = true;
        self.run(self.cycles(Parameter::Dqshz) + 1);
        bytes
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

    pub fn status(&mut self) -> u8 {
        self.run(self.cycles(Parameter::Wb));
        self.command(0x70);
        self.read_short(1)[0]
    }

    pub fn status_enhanced(&mut self, page: PageAddress) -> u8 {
        self.run(self.cycles(Parameter::Wb));
        self.command(0x78);
        let row = self.row(page);
        self.addresses(&row);
        self.read_short(1)[0]
    }

    /// Polls the status of a page's LUN until it is ready, and the array if `array`.
    pub fn poll(&mut self, page: PageAddress, array: bool) -> u8 {
        let mask = if array { status::READY | status::ARRAY_READY } else { status::READY };
        loop {
            let bits = self.status_enhanced(page);
            if bits & mask == mask {
                return bits;
            }
        }
    }

    pub fn row(&self, page: PageAddress) -> [u8; 3] {
        let row = self.lane.config().chip.geometry.row(page).to_le_bytes();
        [row[0], row[1], row[2]]
    }

    pub fn full_address(&self, page: PageAddress, column: usize) -> [u8; 5] {
        let (row, column) = (self.row(page), (column as u16).to_le_bytes());
        [column[0], column[1], row[0], row[1], row[2]]
    }

    /// Command, five addresses, data, confirmation; not waiting for it.
    pub fn load_program(&mut self, first: u8, page: PageAddress, column: usize, data: &[u8], last: u8) {
        self.command(first);
        let address = self.full_address(page, column);
        self.addresses(&address);
        if !data.is_empty() {
            self.write(data);
        }
        self.command(last);
    }

    /// Programs a page and waits; its status.
    pub fn program(&mut self, page: PageAddress, data: &[u8]) -> u8 {
        self.load_program(0x80, page, 0, data, 0x10);
        self.wait_ready();
        self.status()
    }

    pub fn begin_read(&mut self, page: PageAddress, column: usize, last: u8) {
        self.command(0x00);
        let address = self.full_address(page, column);
        self.addresses(&address);
        self.command(last);
    }

    /// Reads bytes of a page from a column on.
    pub fn read_page(&mut self, page: PageAddress, column: usize, count: usize) -> Vec<u8> {
        self.begin_read(page, column, 0x30);
        self.wait_ready();
        self.read(count)
    }

    pub fn begin_erase(&mut self, page: PageAddress, last: u8) {
        self.command(0x60);
        let row = self.row(page);
        self.addresses(&row);
        self.command(last);
    }

    /// Erases a block and waits; its status.
    pub fn erase(&mut self, page: PageAddress) -> u8 {
        self.begin_erase(page, 0xD0);
        self.wait_ready();
        self.status()
    }

    /// 05h, column, E0h.
    pub fn change_column(&mut self, column: usize) {
        let [low, high] = (column as u16).to_le_bytes();
        self.command(0x05);
        self.addresses(&[low, high]);
        self.command(0xE0);
    }

    /// 06h, address, E0h.
    pub fn change_plane(&mut self, page: PageAddress, column: usize) {
        self.command(0x06);
        let address = self.full_address(page, column);
        self.addresses(&address);
        self.command(0xE0);
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
