//! Timing rules of the NV-DDR interface.

use crate::bus::{Bus, page};
use crate::rules::{CLOCKED, CLOCKED_SLOW, Case};
use hardpath_sim::models::nand::{Parameter, Rule};

const AMPLE: u64 = 100;

pub fn cases() -> Vec<Case> {
    let fast = |parameter, what, run| Case { rule: Rule::Timing(parameter), what, mode: CLOCKED, run };
    let slow = |parameter, what, run| Case { rule: Rule::Timing(parameter), what, mode: CLOCKED_SLOW, run };
    vec![
        slow(Parameter::Ck, "clock period", |bus, broken| {
            // 50 ns are 7 cycles.
            bus.before_rise(1);
            bus.step();
            bus.run_unclocked(2);
            for low in [4, 4 - u64::from(broken), 4] {
                bus.pins.write_enable_n = false;
                bus.run_unclocked(low);
                bus.pins.write_enable_n = true;
                bus.run_unclocked(3);
            }
        }),
        slow(Parameter::Cals, "CLE to the clock", |bus, broken| {
            drive(bus, 0x70);
            bus.before_rise(2 - u64::from(broken));
            bus.pins.command_latch = true;
            finish(bus);
        }),
        slow(Parameter::Cas, "data to the clock", |bus, broken| {
            drive(bus, 0x00);
            bus.before_rise(3);
            bus.pins.command_latch = true;
            bus.run(1 + u64::from(broken));
            bus.pins.data_out = 0x70;
            bus.run(2 - u64::from(broken));
            finish_after_rise(bus, 3);
        }),
        slow(Parameter::Calh, "CLE after the clock", |bus, broken| {
            drive(bus, 0x70);
            bus.before_rise(3);
            bus.pins.command_latch = true;
            bus.run(3);
            finish_after_rise(bus, 1 - u64::from(broken));
        }),
        slow(Parameter::Cah, "data after the clock", |bus, broken| {
            drive(bus, 0x70);
            bus.before_rise(3);
            bus.pins.command_latch = true;
            bus.run(4 - u64::from(broken));
            bus.pins.data_out = 0x00;
            finish_after_rise(bus, 3);
        }),
        slow(Parameter::Ch, "CE# after the clock", |bus, broken| {
            drive(bus, 0x70);
            bus.before_rise(3);
            bus.pins.command_latch = true;
            bus.run(4 - u64::from(broken));
            bus.pins.chip_enable_n = 0xFF;
            bus.run(AMPLE);
        }),
        slow(Parameter::Cs, "CE# to the clock", |bus, broken| {
            bus.deselect();
            bus.run(AMPLE);
            bus.pins.command_latch = true;
            bus.pins.data_out = 0x70;
            bus.pins.data_drive = true;
            bus.pins.write_enable_n = false;
            bus.run(AMPLE);
            bus.pins.chip_enable_n = !1;
            // 35 ns are 5 cycles with the delay of half a cycle.
            bus.phase = 2 * bus.half - 6 + u64::from(broken);
            bus.pins.write_enable_n = false;
            bus.run_unclocked(5 - u64::from(broken));
            bus.phase = 2 * bus.half - 1;
            finish(bus);
        }),
        fast(Parameter::Cad, "command to address", |bus, broken| {
            // 45 ns are 6 cycles, and the clock rises every second.
            drive(bus, 0x90);
            latch_at_rise(bus, true);
            bus.pins.data_out = 0;
            bus.run(if broken { 2 } else { 4 });
            latch_at_rise(bus, false);
        }),
        fast(Parameter::Wrck, "W/R# to the clock", |bus, broken| {
            bus.command(0x70);
            bus.run(AMPLE);
            // 20 ns are 3 cycles with the delay of half a cycle.
            let cycles = 3 - u64::from(broken);
            bus.before_rise(1 + cycles);
            bus.pins.read_enable_n = false;
            bus.run(cycles);
            both_latches(bus, 2);
        }),
        slow(Parameter::Dsc, "period of DQS", |bus, broken| {
            let gap = 4 - u64::from(broken);
            strobes(bus, &[gap, 3, 4]);
        }),
        slow(Parameter::Ds, "data to DQS", |bus, broken| {
            begin_strobes(bus);
            bus.run(8 + u64::from(broken));
            bus.pins.data_out ^= 1;
            bus.run(1 - u64::from(broken));
            move_strobe(bus, 8);
            move_strobe(bus, 8);
            end_strobes(bus);
        }),
        slow(Parameter::Dh, "data after DQS", |bus, broken| {
            begin_strobes(bus);
            bus.run(8);
            move_strobe(bus, 2 - u64::from(broken));
            bus.pins.data_out ^= 1;
            bus.run(6);
            move_strobe(bus, 8);
            end_strobes(bus);
        }),
        fast(Parameter::Adl, "last address to data", |bus, broken| {
            bus.command(0xEF);
            drive(bus, 0x10);
            bus.run(10);
            latch_at_rise(bus, false);
            let cycles = limit(bus, Parameter::Adl, broken);
            input_after(bus, cycles);
        }),
        fast(Parameter::Ccs, "changed write column to data", |bus, broken| {
            bus.command(0x80);
            let address = bus.full_address(page(0, 0, 0, 0), 0);
            bus.addresses(&address);
            bus.write(&[1, 2]);
            bus.command(0x85);
            bus.addresses(&[8]);
            drive(bus, 0x00);
            bus.run(10);
            latch_at_rise(bus, false);
            let cycles = limit(bus, Parameter::Ccs, broken);
            input_after(bus, cycles);
        }),
        fast(Parameter::Ccs, "changed read column to data", |bus, broken| {
            bus.read_page(page(0, 0, 0, 0), 0, 2);
            bus.command(0x05);
            bus.addresses(&[8, 0]);
            drive(bus, 0xE0);
            bus.run(10);
            latch_at_rise(bus, true);
            let cycles = limit(bus, Parameter::Ccs, broken);
            output_after(bus, cycles);
        }),
        fast(Parameter::Whr, "command to data out", |bus, broken| {
            drive(bus, 0x70);
            latch_at_rise(bus, true);
            let cycles = limit(bus, Parameter::Whr, broken);
            output_after(bus, cycles);
        }),
        fast(Parameter::Rr, "ready to data out", |bus, broken| {
            bus.begin_read(page(0, 0, 0, 0), 0, 0x30);
            bus.pins.read_enable_n = false;
            bus.run(bus.cycles(Parameter::Wb) + 1);
            while !bus.ready() {
                bus.step();
            }
            // R/B# rose in the cycle before; 20 ns are 3 cycles.
            let rises_next = bus.phase == 1;
            let wait = match (broken, rises_next) {
                (false, true) => 2,
                (false, false) => 3,
                (true, true) => 0,
                (true, false) => 1,
            };
            bus.run(wait);
            both_latches(bus, 2);
        }),
        fast(Parameter::Rhw, "data out to the next command", |bus, broken| {
            bus.command(0x70);
            bus.run(AMPLE);
            bus.pins.read_enable_n = false;
            bus.run(AMPLE);
            bus.before_rise(1);
            bus.pins.command_latch = true;
            bus.pins.address_latch = true;
            bus.run(1);
            let last = bus.lane.cycle() - 1;
            bus.run(1);
            bus.pins.command_latch = false;
            bus.pins.address_latch = false;
            bus.run(4);
            bus.pins.read_enable_n = true;
            bus.run(3);
            bus.pins.data_drive = true;
            bus.pins.data_out = 0x70;
            let cycles = limit(bus, Parameter::Rhw, broken);
            bus.run(last + cycles - bus.lane.cycle());
            bus.pins.command_latch = true;
            bus.run(1);
            finish_after_rise(bus, 1);
        }),
        fast(Parameter::Wb, "confirmation to the next command", |bus, broken| {
            bus.command(0x00);
            let address = bus.full_address(page(0, 0, 0, 0), 0);
            bus.addresses(&address);
            drive(bus, 0x30);
            bus.run(10);
            latch_at_rise(bus, true);
            bus.pins.data_out = 0x70;
            let cycles = limit(bus, Parameter::Wb, broken);
            bus.run(cycles - 2);
            latch_at_rise(bus, true);
        }),
        fast(Parameter::Ww, "WP# to the next command", |bus, broken| {
            drive(bus, 0x70);
            bus.run(AMPLE);
            bus.before_rise(if broken { 2 } else { 1 });
            bus.pins.write_protect_n = false;
            bus.run(bus.cycles(Parameter::Ww) - u64::from(broken));
            bus.pins.command_latch = true;
            bus.run(1);
            finish_after_rise(bus, 1);
        }),
        fast(Parameter::Ceh, "CE# high", |bus, broken| {
            bus.deselect();
            bus.run(bus.cycles(Parameter::Ceh) - 1 - u64::from(broken));
            bus.pins.chip_enable_n = !1;
            bus.run(AMPLE);
        }),
    ]
}

/// The fewest cycles that are legal between two rises of a clock of two cycles, or two less.
fn limit(bus: &Bus, parameter: Parameter, broken: bool) -> u64 {
    bus.cycles(parameter).next_multiple_of(2) - 2 * u64::from(broken)
}

fn drive(bus: &mut Bus, byte: u8) {
    bus.pins.data_out = byte;
    bus.pins.data_drive = true;
    bus.run(2 * bus.half);
}

/// Lets the clock rise on what is latched, and lets go.
fn finish(bus: &mut Bus) {
    bus.before_rise(1);
    bus.step();
    finish_after_rise(bus, 2);
}

fn finish_after_rise(bus: &mut Bus, cycles: u64) {
    bus.run(cycles);
    bus.pins.command_latch = false;
    bus.pins.address_latch = false;
    bus.run(2);
    bus.pins.data_drive = false;
    bus.run(AMPLE);
}

/// A command or an address at the next rise; the cycle after it has passed.
fn latch_at_rise(bus: &mut Bus, command: bool) {
    if bus.phase != 1 {
        bus.before_rise(1);
    }
    bus.pins.command_latch = command;
    bus.pins.address_latch = !command;
    bus.run(1);
    bus.pins.command_latch = false;
    bus.pins.address_latch = false;
    bus.run(1);
}

/// CLE and ALE high for a number of cycles.
fn both_latches(bus: &mut Bus, cycles: u64) {
    bus.pins.command_latch = true;
    bus.pins.address_latch = true;
    bus.run(cycles);
    bus.pins.command_latch = false;
    bus.pins.address_latch = false;
    bus.run(AMPLE);
}

/// A data cycle in, a number of cycles after the rise that [`latch_at_rise`] used.
fn input_after(bus: &mut Bus, cycles: u64) {
    bus.run(cycles - 2);
    both_latches(bus, 2);
}

fn output_after(bus: &mut Bus, cycles: u64) {
    bus.pins.data_drive = false;
    bus.pins.read_enable_n = false;
    bus.run(cycles - 2);
    both_latches(bus, 2);
}

/// A program in which DQS moves at the given distances.
fn strobes(bus: &mut Bus, gaps: &[u64]) {
    begin_strobes(bus);
    bus.run(8);
    for gap in gaps {
        move_strobe(bus, *gap);
    }
    move_strobe(bus, 1);
    end_strobes(bus);
}

fn begin_strobes(bus: &mut Bus) {
    bus.command(0x80);
    let address = bus.full_address(page(0, 0, 0, 0), 0);
    bus.addresses(&address);
    bus.run(AMPLE);
    bus.pins.strobe_drive = true;
    bus.pins.data_drive = true;
    bus.before_rise(3);
    bus.pins.command_latch = true;
    bus.pins.address_latch = true;
    bus.run(10);
}

fn move_strobe(bus: &mut Bus, cycles: u64) {
    bus.pins.strobe_out = !bus.pins.strobe_out;
    bus.run(cycles);
}

fn end_strobes(bus: &mut Bus) {
    bus.run(10);
    bus.before_rise(4);
    bus.pins.command_latch = false;
    bus.pins.address_latch = false;
    bus.run(10);
    bus.command(0x10);
}
