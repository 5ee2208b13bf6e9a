//! Rules of contention, sequence and addressing.

use crate::bus::{Bus, page};
use crate::rules::{CLOCKED, CLOCKED_SLOW, Case, FAST, SLOW};
use hardpath_sim::models::nand::{BlockAddress, PageAddress, Parameter, Rule, TimingMode, status};

const AMPLE: u64 = 100;
const FIRST: PageAddress = PageAddress { block: BlockAddress { lun: 0, block: 0 }, page: 0 };

pub fn cases() -> Vec<Case> {
    [pins(), sequences(), luns(), addresses(), cells()].into_iter().flatten().collect()
}

fn case(rule: Rule, what: &'static str, run: fn(&mut Bus, bool)) -> Case {
    Case { rule, what, mode: FAST, run }
}

fn pins() -> Vec<Case> {
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

fn sequences() -> Vec<Case> {
    vec![
        case(Rule::ResetFirst, "a command after power up", |bus, broken| {
            bus.deselect();
            bus.lane.power_cut(0);
            bus.adopt(TimingMode::POWER_UP);
            bus.select(0);
            bus.command(if broken { 0x70 } else { 0xFF });
        }),
        case(Rule::KnownCommand, "42h", |bus, broken| bus.command(if broken { 0x42 } else { 0x70 })),
        case(Rule::CommandSequence, "10h for a read", |bus, broken| {
            bus.begin_read(FIRST, 0, if broken { 0x10 } else { 0x30 });
        }),
        case(Rule::CommandSequence, "30h alone", |bus, broken| {
            if broken {
                bus.command(0x30);
            }
        }),
        case(Rule::CommandSequence, "status within a program", |bus, broken| {
            bus.load_program(0x80, FIRST, 0, &[1], if broken { 0x70 } else { 0x10 });
        }),
        case(Rule::CommandSequence, "a command before the last address", |bus, broken| {
            bus.command(0x60);
            let row = bus.row(FIRST);
            bus.addresses(&row[..3 - usize::from(broken)]);
            bus.command(0xD0);
        }),
        case(Rule::CommandSequence, "31h before any read", |bus, broken| {
            if !broken {
                bus.read_page(FIRST, 0, 1);
            }
            bus.command(0x31);
        }),
        case(Rule::CommandSequence, "an erase within a multi-plane program", |bus, broken| {
            bus.load_program(0x80, page(0, 0, 0, 0), 0, &[1], 0x11);
            bus.wait_ready();
            if broken {
                bus.command(0x60);
                let row = bus.row(page(0, 1, 0, 0));
                bus.addresses(&row);
            } else {
                bus.load_program(0x80, page(0, 1, 0, 0), 0, &[1], 0x10);
            }
        }),
        case(Rule::CommandSequence, "81h without 11h", |bus, broken| {
            bus.command(if broken { 0x81 } else { 0x80 });
            let address = bus.full_address(FIRST, 0);
            bus.addresses(&address);
        }),
        case(Rule::CommandSequence, "85h outside a program", |bus, broken| {
            if !broken {
                bus.command(0x80);
                let address = bus.full_address(FIRST, 0);
                bus.addresses(&address);
                bus.write(&[1]);
            }
            bus.command(0x85);
        }),
        case(Rule::AddressSequence, "an address too many", |bus, broken| {
            bus.command(0x90);
            bus.addresses(if broken { &[0, 0] } else { &[0] });
        }),
        case(Rule::DataSequence, "data without a command", |bus, broken| {
            bus.command(if broken { 0x70 } else { 0x80 });
            if !broken {
                let address = bus.full_address(FIRST, 0);
                bus.addresses(&address);
            }
            bus.write(&[1]);
        }),
        case(Rule::OutputPresent, "a read of nothing", |bus, broken| {
            if !broken {
                bus.command(0x70);
            }
            bus.read(1);
        }),
        case(Rule::OutputPresent, "a read of a busy LUN", |bus, broken| {
            bus.begin_read(FIRST, 0, 0x30);
            if !broken {
                bus.wait_ready();
            }
            bus.read(1);
        }),
        case(Rule::WriteEnabled, "a program under write protection", |bus, broken| {
            protect(bus, broken);
            bus.load_program(0x80, FIRST, 0, &[1], 0x10);
        }),
        case(Rule::WriteEnabled, "an erase under write protection", |bus, broken| {
            protect(bus, broken);
            bus.begin_erase(FIRST, 0xD0);
        }),
        case(Rule::DisabledForInterface, "a command at once after the change", |bus, broken| {
            bus.command(0xEF);
            bus.addresses(&[0x01]);
            bus.write(&[0x13, 0, 0, 0]);
            bus.wait_ready();
            if !broken {
                bus.deselect();
            }
            bus.adopt(TimingMode::from_feature(0x13).expect("a mode"));
            if !broken {
                bus.select(0);
            }
            bus.command(0x70);
        }),
        case(Rule::CommandOfInterface, "FCh in SDR", |bus, broken| bus.command(if broken { 0xFC } else { 0xFF })),
        case(Rule::FeatureValue, "mode 6", |bus, broken| set_feature(bus, 0x01, if broken { 0x06 } else { 0x05 })),
        case(Rule::FeatureValue, "interface 2", |bus, broken| set_feature(bus, 0x01, if broken { 0x25 } else { 0x05 })),
        case(Rule::FeatureValue, "feature 02h", |bus, broken| set_feature(bus, if broken { 0x02 } else { 0x10 }, 0)),
    ]
}

fn luns() -> Vec<Case> {
    vec![
        case(Rule::LunReady, "a read of a busy LUN", |bus, broken| {
            bus.begin_erase(page(0, 0, 0, 0), 0xD0);
            bus.run(AMPLE);
            bus.command(0x00);
            let address = bus.full_address(page(if broken { 0 } else { 1 }, 1, 0, 0), 0);
            bus.addresses(&address);
        }),
        case(Rule::LunReady, "an identifier of a busy chip", |bus, broken| {
            bus.begin_erase(FIRST, 0xD0);
            if broken {
                bus.run(AMPLE);
            } else {
                bus.wait_ready();
            }
            bus.command(0x90);
        }),
        case(Rule::LunReady, "a command during a reset", |bus, broken| {
            bus.command(0xFF);
            bus.run(AMPLE);
            bus.command(if broken { 0x00 } else { 0x70 });
        }),
        case(Rule::LunReady, "an erase during a cached program", |bus, broken| {
            bus.load_program(0x80, FIRST, 0, &[1], 0x15);
            bus.wait_ready();
            bus.poll(FIRST, !broken);
            bus.command(0x60);
            let row = bus.row(page(0, 1, 0, 0));
            bus.addresses(&row);
        }),
        case(Rule::StatusOfOneLun, "70h while another LUN works", |bus, broken| {
            bus.begin_erase(page(0, 0, 0, 0), 0xD0);
            bus.run(AMPLE);
            if broken {
                bus.begin_erase(page(1, 0, 0, 0), 0xD0);
            }
            assert_eq!(bus.status() & status::READY, 0);
        }),
        case(Rule::LunSelected, "data after reads of two LUNs", |bus, broken| {
            bus.begin_read(page(0, 0, 0, 0), 0, 0x30);
            bus.wait_ready();
            bus.begin_read(page(1, 0, 0, 0), 0, 0x30);
            bus.wait_ready();
            if !broken {
                bus.change_plane(page(1, 0, 0, 0), 0);
            }
            bus.read(1);
        }),
    ]
}

fn addresses() -> Vec<Case> {
    vec![
        case(Rule::RowInRange, "the first LUN that is not there", |bus, broken| {
            row(bus, page(if broken { 3 } else { 2 }, 0, 0, 0));
        }),
        case(Rule::RowInRange, "the first block that is not there", |bus, broken| {
            row(bus, page(0, 0, if broken { 3 } else { 2 }, 0));
        }),
        case(Rule::RowInRange, "a cached read past the block", |bus, broken| {
            bus.read_page(page(0, 0, 0, if broken { 3 } else { 2 }), 0, 1);
            bus.command(0x31);
        }),
        case(Rule::ColumnInRange, "the first column that is not there, reading", |bus, broken| {
            bus.read_page(FIRST, 0, 1);
            bus.change_column(if broken { 528 } else { 527 });
        }),
        case(Rule::ColumnInRange, "the first column that is not there, programming", |bus, broken| {
            bus.command(0x80);
            let address = bus.full_address(FIRST, if broken { 528 } else { 527 });
            bus.addresses(&address);
        }),
        case(Rule::ColumnInRange, "the first column past the parameter pages", |bus, broken| {
            bus.command(0xEC);
            bus.addresses(&[0]);
            bus.wait_ready();
            bus.change_column(if broken { 768 } else { 767 });
        }),
        case(Rule::ColumnInRange, "an identifier that is not there", |bus, broken| {
            bus.command(0x90);
            bus.addresses(&[if broken { 0x40 } else { 0x20 }]);
        }),
        case(Rule::DataInRange, "a byte more than a page out", |bus, broken| {
            bus.read_page(FIRST, 500, 28 + usize::from(broken));
        }),
        case(Rule::DataInRange, "a byte more than a page in", |bus, broken| {
            bus.load_program(0x80, FIRST, 500, &[1; 29][..28 + usize::from(broken)], 0x10);
        }),
        case(Rule::DataInRange, "a byte more than an identifier", |bus, broken| {
            bus.command(0x90);
            bus.addresses(&[0x20]);
            bus.read(4 + usize::from(broken));
        }),
        case(Rule::MultiPlane, "the same plane twice", |bus, broken| {
            bus.load_program(0x80, page(0, 0, 0, 0), 0, &[1], 0x11);
            bus.wait_ready();
            bus.load_program(0x80, page(0, u32::from(!broken), 1, 0), 0, &[1], 0x10);
        }),
        case(Rule::MultiPlane, "different pages", |bus, broken| {
            bus.begin_read(page(0, 0, 0, 0), 0, 0x32);
            bus.wait_ready();
            bus.begin_read(page(0, 1, 0, u32::from(broken)), 0, 0x30);
        }),
    ]
}

fn cells() -> Vec<Case> {
    vec![
        case(Rule::PageOrder, "a page left out", |bus, broken| {
            bus.program(page(0, 0, 0, 0), &[1]);
            bus.program(page(0, 0, 0, if broken { 2 } else { 1 }), &[1]);
        }),
        case(Rule::PageOrder, "a page before the last", |bus, broken| {
            bus.program(page(0, 0, 0, 0), &[1]);
            bus.program(page(0, 0, 0, 1), &[1]);
            if broken {
                bus.load_program(0x80, page(0, 0, 0, 0), 9, &[1], 0x10);
            }
        }),
        case(Rule::PartialPrograms, "a fifth program of a page", |bus, broken| {
            for part in 0..4 + usize::from(broken) {
                bus.load_program(0x80, FIRST, part, &[1], 0x10);
                bus.wait_ready();
            }
        }),
        case(Rule::Erased, "a byte programmed twice", |bus, broken| {
            bus.load_program(0x80, FIRST, 10, &[1], 0x10);
            bus.wait_ready();
            bus.load_program(0x80, FIRST, if broken { 10 } else { 11 }, &[1], 0x10);
        }),
        case(Rule::Erased, "a block whose erase was interrupted", |bus, broken| {
            bus.begin_erase(FIRST, 0xD0);
            bus.run(if broken { 7_900 } else { 8_100 });
            bus.command(0xFF);
            bus.wait_ready();
            bus.adopt(TimingMode::POWER_UP);
            bus.program(FIRST, &[1]);
        }),
        case(Rule::Erased, "a page whose program was interrupted", |bus, broken| {
            bus.load_program(0x80, FIRST, 0, &[1], 0x10);
            bus.run(if broken { 2_500 } else { 2_800 });
            bus.command(0xFF);
            bus.wait_ready();
            bus.adopt(TimingMode::POWER_UP);
            bus.load_program(0x80, FIRST, 100, &[1], 0x10);
        }),
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

fn protect(bus: &mut Bus, protect: bool) {
    bus.pins.write_protect_n = !protect;
    bus.run(AMPLE);
}

fn set_feature(bus: &mut Bus, address: u8, value: u8) {
    bus.command(0xEF);
    bus.addresses(&[address]);
    bus.write(&[value, 0, 0, 0]);
    bus.wait_ready();
}

fn row(bus: &mut Bus, page: PageAddress) {
    bus.command(0x00);
    let address = bus.full_address(page, 0);
    bus.addresses(&address);
}
