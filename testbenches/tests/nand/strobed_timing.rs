//! Timing rules of the SDR interface, one pulse at a time in mode 0.

use crate::bus::{Bus, page};
use crate::rules::{Case, SLOW};
use hardpath_sim::models::nand::{Parameter, Rule};

/// Longer than any time that a rule asks for.
const AMPLE: u64 = 100;

pub fn cases() -> Vec<Case> {
    let case = |parameter, what, run| Case { rule: Rule::Timing(parameter), what, mode: SLOW, run };
    vec![
        case(Parameter::Wp, "WE# low", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, limit(bus, Parameter::Wp, broken));
            bus.run(AMPLE);
        }),
        case(Parameter::Wh, "WE# high", |bus, broken| {
            prepare(bus, Latch::Command, 0x90);
            low(bus, AMPLE);
            let high = limit(bus, Parameter::Wh, broken);
            next_address(bus, high);
        }),
        case(Parameter::Wc, "WE# from fall to fall", |bus, broken| {
            prepare(bus, Latch::Command, 0x90);
            let pulse = bus.cycles(Parameter::Wp);
            low(bus, pulse);
            let high = limit(bus, Parameter::Wc, broken) - pulse;
            next_address(bus, high);
        }),
        case(Parameter::Cls, "CLE to the end of WE#", |bus, broken| {
            prepare(bus, Latch::Data, 0x70);
            bus.pins.write_enable_n = false;
            bus.run(AMPLE);
            bus.pins.command_latch = true;
            rise_after(bus, limit(bus, Parameter::Cls, broken));
        }),
        case(Parameter::Als, "ALE to the end of WE#", |bus, broken| {
            wide(bus, Latch::Command, 0x90);
            prepare(bus, Latch::Data, 0x00);
            bus.pins.write_enable_n = false;
            bus.run(AMPLE);
            bus.pins.address_latch = true;
            rise_after(bus, limit(bus, Parameter::Als, broken));
        }),
        case(Parameter::Ds, "data to the end of WE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x00);
            bus.pins.write_enable_n = false;
            bus.run(AMPLE);
            bus.pins.data_out = 0x70;
            rise_after(bus, limit(bus, Parameter::Ds, broken));
        }),
        case(Parameter::Cs, "CE# to the end of WE#", |bus, broken| {
            bus.deselect();
            prepare(bus, Latch::Command, 0x70);
            bus.pins.write_enable_n = false;
            bus.run(AMPLE);
            bus.pins.chip_enable_n = !1;
            rise_after(bus, limit(bus, Parameter::Cs, broken));
        }),
        case(Parameter::Clh, "CLE after WE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, AMPLE);
            bus.run(limit(bus, Parameter::Clh, broken));
            bus.pins.command_latch = false;
            bus.run(AMPLE);
        }),
        case(Parameter::Alh, "ALE after WE#", |bus, broken| {
            wide(bus, Latch::Command, 0x90);
            prepare(bus, Latch::Address, 0x00);
            low(bus, AMPLE);
            bus.run(limit(bus, Parameter::Alh, broken));
            bus.pins.address_latch = false;
            bus.run(AMPLE);
        }),
        case(Parameter::Dh, "data after WE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, AMPLE);
            bus.run(limit(bus, Parameter::Dh, broken));
            bus.pins.data_out = 0x13;
            bus.run(AMPLE);
        }),
        case(Parameter::Dh, "data let go after WE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, AMPLE);
            bus.run(limit(bus, Parameter::Dh, broken));
            bus.pins.data_drive = false;
            bus.run(AMPLE);
        }),
        case(Parameter::Ch, "CE# after WE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, AMPLE);
            bus.run(limit(bus, Parameter::Ch, broken));
            bus.pins.chip_enable_n = 0xFF;
            bus.run(AMPLE);
        }),
        case(Parameter::Ceh, "CE# high", |bus, broken| {
            bus.run(AMPLE);
            bus.pins.chip_enable_n = 0xFF;
            bus.run(limit(bus, Parameter::Ceh, broken));
            bus.pins.chip_enable_n = !1;
            bus.run(AMPLE);
        }),
        case(Parameter::Ww, "WP# to WE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            bus.pins.write_protect_n = false;
            bus.run(limit(bus, Parameter::Ww, broken));
            low(bus, AMPLE);
        }),
        case(Parameter::Rp, "RE# low", |bus, broken| {
            wide(bus, Latch::Command, 0x70);
            pulse(bus, limit(bus, Parameter::Rp, broken));
            bus.run(AMPLE);
        }),
        case(Parameter::Reh, "RE# high", |bus, broken| {
            wide(bus, Latch::Command, 0x70);
            pulse(bus, AMPLE);
            bus.run(limit(bus, Parameter::Reh, broken));
            pulse(bus, AMPLE);
        }),
        case(Parameter::Rc, "RE# from fall to fall", |bus, broken| {
            wide(bus, Latch::Command, 0x70);
            let length = bus.cycles(Parameter::Rp);
            pulse(bus, length);
            bus.run(limit(bus, Parameter::Rc, broken) - length);
            pulse(bus, AMPLE);
        }),
        case(Parameter::Whr, "WE# to RE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, AMPLE);
            let held = bus.cycles(Parameter::Clh);
            bus.run(held);
            release(bus);
            bus.run(limit(bus, Parameter::Whr, broken) - held);
            pulse(bus, AMPLE);
        }),
        case(Parameter::Clr, "CLE to RE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, AMPLE);
            bus.run(AMPLE);
            bus.pins.data_drive = false;
            bus.run(AMPLE);
            bus.pins.command_latch = false;
            bus.run(limit(bus, Parameter::Clr, broken));
            pulse(bus, AMPLE);
        }),
        case(Parameter::Ar, "ALE to RE#", |bus, broken| {
            wide(bus, Latch::Command, 0x90);
            prepare(bus, Latch::Address, 0x00);
            low(bus, AMPLE);
            bus.run(AMPLE);
            bus.pins.data_drive = false;
            bus.run(AMPLE);
            bus.pins.address_latch = false;
            bus.run(limit(bus, Parameter::Ar, broken));
            pulse(bus, AMPLE);
        }),
        case(Parameter::Ir, "data let go to RE#", |bus, broken| {
            prepare(bus, Latch::Command, 0x70);
            low(bus, AMPLE);
            bus.run(AMPLE);
            bus.pins.command_latch = false;
            bus.run(AMPLE);
            bus.pins.data_drive = false;
            bus.run(limit(bus, Parameter::Ir, broken));
            pulse(bus, AMPLE);
        }),
        case(Parameter::Rhw, "RE# to WE#", |bus, broken| {
            wide(bus, Latch::Command, 0x70);
            pulse(bus, AMPLE);
            bus.run(limit(bus, Parameter::Rhw, broken));
            bus.pins.write_enable_n = false;
            bus.run(AMPLE);
            bus.pins.command_latch = true;
            bus.pins.data_drive = true;
            bus.pins.data_out = 0x70;
            rise_after(bus, AMPLE);
        }),
        case(Parameter::Adl, "last address to first data", |bus, broken| {
            wide(bus, Latch::Command, 0xEF);
            prepare(bus, Latch::Address, 0x01);
            low(bus, AMPLE);
            second_rise(bus, limit(bus, Parameter::Adl, broken));
        }),
        case(Parameter::Ccs, "changed write column to data", |bus, broken| {
            bus.command(0x80);
            let address = bus.full_address(page(0, 0, 0, 0), 0);
            bus.addresses(&address);
            bus.write(&[1]);
            wide(bus, Latch::Command, 0x85);
            wide(bus, Latch::Address, 0x10);
            prepare(bus, Latch::Address, 0x00);
            low(bus, AMPLE);
            second_rise(bus, limit(bus, Parameter::Ccs, broken));
        }),
        case(Parameter::Ccs, "changed read column to data", |bus, broken| {
            bus.read_page(page(0, 0, 0, 0), 0, 1);
            bus.command(0x05);
            bus.addresses(&[9, 0]);
            prepare(bus, Latch::Command, 0xE0);
            low(bus, AMPLE);
            let held = bus.cycles(Parameter::Clh);
            bus.run(held);
            release(bus);
            bus.run(limit(bus, Parameter::Ccs, broken) - held);
            pulse(bus, AMPLE);
        }),
        case(Parameter::Wb, "confirmation to the next command", |bus, broken| {
            bus.command(0x00);
            let address = bus.full_address(page(0, 0, 0, 0), 0);
            bus.addresses(&address);
            prepare(bus, Latch::Command, 0x30);
            low(bus, AMPLE);
            bus.run(bus.cycles(Parameter::Dh));
            bus.pins.data_out = 0x70;
            bus.run(1);
            bus.pins.write_enable_n = false;
            rise_after(bus, limit(bus, Parameter::Wb, broken) - bus.cycles(Parameter::Dh) - 1);
        }),
        case(Parameter::Rr, "ready to RE#", |bus, broken| {
            bus.begin_read(page(0, 0, 0, 0), 0, 0x30);
            bus.run(bus.cycles(Parameter::Wb) + 1);
            while !bus.ready() {
                bus.step();
            }
            // The cycle in which R/B# rose has passed.
            bus.run(limit(bus, Parameter::Rr, broken) - 1);
            pulse(bus, AMPLE);
        }),
    ]
}

enum Latch {
    Command,
    Address,
    Data,
}

/// The fewest cycles that are legal, or one less.
fn limit(bus: &Bus, parameter: Parameter, broken: bool) -> u64 {
    bus.cycles(parameter) - u64::from(broken)
}

fn prepare(bus: &mut Bus, latch: Latch, byte: u8) {
    bus.pins.command_latch = matches!(latch, Latch::Command);
    bus.pins.address_latch = matches!(latch, Latch::Address);
    bus.pins.data_out = byte;
    bus.pins.data_drive = true;
    bus.run(AMPLE);
}

/// WE# low for a number of cycles, and high for one.
fn low(bus: &mut Bus, cycles: u64) {
    bus.pins.write_enable_n = false;
    bus.run(cycles);
    bus.pins.write_enable_n = true;
}

fn rise_after(bus: &mut Bus, cycles: u64) {
    bus.run(cycles);
    bus.pins.write_enable_n = true;
    bus.run(AMPLE);
}

fn release(bus: &mut Bus) {
    bus.pins.command_latch = false;
    bus.pins.address_latch = false;
    bus.pins.data_drive = false;
}

fn wide(bus: &mut Bus, latch: Latch, byte: u8) {
    prepare(bus, latch, byte);
    low(bus, AMPLE);
    bus.run(AMPLE);
    release(bus);
    bus.run(AMPLE);
}

/// WE# high for a number of cycles, then an address of zero; the latches change as early as they may.
fn next_address(bus: &mut Bus, high: u64) {
    let held = bus.cycles(Parameter::Clh);
    bus.run(held);
    bus.pins.command_latch = false;
    bus.pins.address_latch = true;
    bus.pins.data_out = 0;
    bus.run(high - held);
    bus.pins.write_enable_n = false;
    rise_after(bus, AMPLE);
}

/// A data cycle whose WE# rises a number of cycles after the last.
fn second_rise(bus: &mut Bus, cycles: u64) {
    bus.run(bus.cycles(Parameter::Wh));
    bus.pins.address_latch = false;
    bus.pins.write_enable_n = false;
    rise_after(bus, cycles - bus.cycles(Parameter::Wh));
}

fn pulse(bus: &mut Bus, cycles: u64) {
    bus.pins.read_enable_n = false;
    bus.run(cycles);
    bus.pins.read_enable_n = true;
}
