//! How many valid pages each stripe holds.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::tables::{CountSink, LocationChangeSink, PageLocation};

/// Counts the pages that lie in each of 2^`A` stripes, or in each row of 2^n stripes, in block RAM.
///
/// A page that comes to lie in one stripe and ceases to lie in another changes two counters in one cycle. So each count is
/// kept as two numbers in two memories, pages added and pages removed since the last clearing, both modulo 2^`C`; their
/// difference is the count. Each memory is changed at most once a cycle, at any address.
///
/// The index of a location's counter is the location's word without its lowest bits: six and, for counters of rows, the
/// bits that number the stripes of a row.
///
/// - Latency: a change is in what is read from the next cycle on; a read or clearing is answered 4 cycles after it is taken.
/// - Throughput: 1 added and 1 removed page per cycle, on any stripes.
/// - Back-pressure: changes cannot be held back. The firmware's request is taken in the first cycle without a change.
/// - Limits: `A` 2..=16; `C` 2..=32, where a count must stay below 2^`C`; `L` 8..=64 with `A` of its bits left.
#[derive(LogicBlock)]
pub struct ValidCounts<const L: usize, const A: usize, const C: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Where pages come to lie and cease to.
    pub changes: LocationChangeSink<L>,
    /// Reading and clearing of counts.
    pub firmware: CountSink<A, C>,

    /// Bits of a location below the index.
    index_shift: Constant<Bits<6>>,

    additions: RAM<Bits<C>, A>,
    removals: RAM<Bits<C>, A>,

    // What reaches each memory, in the steps: ask, read, register, sum, and two further cycles in which a sum may be newer
    // than what was read.
    asked_add: DFF<Bit>,
    asked_remove: DFF<Bit>,
    asked_clear: DFF<Bit>,
    asked_answer: DFF<Bit>,
    asked_addition: DFF<Bits<A>>,
    asked_removal: DFF<Bits<A>>,
    read_add: DFF<Bit>,
    read_remove: DFF<Bit>,
    read_clear: DFF<Bit>,
    read_answer: DFF<Bit>,
    read_addition: DFF<Bits<A>>,
    read_removal: DFF<Bits<A>>,
    held_add: DFF<Bit>,
    held_remove: DFF<Bit>,
    held_clear: DFF<Bit>,
    held_answer: DFF<Bit>,
    held_addition: DFF<Bits<A>>,
    held_removal: DFF<Bits<A>>,
    held_added: DFF<Bits<C>>,
    held_removed: DFF<Bits<C>>,
    set_added_valid: DFF<Bit>,
    set_removed_valid: DFF<Bit>,
    set_addition: DFF<Bits<A>>,
    set_removal: DFF<Bits<A>>,
    set_added: DFF<Bits<C>>,
    set_removed: DFF<Bits<C>>,
    before_added: DFF<Bits<C>>,
    before_removed: DFF<Bits<C>>,
    long_before_added: DFF<Bits<C>>,
    long_before_removed: DFF<Bits<C>>,
    /// The number held is older than that set one, two or three cycles after it was asked for.
    newer_added: Vec<DFF<Bit>>,
    newer_removed: Vec<DFF<Bit>>,
    read_newer_added: Vec<DFF<Bit>>,
    read_newer_removed: Vec<DFF<Bit>>,
    answer_valid: DFF<Bit>,
    answer_count: DFF<Bits<C>>,

    takes: Signal<Local, Bit>,
    changes_asked: Signal<Local, Bit>,
    added_now: Signal<Local, Bits<C>>,
    removed_now: Signal<Local, Bits<C>>,
    sum_added: Signal<Local, Bits<C>>,
    sum_removed: Signal<Local, Bits<C>>,
}

impl<const L: usize, const A: usize, const C: usize> ValidCounts<L, A, C> {
    /// Counters of rows of 2^`row_bits` stripes, all zero; of single stripes if `row_bits` is 0.
    ///
    /// # Panics
    /// If a location of `L` bits does not have an index of `A` bits.
    pub fn new(row_bits: usize) -> Self {
        let shift = PageLocation::STRIPE_SHIFT + row_bits;
        assert!(shift + A == L, "{A} bits of index and {shift} bits below: a location has {L} bits and all count");
        Self {
            clock: Default::default(),
            changes: Default::default(),
            firmware: Default::default(),
            index_shift: Constant::new(shift.to_bits()),
            additions: Default::default(),
            removals: Default::default(),
            asked_add: Default::default(),
            asked_remove: Default::default(),
            asked_clear: Default::default(),
            asked_answer: Default::default(),
            asked_addition: Default::default(),
            asked_removal: Default::default(),
            read_add: Default::default(),
            read_remove: Default::default(),
            read_clear: Default::default(),
            read_answer: Default::default(),
            read_addition: Default::default(),
            read_removal: Default::default(),
            held_add: Default::default(),
            held_remove: Default::default(),
            held_clear: Default::default(),
            held_answer: Default::default(),
            held_addition: Default::default(),
            held_removal: Default::default(),
            held_added: Default::default(),
            held_removed: Default::default(),
            set_added_valid: Default::default(),
            set_removed_valid: Default::default(),
            set_addition: Default::default(),
            set_removal: Default::default(),
            set_added: Default::default(),
            set_removed: Default::default(),
            before_added: Default::default(),
            before_removed: Default::default(),
            long_before_added: Default::default(),
            long_before_removed: Default::default(),
            newer_added: vec![Default::default(); 3],
            newer_removed: vec![Default::default(); 3],
            read_newer_added: vec![Default::default(); 3],
            read_newer_removed: vec![Default::default(); 3],
            answer_valid: Default::default(),
            answer_count: Default::default(),
            takes: Default::default(),
            changes_asked: Default::default(),
            added_now: Default::default(),
            removed_now: Default::default(),
            sum_added: Default::default(),
            sum_removed: Default::default(),
        }
    }
}

impl<const L: usize, const A: usize, const C: usize> Logic for ValidCounts<L, A, C> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, asked_add, asked_remove, asked_clear, asked_answer, asked_addition, asked_removal);
        dff_setup!(self, clock, read_add, read_remove, read_clear, read_answer, read_addition, read_removal);
        dff_setup!(self, clock, held_add, held_remove, held_clear, held_answer, held_addition, held_removal);
        dff_setup!(self, clock, held_added, held_removed, set_added_valid, set_removed_valid, set_addition);
        dff_setup!(self, clock, set_removal, set_added, set_removed, before_added, before_removed);
        dff_setup!(self, clock, long_before_added, long_before_removed, answer_valid, answer_count);
        self.additions.read_clock.next = self.clock.val();
        self.additions.write_clock.next = self.clock.val();
        self.removals.read_clock.next = self.clock.val();
        self.removals.write_clock.next = self.clock.val();

        // Take changes always, the firmware's request if there are none.
        self.changes_asked.next = self.changes.added.val() | self.changes.removed.val();
        self.firmware.ready.next = !self.changes_asked.val();
        self.takes.next = self.firmware.valid.val() & !self.changes_asked.val();
        self.asked_add.d.next = self.changes.added.val();
        self.asked_remove.d.next = self.changes.removed.val();
        self.asked_answer.d.next = self.takes.val();
        self.asked_clear.d.next = self.takes.val() & self.firmware.clear.val();
        self.asked_addition.d.next = bit_cast::<A, L>(self.changes.added_location.val() >> self.index_shift.val());
        self.asked_removal.d.next = bit_cast::<A, L>(self.changes.removed_location.val() >> self.index_shift.val());
        if !self.changes_asked.val() {
            self.asked_addition.d.next = self.firmware.index.val();
            self.asked_removal.d.next = self.firmware.index.val();
        }

        // Add, remove, or clear both.
        self.added_now.next = self.held_added.q.val();
        if self.newer_added[0].q.val() {
            self.added_now.next = self.set_added.q.val();
        } else if self.newer_added[1].q.val() {
            self.added_now.next = self.before_added.q.val();
        } else if self.newer_added[2].q.val() {
            self.added_now.next = self.long_before_added.q.val();
        }
        self.removed_now.next = self.held_removed.q.val();
        if self.newer_removed[0].q.val() {
            self.removed_now.next = self.set_removed.q.val();
        } else if self.newer_removed[1].q.val() {
            self.removed_now.next = self.before_removed.q.val();
        } else if self.newer_removed[2].q.val() {
            self.removed_now.next = self.long_before_removed.q.val();
        }
        self.sum_added.next = self.added_now.val() + 1;
        self.sum_removed.next = self.removed_now.val() + 1;
        if self.held_clear.q.val() {
            self.sum_added.next = bits::<C>(0);
            self.sum_removed.next = bits::<C>(0);
        }
        self.answer_valid.d.next = self.held_answer.q.val();
        self.answer_count.d.next = self.added_now.val() - self.removed_now.val();
        self.set_added_valid.d.next = self.held_add.q.val() | self.held_clear.q.val();
        self.set_removed_valid.d.next = self.held_remove.q.val() | self.held_clear.q.val();
        self.set_addition.d.next = self.held_addition.q.val();
        self.set_removal.d.next = self.held_removal.q.val();
        self.set_added.d.next = self.sum_added.val();
        self.set_removed.d.next = self.sum_removed.val();
        self.before_added.d.next = self.set_added.q.val();
        self.before_removed.d.next = self.set_removed.q.val();
        self.long_before_added.d.next = self.before_added.q.val();
        self.long_before_removed.d.next = self.before_removed.q.val();
        self.additions.write_enable.next = self.set_added_valid.q.val();
        self.additions.write_address.next = self.set_addition.q.val();
        self.additions.write_data.next = self.set_added.q.val();
        self.removals.write_enable.next = self.set_removed_valid.q.val();
        self.removals.write_address.next = self.set_removal.q.val();
        self.removals.write_data.next = self.set_removed.q.val();

        // Read. What is set in the cycle of the read or in the two after it is newer than what is read.
        self.additions.read_address.next = self.asked_addition.q.val();
        self.removals.read_address.next = self.asked_removal.q.val();
        self.read_add.d.next = self.asked_add.q.val();
        self.read_remove.d.next = self.asked_remove.q.val();
        self.read_clear.d.next = self.asked_clear.q.val();
        self.read_answer.d.next = self.asked_answer.q.val();
        self.read_addition.d.next = self.asked_addition.q.val();
        self.read_removal.d.next = self.asked_removal.q.val();
        self.held_add.d.next = self.read_add.q.val();
        self.held_remove.d.next = self.read_remove.q.val();
        self.held_clear.d.next = self.read_clear.q.val();
        self.held_answer.d.next = self.read_answer.q.val();
        self.held_addition.d.next = self.read_addition.q.val();
        self.held_removal.d.next = self.read_removal.q.val();
        self.held_added.d.next = self.additions.read_data.val();
        self.held_removed.d.next = self.removals.read_data.val();
        for i in 0..self.newer_added.len() {
            self.newer_added[i].clock.next = self.clock.val();
            self.newer_removed[i].clock.next = self.clock.val();
            self.read_newer_added[i].clock.next = self.clock.val();
            self.read_newer_removed[i].clock.next = self.clock.val();
            self.newer_added[i].d.next = self.read_newer_added[i].q.val();
            self.newer_removed[i].d.next = self.read_newer_removed[i].q.val();
        }
        self.read_newer_added[0].d.next = (self.read_add.q.val() | self.read_clear.q.val())
            & (self.read_addition.q.val() == self.asked_addition.q.val());
        self.read_newer_added[1].d.next = (self.held_add.q.val() | self.held_clear.q.val())
            & (self.held_addition.q.val() == self.asked_addition.q.val());
        self.read_newer_added[2].d.next =
            self.set_added_valid.q.val() & (self.set_addition.q.val() == self.asked_addition.q.val());
        self.read_newer_removed[0].d.next = (self.read_remove.q.val() | self.read_clear.q.val())
            & (self.read_removal.q.val() == self.asked_removal.q.val());
        self.read_newer_removed[1].d.next = (self.held_remove.q.val() | self.held_clear.q.val())
            & (self.held_removal.q.val() == self.asked_removal.q.val());
        self.read_newer_removed[2].d.next =
            self.set_removed_valid.q.val() & (self.set_removal.q.val() == self.asked_removal.q.val());

        self.firmware.answer_valid.next = self.answer_valid.q.val();
        self.firmware.answer_count.next = self.answer_count.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[("index_shift", self.index_shift.val().into())]);
        // What is read while it is written is replaced by what was written.
        info.push(no_collision(&["additions", "removals"]));
        info
    }
}
