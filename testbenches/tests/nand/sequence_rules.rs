//! Rules of sequence: what may follow what, and when a LUN takes it.

use crate::bus::{Bus, page};
use crate::rules::{Case, FIRST, case};
use hardpath_sim::models::nand::{Rule, TimingMode, status};

const AMPLE: u64 = 100;

pub fn cases() -> Vec<Case> {
    [sequences(), luns()].into_iter().flatten().collect()
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
