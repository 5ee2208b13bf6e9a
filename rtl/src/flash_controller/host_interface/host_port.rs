//! The host's commands, taken apart and completed.

use rust_hdl::prelude::*;

use super::host_command::{HostCommandSink, HostCompletionSource, HostOperation};
use super::read_fence::ReadFence;
use crate::circuit::circuit_info;
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// Status of a command that ended well.
pub const STATUS_SUCCESS: u64 = 0;
/// Status of a read whose data is lost.
pub const STATUS_MEDIUM_ERROR: u64 = 1;
/// Status of a command for a page beyond the last.
pub const STATUS_OUT_OF_RANGE: u64 = 2;

/// What becomes of the oldest command that is no read.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum OrderedState {
    /// There is none.
    Idle,
    /// It is looked at.
    Deciding,
    /// A write waits for the buffer.
    Writing,
    /// Data of a page that does not exist is thrown away.
    Refusing,
    /// A flush waits for the buffer.
    Flushing,
    /// A trim waits until all pages before it are safe.
    Settling,
    /// Its page is to be looked up in the buffer.
    Probing,
    /// The answer has not come.
    Seeking,
    /// The page lies in the buffer: the trim waits until no page of a host does.
    Emptying,
    /// The page map is told of a trim.
    Trimming,
    /// The command's completion waits.
    Completing,
}

/// Takes commands from the host: reads go their own way, all others are executed in the order in which they came.
///
/// A write is completed when its page is safe in the buffer, a flush when all that was acknowledged before lies in closed
/// stripes, a trim when the page map has no place for the page any more, a read with the last word of its data.
///
/// A trim waits until the writes before it are safe. If its page lies in the buffer, it further waits until every page of the
/// host there has got its place in the page map, and has stripes closed for that, as often as it takes: pages may wait for
/// room in the buffer.
///
/// - Latency: from a command to its read request or to the buffer 5 and 6 cycles; 12 cycles from a trim to the page map if
///   its page is not in the buffer.
/// - Throughput: a read per cycle; a write in as many cycles as the buffer takes for it.
/// - Back-pressure: `commands.ready` never falls as long as no tag is used twice. While the buffer has no room, writes wait
///   and what came after them except reads.
/// - Limits: 128 tags. A trim of a page that was written just before is slow: it closes a stripe.
#[derive(LogicBlock)]
pub struct HostPort {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Commands.
    pub commands: HostCommandSink,
    /// Data of writes, in their order; `last` at the end of each page.
    pub write_data: StreamSink<128>,
    /// Completions.
    pub completions: HostCompletionSource,
    /// Pages of the host: 0 to one less than this.
    pub page_limit: Signal<In, Bits<32>>,
    /// Writes may go to the buffer, and trims to the page map; else they wait.
    pub writes_allowed: Signal<In, Bit>,
    /// Reads: tag in bits 7..=0, page above.
    pub reads: StreamSource<40>,
    /// A write is offered to the buffer.
    pub write_valid: Signal<Out, Bit>,
    /// Its tag.
    pub write_tag: Signal<Out, Bits<8>>,
    /// Its page.
    pub write_page: Signal<Out, Bits<32>>,
    /// The buffer takes it.
    pub write_ready: Signal<In, Bit>,
    /// Data of the writes that the buffer takes.
    pub buffer_data: StreamSource<128>,
    /// A page is safe.
    pub acknowledged: Signal<In, Bit>,
    /// Tag of its write; meaningful while `acknowledged` is high.
    pub acknowledged_tag: Signal<In, Bits<8>>,
    /// The acknowledgement is taken.
    pub acknowledged_ready: Signal<Out, Bit>,
    /// A page of the host has got its place in the page map.
    pub placed: Signal<In, Bit>,
    /// A page is offered to the buffer, or in it without a place in the page map, or a trim is under way.
    pub unplaced: Signal<Out, Bit>,
    /// The buffer takes a page of firmware's, of whose place it is told by `placed` as well.
    pub firmware_given: Signal<In, Bit>,
    /// The buffer has taken writes whose data has not all passed.
    pub owes_data: Signal<Out, Bit>,
    /// The buffer is to close its open stripe.
    pub flush: Signal<Out, Bit>,
    /// It has not done so yet.
    pub flushing: Signal<In, Bit>,
    /// The page of a trim, `trim_page`, is to be looked up in the buffer.
    pub probe: Signal<Out, Bit>,
    /// The buffer takes the lookup.
    pub probe_ready: Signal<In, Bit>,
    /// The page looked up four cycles before lies in the buffer.
    pub probe_hit: Signal<In, Bit>,
    /// A page is to lose its place.
    pub trim_valid: Signal<Out, Bit>,
    /// The page.
    pub trim_page: Signal<Out, Bits<32>>,
    /// The page map has taken the trim.
    pub trim_ready: Signal<In, Bit>,
    /// The last word of a read's data is given to the host.
    pub read_ends: Signal<In, Bit>,
    /// Tag of the read; meaningful while `read_ends` is high.
    pub read_tag: Signal<In, Bits<8>>,
    /// A read's data is lost.
    pub lost_valid: Signal<In, Bit>,
    /// Tag of the read.
    pub lost_tag: Signal<In, Bits<8>>,
    /// That is taken.
    pub lost_ready: Signal<Out, Bit>,
    /// Firmware begins a new epoch of reads.
    pub fence_advance: Signal<In, Bit>,
    /// No read of the epoch before is under way.
    pub fence_passed: Signal<Out, Bit>,

    success: Constant<Bits<16>>,
    medium_error: Constant<Bits<16>>,
    out_of_range: Constant<Bits<16>>,
    write_code: Constant<Bits<2>>,
    trim_code: Constant<Bits<2>>,
    flush_code: Constant<Bits<2>>,

    read_commands: SynchronousFifo<40, 7>,
    /// Operation in bits 1..=0, tag above, page above it.
    ordered_commands: SynchronousFifo<42, 7>,
    /// Tag in bits 7..=0, status above.
    ended: SynchronousFifo<16, 8>,
    fence: ReadFence,

    state: DFF<OrderedState>,
    operation: DFF<Bits<2>>,
    tag: DFF<Bits<8>>,
    page: DFF<Bits<32>>,
    in_range: DFF<Bit>,
    ends_well: DFF<Bit>,
    /// Pages given to the buffer whose data has not all been taken.
    pages_owed: DFF<Bits<4>>,
    /// Pages given to the buffer that are not safe there yet.
    pages_unsafe: DFF<Bits<4>>,
    /// Pages given to the buffer that have no place yet.
    pages_unplaced: DFF<Bits<8>>,
    /// Cycles since the lookup of a trim's page.
    steps: DFF<Bits<2>>,
    flush_asked: DFF<Bit>,
    /// The flush that was asked for can be seen.
    flush_seen: DFF<Bit>,
    refused_valid: DFF<Bit>,
    refused_tag: DFF<Bits<8>>,
    read_valid: DFF<Bit>,
    read_word: DFF<Bits<40>>,
    read_in_range: DFF<Bit>,

    operation_code: Signal<Local, Bits<2>>,
    is_read: Signal<Local, Bit>,
    takes_head: Signal<Local, Bit>,
    given: Signal<Local, Bit>,
    page_enters: Signal<Local, Bit>,
    changes: Signal<Local, Bit>,
    owed_ends: Signal<Local, Bit>,
    read_moves: Signal<Local, Bit>,
    completes: Signal<Local, Bit>,
    acknowledgement_taken: Signal<Local, Bit>,
    completion_taken: Signal<Local, Bit>,
    refusal_taken: Signal<Local, Bit>,
    refused: Signal<Local, Bit>,
    refusing: Signal<Local, Bit>,
}

impl Default for HostPort {
    fn default() -> Self {
        let status = |status: u64| Constant::new((status << 8).into());
        Self {
            clock: Default::default(),
            commands: Default::default(),
            write_data: Default::default(),
            completions: Default::default(),
            page_limit: Default::default(),
            writes_allowed: Default::default(),
            reads: Default::default(),
            write_valid: Default::default(),
            write_tag: Default::default(),
            write_page: Default::default(),
            write_ready: Default::default(),
            buffer_data: Default::default(),
            acknowledged: Default::default(),
            acknowledged_tag: Default::default(),
            acknowledged_ready: Default::default(),
            placed: Default::default(),
            unplaced: Default::default(),
            firmware_given: Default::default(),
            owes_data: Default::default(),
            flush: Default::default(),
            flushing: Default::default(),
            probe: Default::default(),
            probe_ready: Default::default(),
            probe_hit: Default::default(),
            trim_valid: Default::default(),
            trim_page: Default::default(),
            trim_ready: Default::default(),
            read_ends: Default::default(),
            read_tag: Default::default(),
            lost_valid: Default::default(),
            lost_tag: Default::default(),
            lost_ready: Default::default(),
            fence_advance: Default::default(),
            fence_passed: Default::default(),
            success: status(STATUS_SUCCESS),
            medium_error: status(STATUS_MEDIUM_ERROR),
            out_of_range: status(STATUS_OUT_OF_RANGE),
            write_code: Constant::new(1_u64.into()),
            trim_code: Constant::new(2_u64.into()),
            flush_code: Constant::new(3_u64.into()),
            read_commands: SynchronousFifo::new(64),
            ordered_commands: SynchronousFifo::new(64),
            ended: SynchronousFifo::new(64),
            fence: Default::default(),
            state: Default::default(),
            operation: Default::default(),
            tag: Default::default(),
            page: Default::default(),
            in_range: Default::default(),
            ends_well: Default::default(),
            pages_owed: Default::default(),
            pages_unsafe: Default::default(),
            pages_unplaced: Default::default(),
            steps: Default::default(),
            flush_asked: Default::default(),
            flush_seen: Default::default(),
            refused_valid: Default::default(),
            refused_tag: Default::default(),
            read_valid: Default::default(),
            read_word: Default::default(),
            read_in_range: Default::default(),
            operation_code: Default::default(),
            is_read: Default::default(),
            takes_head: Default::default(),
            given: Default::default(),
            page_enters: Default::default(),
            changes: Default::default(),
            owed_ends: Default::default(),
            read_moves: Default::default(),
            completes: Default::default(),
            acknowledgement_taken: Default::default(),
            completion_taken: Default::default(),
            refusal_taken: Default::default(),
            refused: Default::default(),
            refusing: Default::default(),
        }
    }
}

impl Logic for HostPort {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, read_commands, ordered_commands, ended, fence);
        dff_setup!(self, clock, state, operation, tag, page, in_range, ends_well, pages_owed, pages_unplaced);
        dff_setup!(self, clock, flush_asked, flush_seen, refused_valid, refused_tag, read_valid, read_word);
        dff_setup!(self, clock, read_in_range, pages_unsafe, steps);

        // Commands part.
        self.is_read.next = self.commands.operation.val() == HostOperation::Read;
        self.operation_code.next = bits::<2>(0);
        if self.commands.operation.val() == HostOperation::Write {
            self.operation_code.next = self.write_code.val();
        }
        if self.commands.operation.val() == HostOperation::Trim {
            self.operation_code.next = self.trim_code.val();
        }
        if self.commands.operation.val() == HostOperation::Flush {
            self.operation_code.next = self.flush_code.val();
        }
        self.read_commands.sink.valid.next = self.commands.valid.val() & self.is_read.val();
        self.read_commands.sink.data.next =
            bit_cast::<40, 8>(self.commands.tag.val()) | (bit_cast::<40, 32>(self.commands.page.val()) << 8);
        self.read_commands.sink.last.next = false;
        self.ordered_commands.sink.valid.next = self.commands.valid.val() & !self.is_read.val();
        self.ordered_commands.sink.data.next = bit_cast::<42, 2>(self.operation_code.val())
            | (bit_cast::<42, 8>(self.commands.tag.val()) << 2)
            | (bit_cast::<42, 32>(self.commands.page.val()) << 10);
        self.ordered_commands.sink.last.next = false;
        self.commands.ready.next = self.ordered_commands.sink.ready.val();
        if self.is_read.val() {
            self.commands.ready.next = self.read_commands.sink.ready.val();
        }

        // Reads: those beyond the last page are refused.
        self.refused.next = self.read_valid.q.val() & !self.read_in_range.q.val();
        self.reads.valid.next = self.read_valid.q.val() & self.read_in_range.q.val();
        self.reads.data.next = self.read_word.q.val();
        self.reads.last.next = false;
        self.read_moves.next = !self.read_valid.q.val()
            | (self.read_in_range.q.val() & self.reads.ready.val())
            | (self.refused.val() & !self.refused_valid.q.val());
        self.read_commands.source.ready.next = self.read_moves.val();
        if self.read_moves.val() {
            self.read_valid.d.next = self.read_commands.source.valid.val();
            self.read_word.d.next = self.read_commands.source.data.val();
            self.read_in_range.d.next = self.read_commands.source.data.val().get_bits::<32>(8) < self.page_limit.val();
        }
        self.fence.begins.next = self.read_valid.q.val() & self.read_in_range.q.val() & self.reads.ready.val();
        self.fence.begin_tag.next = self.read_word.q.val().get_bits::<7>(0);

        // Completions, the most urgent first: a read's last word does not wait.
        self.completion_taken.next = false;
        self.refusal_taken.next = false;
        self.acknowledged_ready.next = false;
        self.acknowledgement_taken.next = false;
        self.lost_ready.next = false;
        self.completes.next = self.state.q.val() == OrderedState::Completing;
        self.ended.sink.valid.next = self.read_ends.val()
            | self.lost_valid.val()
            | self.acknowledged.val()
            | self.refused_valid.q.val()
            | self.completes.val();
        self.ended.sink.last.next = false;
        self.ended.sink.data.next = bit_cast::<16, 8>(self.read_tag.val()) | self.success.val();
        if !self.read_ends.val() {
            if self.lost_valid.val() {
                self.ended.sink.data.next = bit_cast::<16, 8>(self.lost_tag.val()) | self.medium_error.val();
                self.lost_ready.next = true;
            } else if self.acknowledged.val() {
                self.ended.sink.data.next = bit_cast::<16, 8>(self.acknowledged_tag.val()) | self.success.val();
                self.acknowledged_ready.next = true;
                self.acknowledgement_taken.next = true;
            } else if self.refused_valid.q.val() {
                self.ended.sink.data.next = bit_cast::<16, 8>(self.refused_tag.q.val()) | self.out_of_range.val();
                self.refusal_taken.next = true;
            } else {
                self.ended.sink.data.next = bit_cast::<16, 8>(self.tag.q.val()) | self.out_of_range.val();
                if self.ends_well.q.val() {
                    self.ended.sink.data.next = bit_cast::<16, 8>(self.tag.q.val()) | self.success.val();
                }
                self.completion_taken.next = self.completes.val();
            }
        }
        if self.refusal_taken.val() {
            self.refused_valid.d.next = false;
        }
        if self.refused.val() & !self.refused_valid.q.val() {
            self.refused_valid.d.next = true;
            self.refused_tag.d.next = self.read_word.q.val().get_bits::<8>(0);
        }
        self.fence.ends.next = self.read_ends.val() | (self.lost_valid.val() & !self.read_ends.val());
        self.fence.end_tag.next = self.lost_tag.val().get_bits::<7>(0);
        if self.read_ends.val() {
            self.fence.end_tag.next = self.read_tag.val().get_bits::<7>(0);
        }
        self.fence.advance.next = self.fence_advance.val();
        self.fence_passed.next = self.fence.passed.val();
        self.completions.valid.next = self.ended.source.valid.val();
        self.completions.tag.next = self.ended.source.data.val().get_bits::<8>(0);
        self.completions.status.next = self.ended.source.data.val().get_bits::<2>(8);
        self.ended.source.ready.next = self.completions.ready.val();

        // Commands in order.
        self.takes_head.next = false;
        self.given.next = false;
        self.refusing.next = false;
        self.flush.next = self.flush_asked.q.val();
        self.flush_asked.d.next = false;
        self.flush_seen.d.next = self.flush_asked.q.val() | self.flush_seen.q.val();
        self.write_valid.next = false;
        self.trim_valid.next = false;
        self.probe.next = false;
        match self.state.q.val() {
            OrderedState::Idle => {
                self.takes_head.next = true;
                self.operation.d.next = self.ordered_commands.source.data.val().get_bits::<2>(0);
                self.tag.d.next = self.ordered_commands.source.data.val().get_bits::<8>(2);
                self.page.d.next = self.ordered_commands.source.data.val().get_bits::<32>(10);
                self.in_range.d.next =
                    self.ordered_commands.source.data.val().get_bits::<32>(10) < self.page_limit.val();
                self.flush_seen.d.next = false;
                if self.ordered_commands.source.valid.val() {
                    self.state.d.next = OrderedState::Deciding;
                }
            }
            OrderedState::Deciding => {
                self.ends_well.d.next = true;
                if self.operation.q.val() == self.flush_code.val() {
                    self.flush_asked.d.next = true;
                    self.state.d.next = OrderedState::Flushing;
                } else if !self.in_range.q.val() {
                    self.ends_well.d.next = false;
                    self.state.d.next = OrderedState::Completing;
                    if self.operation.q.val() == self.write_code.val() {
                        self.state.d.next = OrderedState::Refusing;
                    }
                } else if self.operation.q.val() == self.write_code.val() {
                    if self.writes_allowed.val() {
                        self.state.d.next = OrderedState::Writing;
                    }
                } else if self.writes_allowed.val() {
                    self.state.d.next = OrderedState::Settling;
                }
            }
            OrderedState::Writing => {
                // The count of pages owed has room for all that the buffer takes ahead of their data.
                self.write_valid.next = true;
                if self.write_ready.val() {
                    self.given.next = true;
                    self.state.d.next = OrderedState::Idle;
                }
            }
            OrderedState::Refusing => {
                self.refusing.next = !self.pages_owed.q.val().any();
                if self.refusing.val() & self.write_data.valid.val() & self.write_data.last.val() {
                    self.state.d.next = OrderedState::Completing;
                }
            }
            OrderedState::Flushing => {
                if self.flush_seen.q.val() & !self.flushing.val() {
                    self.state.d.next = OrderedState::Completing;
                }
            }
            OrderedState::Settling => {
                if !self.pages_unsafe.q.val().any() {
                    self.state.d.next = OrderedState::Probing;
                }
            }
            OrderedState::Probing => {
                self.probe.next = true;
                if self.probe_ready.val() {
                    self.state.d.next = OrderedState::Seeking;
                }
            }
            OrderedState::Seeking => {
                self.steps.d.next = self.steps.q.val() + 1;
                if self.steps.q.val() == bits::<2>(3) {
                    self.state.d.next = OrderedState::Trimming;
                    if self.probe_hit.val() {
                        self.flush_asked.d.next = true;
                        self.state.d.next = OrderedState::Emptying;
                    }
                }
            }
            OrderedState::Emptying => {
                if !self.pages_unplaced.q.val().any() {
                    self.state.d.next = OrderedState::Trimming;
                } else if self.flush_seen.q.val() & !self.flushing.val() {
                    // What that flush closed did not hold all of them.
                    self.flush_asked.d.next = true;
                    self.flush_seen.d.next = false;
                }
            }
            OrderedState::Trimming => {
                self.trim_valid.next = true;
                if self.trim_ready.val() {
                    self.state.d.next = OrderedState::Completing;
                }
            }
            OrderedState::Completing => {
                if self.completion_taken.val() {
                    self.state.d.next = OrderedState::Idle;
                }
            }
            _ => {
                self.state.d.next = OrderedState::Idle;
            }
        }
        self.ordered_commands.source.ready.next = self.takes_head.val();
        self.write_tag.next = self.tag.q.val();
        self.write_page.next = self.page.q.val();
        self.trim_page.next = self.page.q.val();

        // Data of writes.
        self.buffer_data.valid.next = self.write_data.valid.val() & !self.refusing.val();
        self.buffer_data.data.next = self.write_data.data.val();
        self.buffer_data.last.next = self.write_data.last.val();
        self.write_data.ready.next = self.refusing.val() | self.buffer_data.ready.val();
        self.owed_ends.next = self.write_data.valid.val()
            & self.write_data.last.val()
            & self.buffer_data.ready.val()
            & !self.refusing.val();
        if self.given.val() & !self.owed_ends.val() {
            self.pages_owed.d.next = self.pages_owed.q.val() + 1;
        }
        if self.owed_ends.val() & !self.given.val() {
            self.pages_owed.d.next = self.pages_owed.q.val() - 1;
        }
        if self.given.val() & !self.acknowledgement_taken.val() {
            self.pages_unsafe.d.next = self.pages_unsafe.q.val() + 1;
        }
        if self.acknowledgement_taken.val() & !self.given.val() {
            self.pages_unsafe.d.next = self.pages_unsafe.q.val() - 1;
        }
        self.page_enters.next = self.given.val() | self.firmware_given.val();
        if self.page_enters.val() & !self.placed.val() {
            self.pages_unplaced.d.next = self.pages_unplaced.q.val() + 1;
        }
        if self.placed.val() & !self.page_enters.val() {
            self.pages_unplaced.d.next = self.pages_unplaced.q.val() - 1;
        }
        self.owes_data.next = self.pages_owed.q.val().any();
        self.changes.next = (self.state.q.val() == OrderedState::Writing)
            | (self.state.q.val() == OrderedState::Settling)
            | (self.state.q.val() == OrderedState::Probing)
            | (self.state.q.val() == OrderedState::Seeking)
            | (self.state.q.val() == OrderedState::Emptying)
            | (self.state.q.val() == OrderedState::Trimming);
        self.unplaced.next = self.pages_unplaced.q.val().any() | self.changes.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
