//! Single cycles of the bus, by hand: latches, data in, data out.

use crate::bus::Bus;
use hardpath_sim::models::nand::Parameter;

impl Bus {
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

    pub fn latch_clocked(&mut self, command: bool, address: bool, byte: u8) {
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
}
