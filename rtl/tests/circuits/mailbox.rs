//! Mailboxes: what firmware reads and writes, and what their register lists say.

use std::collections::HashSet;

use hardpath_rtl::flash_controller::mailbox::{MailboxRegister, TABLE_REGISTERS, TableMailbox, markdown};
use hardpath_rtl::flash_controller::tables::{PlaneHealth, ValidCounts};
use rust_hdl::prelude::*;

use crate::bench::{settle, value};

/// The mailbox with what lies behind it.
#[derive(LogicBlock)]
struct Tables {
    clock: Signal<In, Clock>,
    mailbox: hardpath_rtl::flash_controller::mailbox::MailboxSink,
    changes: hardpath_rtl::flash_controller::tables::LocationChangeSink<12>,
    plane: Signal<In, Bits<5>>,
    failed: Signal<Out, Bits<10>>,
    registers: TableMailbox<4, 6>,
    counts: ValidCounts<12, 4, 6>,
    health: PlaneHealth,
}

impl Logic for Tables {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, registers, counts, health);
        hardpath_rtl::flash_controller::mailbox::MailboxSink::link(&mut self.mailbox, &mut self.registers.mailbox);
        hardpath_rtl::flash_controller::tables::LocationChangeSink::<12>::link(
            &mut self.changes,
            &mut self.counts.changes,
        );
        hardpath_rtl::flash_controller::tables::CountSource::<4, 6>::join(
            &mut self.registers.counts,
            &mut self.counts.firmware,
        );
        self.health.plane.next = self.plane.val();
        self.health.firmware_plane.next = self.registers.plane.val();
        self.health.firmware_write.next = self.registers.plane_write.val();
        self.health.firmware_mask.next = self.registers.plane_mask.val();
        self.registers.plane_failed.next = self.health.firmware_failed.val();
        self.failed.next = self.health.failed.val();
    }
}

impl Tables {
    fn new() -> Self {
        let mut tables = Self {
            clock: Default::default(),
            mailbox: Default::default(),
            changes: Default::default(),
            plane: Default::default(),
            failed: Default::default(),
            registers: Default::default(),
            counts: ValidCounts::new(2),
            health: Default::default(),
        };
        tables.connect_all();
        tables
    }

    fn step(&mut self) {
        settle(self, |tables| &mut tables.clock, true);
        settle(self, |tables| &mut tables.clock, false);
    }

    /// One access; returns what was read and the cycles it took.
    fn access(&mut self, register: &str, write: Option<u64>) -> (u64, usize) {
        self.mailbox.request.next = true;
        self.mailbox.write.next = write.is_some();
        self.mailbox.address.next = u64::from(MailboxRegister::find(TABLE_REGISTERS, register).offset).into();
        self.mailbox.data_in.next = write.unwrap_or(0xdead_beef).into();
        settle(self, |tables| &mut tables.clock, false);
        for cycles in 0..20 {
            if self.mailbox.done.val() {
                let read = value(self.mailbox.data_out.val());
                self.step();
                self.mailbox.request.next = false;
                return (read, cycles);
            }
            self.step();
        }
        panic!("{register} is not done");
    }
}

#[test]
fn firmware_reads_and_clears_counts() {
    let mut tables = Tables::new();
    for (row, pages) in [(3, 5), (9, 2)] {
        for page in 0..pages {
            tables.changes.added.next = true;
            tables.changes.added_location.next = (row << 8 | page << 1 | 1_u64).into();
            settle(&mut tables, |tables| &mut tables.clock, false);
            tables.step();
        }
    }
    tables.changes.added.next = false;
    assert_eq!(tables.access("count_index", None).0, 0);
    tables.access("count_index", Some(3));
    assert_eq!(tables.access("count_index", None), (3, 1));
    assert_eq!(tables.access("count", None), (5, 6));
    assert_eq!(tables.access("count_and_clear", None).0, 5);
    assert_eq!(tables.access("count", None).0, 0);
    tables.access("count", Some(4));
    tables.access("count_index", Some(9));
    assert_eq!(tables.access("count", None).0, 2);
}

#[test]
fn firmware_retires_planes() {
    let mut tables = Tables::new();
    tables.access("plane", Some(0x13));
    tables.access("plane_failed", Some(0x204));
    tables.access("plane", Some(0x12));
    assert_eq!(tables.access("plane_failed", None).0, 0);
    tables.access("plane", Some(0x13));
    assert_eq!(tables.access("plane_failed", None), (0x204, 4));
    tables.plane.next = 0x13_u64.into();
    for _ in 0..2 {
        tables.step();
    }
    assert_eq!(value(tables.failed.val()), 0x204);
}

#[test]
fn register_lists_are_sound_and_printed() {
    let mut offsets = HashSet::new();
    let mut names = HashSet::new();
    for register in TABLE_REGISTERS {
        assert!(register.offset.is_multiple_of(4) && register.offset < 4096, "{register:?}");
        assert!(offsets.insert(register.offset) && names.insert(register.name), "{register:?} is there twice");
    }
    let table = markdown(TABLE_REGISTERS);
    assert!(table.starts_with("| offset | register | access | reset | description |\n|---|"));
    assert!(table.contains("| 0x004 | `count` | read | 0x0 | valid pages of"), "{table}");
    assert_eq!(table.lines().count(), 2 + TABLE_REGISTERS.len());
}
