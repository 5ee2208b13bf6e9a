//! Rules of addresses, and of what cells may be asked for.

use crate::bus::{Bus, page};
use crate::rules::{Case, FIRST, case};
use hardpath_sim::models::nand::{PageAddress, Rule, TimingMode};

pub fn cases() -> Vec<Case> {
    [addresses(), cells()].into_iter().flatten().collect()
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

fn row(bus: &mut Bus, page: PageAddress) {
    bus.command(0x00);
    let address = bus.full_address(page, 0);
    bus.addresses(&address);
}
