//! Rules of contention and direction.

use crate::bus::Bus;
use crate::rules::{CLOCKED, CLOCKED_SLOW, Case, FIRST, SLOW, case};
use hardpath_sim::models::nand::{Parameter, Rule};

const AMPLE: u64 = 100;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            mode: CLOCKED,
            ..case(Rule::ClockRuns, "100 ns without an edge", |bus, broken| {
                bus.before_rise(1);
                bus.step();
                bus.pins.write_enable_n = false;
                // From rise to rise 13 cycles are 97.5 ns.
                bus.run_unclocked(12 + u64::from(broken));
                bus.pins.write_enable_n = true;
                bus.raw();
            })
        },
        Case {
            mode: SLOW,
            ..case(Rule::DataContention, "DQ driven before the chip is off", |bus, broken| {
                bus.status();
                bus.pins.read_enable_n = false;
                bus.run(AMPLE);
                bus.pins.read_enable_n = true;
                bus.run(bus.cycles(Parameter::Rhz) - u64::from(broken));
                bus.pins.data_drive = true;
                bus.run(AMPLE);
            })
        },
        Case {
            mode: CLOCKED,
            ..case(Rule::DataContention, "DQ driven before the chip is off", |bus, broken| {
                let_go(bus, broken, |bus| bus.pins.data_drive = true);
            })
        },
        Case {
            mode: CLOCKED,
            ..case(Rule::StrobeContention, "DQS driven before the chip is off", |bus, broken| {
                let_go(bus, broken, |bus| bus.pins.strobe_drive = true);
            })
        },
        case(Rule::OneChipEnabled, "two chips enabled", |bus, broken| {
            bus.run(AMPLE);
            bus.pins.chip_enable_n = if broken { !0b11 } else { !0b01 };
            bus.run(AMPLE);
        }),
        case(Rule::DataDriven, "a command that nobody drives", |bus, broken| {
            bus.pins.command_latch = true;
            bus.pins.data_drive = !broken;
            bus.pins.data_out = 0x70;
            write_pulse(bus);
        }),
        Case {
            mode: CLOCKED,
            ..case(Rule::DataDriven, "a command that nobody drives", |bus, broken| {
                bus.pins.data_drive = !broken;
                bus.pins.data_out = 0x70;
                bus.run(AMPLE);
                bus.before_rise(1);
                bus.pins.command_latch = true;
                bus.run(2);
                bus.pins.command_latch = false;
                bus.run(AMPLE);
            })
        },
        Case {
            mode: CLOCKED,
            ..case(Rule::DataDriven, "data that nobody drives", |bus, broken| {
                burst(bus, &[2, 2], !broken, 2);
            })
        },
        case(Rule::OneLatch, "CLE and ALE high", |bus, broken| {
            bus.pins.command_latch = true;
            bus.pins.address_latch = broken;
            bus.pins.data_drive = true;
            bus.pins.data_out = 0x70;
            write_pulse(bus);
        }),
        case(Rule::LatchesLowForData, "CLE high as RE# falls", |bus, broken| {
            bus.status();
            bus.pins.command_latch = broken;
            bus.run(AMPLE);
            bus.pins.read_enable_n = false;
            bus.run(AMPLE);
        }),
        Case {
            mode: CLOCKED,
            ..case(Rule::LatchesLowForData, "CLE alone while W/R# is low", |bus, broken| {
                bus.status();
                bus.pins.read_enable_n = false;
                bus.run(AMPLE);
                bus.before_rise(1);
                bus.pins.command_latch = true;
                bus.pins.address_latch = !broken;
                bus.run(2);
                bus.pins.command_latch = false;
                bus.pins.address_latch = false;
                bus.run(AMPLE);
            })
        },
        case(Rule::OneDirection, "WE# low while RE# is", |bus, broken| {
            bus.status();
            bus.run(AMPLE);
            bus.pins.read_enable_n = false;
            bus.run(AMPLE);
            bus.pins.write_enable_n = !broken;
            bus.run(AMPLE);
        }),
        Case {
            mode: CLOCKED,
            ..case(Rule::StrobePreamble, "DQS driven high at first", |bus, broken| {
                bus.pins.strobe_out = broken;
                bus.pins.strobe_drive = true;
                bus.run(AMPLE);
            })
        },
        Case {
            mode: CLOCKED_SLOW,
            ..case(Rule::StrobeInData, "DQS moves long after the last data cycle", |bus, broken| {
                // The clock's period is 8 cycles; the last edge comes two of them after the data cycle.
                burst(bus, &[12 + u64::from(broken), 4], true, 2);
            })
        },
        Case {
            mode: CLOCKED,
            ..case(Rule::StrobePairs, "three bytes", |bus, broken| {
                burst(bus, &[4, 2, 2, 2][..4 - usize::from(broken)], true, 8);
                bus.command(0x10);
            })
        },
    ]
}

/// A WE# pulse of ample length.
fn write_pulse(bus: &mut Bus) {
    bus.run(AMPLE);
    bus.pins.write_enable_n = false;
    bus.run(AMPLE);
    bus.pins.write_enable_n = true;
    bus.run(AMPLE);
}

/// W/R# low and high again, and something driven as soon as it may be, or a cycle before.
fn let_go(bus: &mut Bus, broken: bool, drive: fn(&mut Bus)) {
    bus.pins.read_enable_n = false;
    bus.run(AMPLE);
    bus.pins.read_enable_n = true;
    bus.run(bus.cycles(Parameter::Dqshz) - u64::from(broken));
    drive(bus);
    bus.run(AMPLE);
}

/// A program whose data cycle is over when DQS moves, at the given distances from it on.
fn burst(bus: &mut Bus, gaps: &[u64], drives: bool, latched: u64) {
    bus.command(0x80);
    let address = bus.full_address(FIRST, 0);
    bus.addresses(&address);
    bus.run(AMPLE);
    bus.pins.strobe_drive = true;
    bus.pins.data_drive = drives;
    bus.before_rise(1 + bus.half / 2);
    bus.pins.command_latch = true;
    bus.pins.address_latch = true;
    bus.before_rise(1);
    bus.step();
    let rise = bus.lane.cycle() - 1;
    let mut due = rise;
    for gap in gaps {
        due += gap;
        while bus.lane.cycle() < due {
            if bus.lane.cycle() == rise + latched {
                bus.pins.command_latch = false;
                bus.pins.address_latch = false;
            }
            bus.step();
        }
        bus.pins.strobe_out = !bus.pins.strobe_out;
    }
    bus.run(2);
    bus.pins.command_latch = false;
    bus.pins.address_latch = false;
    bus.run(4);
}
