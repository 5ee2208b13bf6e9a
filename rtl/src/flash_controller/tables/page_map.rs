//! Where each logical page lies.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::config::GeometryError;
use crate::flash_controller::tables::{
    LocationChangeSource, PageOperationBuffer, PageOperationKind, PageOperationSink, PageResultSource,
    TableMemorySource,
};

/// Fewest and most operations that change entries under way at once.
const CHANGES_UNDER_WAY: std::ops::RangeInclusive<usize> = 2..=16;

/// Table of 2^`P` logical pages: for each its location, a word of `L` bits laid out as
/// [`PageLocation`](crate::flash_controller::tables::PageLocation) says.
///
/// Operations take effect one after the other in the order of their acceptance, whatever the memory's latency: an
/// operation finds the entry as all operations accepted before it left it. So a Move never undoes a Write that was
/// accepted before it, and a Write accepted after it wins.
///
/// Every operation reads its entry from the memory. The newest entries that were set are also kept in registers, at least
/// those whose writing the memory has not accepted; what the memory answers is replaced by what stands there. Operations
/// on one page thus need not wait for one another. A Move that finds something else writes back what it found.
///
/// - Latency: 7 cycles from the acceptance of an operation to its result, with block RAM.
/// - Throughput: 1 operation per cycle with block RAM, of any kind and on any pages, from 10 changes under way on. In
///   general up to 32 operations, and of them as many Writes and Moves as `new` was told, are under way in the memory.
/// - Back-pressure: `operations.ready` falls when the memory accepts no read, or too many operations are under way, which
///   includes those whose write the memory does not accept. Results and changes cannot be held back.
/// - Limits: `P` 1..=32, `L` 8..=64; 2..=16 changes under way.
#[derive(LogicBlock)]
pub struct PageMap<const P: usize, const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Operations to be done.
    pub operations: PageOperationSink<P, L>,
    /// Who asks; belongs to the operation on `operations`.
    pub requester: Signal<In, Bits<2>>,
    /// A result for each operation, in their order.
    pub results: PageResultSource<L>,
    /// Who asked for what stands on `results`.
    pub result_requester: Signal<Out, Bits<2>>,
    /// Where pages come to lie and cease to; in the same cycle as the result of the operation that changed it.
    pub changes: LocationChangeSource<L>,
    /// The memory that holds the entries.
    pub memory: TableMemorySource<P, L>,

    /// One less than the changes that may be under way.
    last_change: Constant<Bits<5>>,
    /// One less than the operations that may be under way.
    last_operation: Constant<Bits<6>>,

    input_stage: PageOperationBuffer<P, L>,
    /// Operations whose entry was asked for and has not come, 0..=32.
    reads_under_way: DFF<Bits<6>>,
    may_read: DFF<Bit>,
    /// Writes and Moves whose entry was asked for and whose own write the memory has not accepted.
    changes_under_way: DFF<Bits<5>>,
    may_change: DFF<Bit>,

    // Operations whose entry was asked for; the memory's answers come in their order.
    asked_attributes: RAM<Bits<12>, 5>,
    asked_pages: RAM<Bits<P>, 5>,
    asked_expected: RAM<Bits<L>, 5>,
    asked_locations: RAM<Bits<L>, 5>,
    ask_slot: DFF<Bits<5>>,
    answer_slot: DFF<Bits<5>>,

    /// The memory's answer to the operation that stands at the output of the `asked` memories.
    answered: DFF<Bit>,
    answered_entry: DFF<Bits<L>>,

    // The operation whose entry is selected: the memory's, or that of a newer change.
    selecting: DFF<Bit>,
    selecting_changes: DFF<Bit>,
    selecting_conditional: DFF<Bit>,
    selecting_requester: DFF<Bits<2>>,
    selecting_tag: DFF<Bits<8>>,
    selecting_page: DFF<Bits<P>>,
    selecting_expected: DFF<Bits<L>>,
    selecting_location: DFF<Bits<L>>,
    selecting_entry: DFF<Bits<L>>,
    /// The operation being decided is a change of the same page.
    same_as_deciding: DFF<Bit>,
    /// The kept change with this place is of the same page.
    same_as_kept: Vec<DFF<Bit>>,

    // The operation whose outcome is decided.
    deciding: DFF<Bit>,
    deciding_changes: DFF<Bit>,
    deciding_conditional: DFF<Bit>,
    deciding_requester: DFF<Bits<2>>,
    deciding_tag: DFF<Bits<8>>,
    deciding_page: DFF<Bits<P>>,
    deciding_expected: DFF<Bits<L>>,
    deciding_location: DFF<Bits<L>>,
    deciding_entry: DFF<Bits<L>>,

    /// The newest changes that were decided, the newest first.
    kept_valid: Vec<DFF<Bit>>,
    kept_page: Vec<DFF<Bits<P>>>,
    kept_entry: Vec<DFF<Bits<L>>>,

    // Entries on their way to the memory.
    set_pages: RAM<Bits<P>, 4>,
    set_entries: RAM<Bits<L>, 4>,
    set_slot: DFF<Bits<4>>,
    /// `set_slot` as the output of the `set` memories knows it.
    set_slot_before: DFF<Bits<4>>,
    write_slot: DFF<Bits<4>>,

    result_valid: DFF<Bit>,
    result_asker: DFF<Bits<2>>,
    result_tag: DFF<Bits<8>>,
    result_found: DFF<Bits<L>>,
    result_applied: DFF<Bit>,
    result_location: DFF<Bits<L>>,
    result_added: DFF<Bit>,
    result_removed: DFF<Bit>,

    operation_changes: Signal<Local, Bit>,
    operation_conditional: Signal<Local, Bit>,
    asks: Signal<Local, Bit>,
    ask_changes: Signal<Local, Bit>,
    change_ends: Signal<Local, Bit>,
    keeps: Signal<Local, Bit>,
    applies: Signal<Local, Bit>,
    decided_entry: Signal<Local, Bits<L>>,
    same_before: Signal<Local, Bit>,
    same_here: Signal<Local, Bit>,
    valid_before: Signal<Local, Bit>,
    page_before: Signal<Local, Bits<P>>,
    entry_before: Signal<Local, Bits<L>>,
    newer_found: Signal<Local, Bit>,
    newest_entry: Signal<Local, Bits<L>>,
    next_write_slot: Signal<Local, Bits<4>>,
}

impl<const P: usize, const L: usize> PageMap<P, L> {
    /// A page map with up to `changes_under_way` Writes and Moves under way.
    ///
    /// # Errors
    /// If `changes_under_way` is not 2..=16.
    pub fn new(changes_under_way: usize) -> Result<Self, GeometryError> {
        if !CHANGES_UNDER_WAY.contains(&changes_under_way) {
            return Err(GeometryError::ChangesUnderWay { value: changes_under_way });
        }
        Ok(Self {
            clock: Default::default(),
            operations: Default::default(),
            requester: Default::default(),
            results: Default::default(),
            result_requester: Default::default(),
            changes: Default::default(),
            memory: Default::default(),
            last_change: Constant::new((changes_under_way - 1).to_bits()),
            last_operation: Constant::new(31_usize.to_bits()),
            input_stage: Default::default(),
            reads_under_way: Default::default(),
            may_read: Default::default(),
            changes_under_way: Default::default(),
            may_change: Default::default(),
            asked_attributes: Default::default(),
            asked_pages: Default::default(),
            asked_expected: Default::default(),
            asked_locations: Default::default(),
            ask_slot: Default::default(),
            answer_slot: Default::default(),
            answered: Default::default(),
            answered_entry: Default::default(),
            selecting: Default::default(),
            selecting_changes: Default::default(),
            selecting_conditional: Default::default(),
            selecting_requester: Default::default(),
            selecting_tag: Default::default(),
            selecting_page: Default::default(),
            selecting_expected: Default::default(),
            selecting_location: Default::default(),
            selecting_entry: Default::default(),
            same_as_deciding: Default::default(),
            same_as_kept: vec![Default::default(); changes_under_way],
            deciding: Default::default(),
            deciding_changes: Default::default(),
            deciding_conditional: Default::default(),
            deciding_requester: Default::default(),
            deciding_tag: Default::default(),
            deciding_page: Default::default(),
            deciding_expected: Default::default(),
            deciding_location: Default::default(),
            deciding_entry: Default::default(),
            kept_valid: vec![Default::default(); changes_under_way],
            kept_page: vec![Default::default(); changes_under_way],
            kept_entry: vec![Default::default(); changes_under_way],
            set_pages: Default::default(),
            set_entries: Default::default(),
            set_slot: Default::default(),
            set_slot_before: Default::default(),
            write_slot: Default::default(),
            result_valid: Default::default(),
            result_asker: Default::default(),
            result_tag: Default::default(),
            result_found: Default::default(),
            result_applied: Default::default(),
            result_location: Default::default(),
            result_added: Default::default(),
            result_removed: Default::default(),
            operation_changes: Default::default(),
            operation_conditional: Default::default(),
            asks: Default::default(),
            ask_changes: Default::default(),
            change_ends: Default::default(),
            keeps: Default::default(),
            applies: Default::default(),
            decided_entry: Default::default(),
            same_before: Default::default(),
            same_here: Default::default(),
            valid_before: Default::default(),
            page_before: Default::default(),
            entry_before: Default::default(),
            newer_found: Default::default(),
            newest_entry: Default::default(),
            next_write_slot: Default::default(),
        })
    }
}

impl<const P: usize, const L: usize> Logic for PageMap<P, L> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, input_stage);
        dff_setup!(self, clock, reads_under_way, may_read, changes_under_way, may_change, ask_slot, answer_slot);
        dff_setup!(self, clock, answered, answered_entry, selecting, selecting_changes, selecting_conditional);
        dff_setup!(self, clock, selecting_requester, selecting_tag, selecting_page, selecting_expected);
        dff_setup!(self, clock, selecting_location, selecting_entry, same_as_deciding);
        dff_setup!(self, clock, deciding, deciding_changes, deciding_conditional, deciding_requester, deciding_tag);
        dff_setup!(self, clock, deciding_page, deciding_expected, deciding_location, deciding_entry);
        dff_setup!(self, clock, set_slot, set_slot_before, write_slot, result_valid, result_asker, result_tag);
        dff_setup!(self, clock, result_found, result_applied, result_location, result_added, result_removed);
        self.asked_attributes.read_clock.next = self.clock.val();
        self.asked_attributes.write_clock.next = self.clock.val();
        self.asked_pages.read_clock.next = self.clock.val();
        self.asked_pages.write_clock.next = self.clock.val();
        self.asked_expected.read_clock.next = self.clock.val();
        self.asked_expected.write_clock.next = self.clock.val();
        self.asked_locations.read_clock.next = self.clock.val();
        self.asked_locations.write_clock.next = self.clock.val();
        self.set_pages.read_clock.next = self.clock.val();
        self.set_pages.write_clock.next = self.clock.val();
        self.set_entries.read_clock.next = self.clock.val();
        self.set_entries.write_clock.next = self.clock.val();
        PageOperationSink::<P, L>::link(&mut self.operations, &mut self.input_stage.sink);
        self.input_stage.sink_requester.next = self.requester.val();

        // The last step first: decide.
        self.keeps.next = self.deciding.q.val() & self.deciding_changes.q.val();
        self.applies.next = self.deciding_changes.q.val()
            & (!self.deciding_conditional.q.val() | (self.deciding_entry.q.val() == self.deciding_expected.q.val()));
        self.decided_entry.next = self.deciding_entry.q.val();
        if self.applies.val() {
            self.decided_entry.next = self.deciding_location.q.val();
        }
        self.result_valid.d.next = self.deciding.q.val();
        self.result_asker.d.next = self.deciding_requester.q.val();
        self.result_tag.d.next = self.deciding_tag.q.val();
        self.result_found.d.next = self.deciding_entry.q.val();
        self.result_applied.d.next = self.applies.val();
        self.result_location.d.next = self.deciding_location.q.val();
        self.result_added.d.next =
            self.deciding.q.val() & self.applies.val() & self.deciding_location.q.val().get_bit(0);
        self.result_removed.d.next =
            self.deciding.q.val() & self.applies.val() & self.deciding_entry.q.val().get_bit(0);

        // Write what was set to the memory.
        self.set_pages.write_enable.next = self.keeps.val();
        self.set_pages.write_address.next = self.set_slot.q.val();
        self.set_pages.write_data.next = self.deciding_page.q.val();
        self.set_entries.write_enable.next = self.keeps.val();
        self.set_entries.write_address.next = self.set_slot.q.val();
        self.set_entries.write_data.next = self.decided_entry.val();
        if self.keeps.val() {
            self.set_slot.d.next = self.set_slot.q.val() + 1;
        }
        self.set_slot_before.d.next = self.set_slot.q.val();
        self.memory.write_valid.next = self.set_slot_before.q.val() != self.write_slot.q.val();
        self.memory.write_address.next = self.set_pages.read_data.val();
        self.memory.write_data.next = self.set_entries.read_data.val();
        self.change_ends.next = self.memory.write_valid.val() & self.memory.write_ready.val();
        self.next_write_slot.next = self.write_slot.q.val();
        if self.change_ends.val() {
            self.next_write_slot.next = self.write_slot.q.val() + 1;
        }
        self.write_slot.d.next = self.next_write_slot.val();
        self.set_pages.read_address.next = self.next_write_slot.val();
        self.set_entries.read_address.next = self.next_write_slot.val();

        // Ask the memory for the entry.
        self.operation_changes.next = false;
        self.operation_conditional.next = false;
        match self.input_stage.source.kind.val() {
            PageOperationKind::Write => {
                self.operation_changes.next = true;
            }
            PageOperationKind::Move => {
                self.operation_changes.next = true;
                self.operation_conditional.next = true;
            }
            _ => {}
        }
        self.memory.read_valid.next = self.input_stage.source.valid.val()
            & self.may_read.q.val()
            & (self.may_change.q.val() | !self.operation_changes.val());
        self.memory.read_address.next = self.input_stage.source.page.val();
        self.asks.next = self.memory.read_valid.val() & self.memory.read_ready.val();
        self.input_stage.source.ready.next = self.memory.read_ready.val()
            & self.may_read.q.val()
            & (self.may_change.q.val() | !self.operation_changes.val());
        self.ask_changes.next = self.asks.val() & self.operation_changes.val();

        self.asked_attributes.write_enable.next = self.asks.val();
        self.asked_attributes.write_address.next = self.ask_slot.q.val();
        self.asked_attributes.write_data.next = (bit_cast::<12, 8>(self.input_stage.source.tag.val()) << 4)
            | (bit_cast::<12, 2>(self.input_stage.source_requester.val()) << 2)
            | (bit_cast::<12, 1>(self.operation_conditional.val().into()) << 1)
            | bit_cast::<12, 1>(self.operation_changes.val().into());
        self.asked_pages.write_enable.next = self.asks.val();
        self.asked_pages.write_address.next = self.ask_slot.q.val();
        self.asked_pages.write_data.next = self.input_stage.source.page.val();
        self.asked_expected.write_enable.next = self.asks.val();
        self.asked_expected.write_address.next = self.ask_slot.q.val();
        self.asked_expected.write_data.next = self.input_stage.source.expected.val();
        self.asked_locations.write_enable.next = self.asks.val();
        self.asked_locations.write_address.next = self.ask_slot.q.val();
        self.asked_locations.write_data.next = self.input_stage.source.location.val();
        if self.asks.val() {
            self.ask_slot.d.next = self.ask_slot.q.val() + 1;
        }

        // What is under way. The limits are compared a cycle late, in which one operation more may begin.
        if self.asks.val() & !self.memory.response_valid.val() {
            self.reads_under_way.d.next = self.reads_under_way.q.val() + 1;
        }
        if !self.asks.val() & self.memory.response_valid.val() {
            self.reads_under_way.d.next = self.reads_under_way.q.val() - 1;
        }
        self.may_read.d.next = self.reads_under_way.q.val() < self.last_operation.val();
        if self.ask_changes.val() & !self.change_ends.val() {
            self.changes_under_way.d.next = self.changes_under_way.q.val() + 1;
        }
        if !self.ask_changes.val() & self.change_ends.val() {
            self.changes_under_way.d.next = self.changes_under_way.q.val() - 1;
        }
        self.may_change.d.next = self.changes_under_way.q.val() < self.last_change.val();

        // Its answer meets the operation.
        self.asked_attributes.read_address.next = self.answer_slot.q.val();
        self.asked_pages.read_address.next = self.answer_slot.q.val();
        self.asked_expected.read_address.next = self.answer_slot.q.val();
        self.asked_locations.read_address.next = self.answer_slot.q.val();
        if self.memory.response_valid.val() {
            self.answer_slot.d.next = self.answer_slot.q.val() + 1;
        }
        self.answered.d.next = self.memory.response_valid.val();
        self.answered_entry.d.next = self.memory.response_data.val();

        self.selecting.d.next = self.answered.q.val();
        self.selecting_changes.d.next = self.asked_attributes.read_data.val().get_bit(0);
        self.selecting_conditional.d.next = self.asked_attributes.read_data.val().get_bit(1);
        self.selecting_requester.d.next = self.asked_attributes.read_data.val().get_bits::<2>(2);
        self.selecting_tag.d.next = self.asked_attributes.read_data.val().get_bits::<8>(4);
        self.selecting_page.d.next = self.asked_pages.read_data.val();
        self.selecting_expected.d.next = self.asked_expected.read_data.val();
        self.selecting_location.d.next = self.asked_locations.read_data.val();
        self.selecting_entry.d.next = self.answered_entry.q.val();

        // Find the changes of the same page that will be before it in the next cycle.
        self.same_as_deciding.d.next = self.selecting.q.val()
            & self.selecting_changes.q.val()
            & (self.selecting_page.q.val() == self.asked_pages.read_data.val());
        self.same_before.next = self.deciding_page.q.val() == self.asked_pages.read_data.val();
        self.valid_before.next = true;
        self.page_before.next = self.deciding_page.q.val();
        self.entry_before.next = self.decided_entry.val();
        for i in 0..self.kept_valid.len() {
            self.same_as_kept[i].clock.next = self.clock.val();
            self.same_here.next =
                self.kept_valid[i].q.val() & (self.kept_page[i].q.val() == self.asked_pages.read_data.val());
            self.same_as_kept[i].d.next = self.same_here.val();
            if self.keeps.val() {
                self.same_as_kept[i].d.next = self.same_before.val();
            }
            self.same_before.next = self.same_here.val();
        }

        // Select the entry: that of the newest change of the page, else the memory's.
        self.deciding.d.next = self.selecting.q.val();
        self.deciding_changes.d.next = self.selecting_changes.q.val();
        self.deciding_conditional.d.next = self.selecting_conditional.q.val();
        self.deciding_requester.d.next = self.selecting_requester.q.val();
        self.deciding_tag.d.next = self.selecting_tag.q.val();
        self.deciding_page.d.next = self.selecting_page.q.val();
        self.deciding_expected.d.next = self.selecting_expected.q.val();
        self.deciding_location.d.next = self.selecting_location.q.val();
        self.newer_found.next = false;
        self.newest_entry.next = bits::<L>(0);
        for i in 0..self.kept_valid.len() {
            if self.same_as_kept[i].q.val() & !self.newer_found.val() {
                self.newest_entry.next = self.newest_entry.val() | self.kept_entry[i].q.val();
            }
            self.newer_found.next = self.newer_found.val() | self.same_as_kept[i].q.val();
        }
        self.deciding_entry.d.next = self.selecting_entry.q.val();
        if self.newer_found.val() {
            self.deciding_entry.d.next = self.newest_entry.val();
        }
        if self.same_as_deciding.q.val() {
            self.deciding_entry.d.next = self.decided_entry.val();
        }

        // Keep the change.
        for i in 0..self.kept_valid.len() {
            self.kept_valid[i].clock.next = self.clock.val();
            self.kept_page[i].clock.next = self.clock.val();
            self.kept_entry[i].clock.next = self.clock.val();
            self.kept_valid[i].d.next = self.kept_valid[i].q.val();
            self.kept_page[i].d.next = self.kept_page[i].q.val();
            self.kept_entry[i].d.next = self.kept_entry[i].q.val();
            if self.keeps.val() {
                self.kept_valid[i].d.next = self.valid_before.val();
                self.kept_page[i].d.next = self.page_before.val();
                self.kept_entry[i].d.next = self.entry_before.val();
            }
            self.valid_before.next = self.kept_valid[i].q.val();
            self.page_before.next = self.kept_page[i].q.val();
            self.entry_before.next = self.kept_entry[i].q.val();
        }

        self.results.valid.next = self.result_valid.q.val();
        self.results.tag.next = self.result_tag.q.val();
        self.results.found.next = self.result_found.q.val();
        self.results.applied.next = self.result_applied.q.val();
        self.result_requester.next = self.result_asker.q.val();
        self.changes.added.next = self.result_added.q.val();
        self.changes.added_location.next = self.result_location.q.val();
        self.changes.removed.next = self.result_removed.q.val();
        self.changes.removed_location.next = self.result_found.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[("changes_under_way", self.kept_valid.len() as u64)]);
        // An operation is read from the `asked` memories when its answer has come, later than it was written; an entry
        // from the `set` memories counts only when the read began after the cycle of its writing.
        info.push(no_collision(&[
            "asked_attributes",
            "asked_pages",
            "asked_expected",
            "asked_locations",
            "set_pages",
            "set_entries",
        ]));
        info
    }
}
