//! Page commands of two ports at one port of flash.

use rust_hdl::prelude::*;

use super::{PageCommandSource, PageReadSink};
use crate::circuit::circuit_info;
use crate::flash_controller::host_interface::{HostCompletionSink, HostOperation};
use crate::stream::{StreamSink, StreamSource};

/// Gives the commands of two ports to flash, the words of writes behind them in the same order, and parts what comes back by
/// tag: slot in bits 4..=0, whether it is for a write in 5, port in 6.
///
/// Writes and the reads that they need go before other reads, and the ports take turns. Of a page that is read for a write,
/// its write follows when its read has ended.
///
/// - Latency: 1 cycle from a command to `command`, none for words.
/// - Throughput: a command every second cycle, and a word of each kind a cycle.
/// - Back-pressure: that of `command`, `write_data`, and of the port whose words or ends stand first.
/// - Limits: two ports with 32 slots for reads and 32 for writes each.
#[derive(LogicBlock)]
pub struct CommandMerger {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Reads of both ports: page in bits 31..=0, slot in 36..=32, port in 37, first block in 40..=38, last block in 43..=41.
    pub reads: StreamSink<44>,
    /// Commands of each port's writer: page in bits 31..=0, slot in 36..=32, in 37 whether the page is read for a write, in 38
    /// whether it is trimmed.
    pub writes: Vec<StreamSink<39>>,
    /// Words of each port's writes; `last` at the end of each page.
    pub write_words: Vec<StreamSink<128>>,
    /// Words that were read for each port: slot in bits 132..=128, in 133 whether it is for a write, in 136..=134 the block
    /// with which its words begin.
    pub read_words: Vec<StreamSource<137>>,
    /// Ends of each port's commands: slot in bits 4..=0, whether it is of a write in 5, whether it failed in 6.
    pub ends: Vec<StreamSource<7>>,

    /// Commands to flash.
    pub command: PageCommandSource,
    /// Words of its writes; `last` at the end of each page.
    pub write_data: StreamSource<128>,
    /// Words of its reads.
    pub read_data: PageReadSink,
    /// Ends of its commands.
    pub completion: HostCompletionSink,

    port_number: Vec<Constant<Bits<1>>>,
    /// The port that goes first.
    turn: DFF<Bits<1>>,
    offered: DFF<Bit>,
    operation: DFF<HostOperation>,
    tag: DFF<Bits<7>>,
    page: DFF<Bits<32>>,
    first_block: DFF<Bits<3>>,
    last_block: DFF<Bits<3>>,
    /// The words of a write are passing, of this port.
    is_passing: DFF<Bit>,
    passing_port: DFF<Bits<1>>,
    /// A page is read for a write of the port, of this slot.
    is_reading: Vec<DFF<Bit>>,
    reading_slot: Vec<DFF<Bits<5>>>,

    is_free: Signal<Local, Bit>,
    /// The port's writer has a command that may be given.
    may_write: Vec<Signal<Local, Bit>>,
    chosen: Signal<Local, Bits<1>>,
    writes_now: Signal<Local, Bit>,
    write: Signal<Local, Bits<39>>,
    write_tag: Signal<Local, Bits<7>>,
    ends_reading: Vec<Signal<Local, Bit>>,
    has_failed: Signal<Local, Bit>,
}

impl Default for CommandMerger {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reads: Default::default(),
            writes: vec![Default::default(), Default::default()],
            write_words: vec![Default::default(), Default::default()],
            read_words: vec![Default::default(), Default::default()],
            ends: vec![Default::default(), Default::default()],
            command: Default::default(),
            write_data: Default::default(),
            read_data: Default::default(),
            completion: Default::default(),
            port_number: (0..2_u64).map(|number| Constant::new(number.into())).collect(),
            turn: Default::default(),
            offered: Default::default(),
            operation: Default::default(),
            tag: Default::default(),
            page: Default::default(),
            first_block: Default::default(),
            last_block: Default::default(),
            is_passing: Default::default(),
            passing_port: Default::default(),
            is_reading: vec![Default::default(), Default::default()],
            reading_slot: vec![Default::default(), Default::default()],
            is_free: Default::default(),
            may_write: vec![Default::default(), Default::default()],
            chosen: Default::default(),
            writes_now: Default::default(),
            write: Default::default(),
            write_tag: Default::default(),
            ends_reading: vec![Default::default(), Default::default()],
            has_failed: Default::default(),
        }
    }
}

impl Logic for CommandMerger {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, turn, offered, operation, tag, page, first_block, last_block, is_passing, passing_port);

        self.command.valid.next = self.offered.q.val();
        self.command.operation.next = self.operation.q.val();
        self.command.tag.next = bit_cast::<8, 7>(self.tag.q.val());
        self.command.page.next = self.page.q.val();
        self.command.first_block.next = self.first_block.q.val();
        self.command.last_block.next = self.last_block.q.val();
        if self.command.ready.val() {
            self.offered.d.next = false;
        }

        // Words of a write.
        self.write_data.valid.next = false;
        self.write_data.data.next = self.write_words[0].data.val();
        self.write_data.last.next = self.write_words[0].last.val();
        for i in 0..2 {
            self.write_words[i].ready.next = false;
            if self.is_passing.q.val() & (self.passing_port.q.val() == self.port_number[i].val()) {
                self.write_data.valid.next = self.write_words[i].valid.val();
                self.write_data.data.next = self.write_words[i].data.val();
                self.write_data.last.next = self.write_words[i].last.val();
                self.write_words[i].ready.next = self.write_data.ready.val();
                if self.write_words[i].valid.val() & self.write_words[i].last.val() & self.write_data.ready.val() {
                    self.is_passing.d.next = false;
                }
            }
        }

        // What is chosen next.
        self.is_free.next = !self.offered.q.val();
        for i in 0..2 {
            self.is_reading[i].clock.next = self.clock.val();
            self.is_reading[i].d.next = self.is_reading[i].q.val();
            self.reading_slot[i].clock.next = self.clock.val();
            self.reading_slot[i].d.next = self.reading_slot[i].q.val();
            self.may_write[i].next = self.writes[i].valid.val()
                & !self.is_reading[i].q.val()
                & (self.writes[i].data.val().get_bit(37)
                    | self.writes[i].data.val().get_bit(38)
                    | !self.is_passing.q.val());
        }
        self.writes_now.next = self.is_free.val() & (self.may_write[0].val() | self.may_write[1].val());
        self.chosen.next = self.port_number[0].val();
        if self.may_write[1].val() & (!self.may_write[0].val() | self.turn.q.val().any()) {
            self.chosen.next = self.port_number[1].val();
        }
        self.reads.ready.next = self.is_free.val() & !self.writes_now.val();
        if self.reads.ready.val() & self.reads.valid.val() {
            self.offered.d.next = true;
            self.operation.d.next = HostOperation::Read;
            self.tag.d.next = bit_cast::<7, 5>(self.reads.data.val().get_bits::<5>(32))
                .replace_bit(6, self.reads.data.val().get_bit(37));
            self.page.d.next = self.reads.data.val().get_bits::<32>(0);
            self.first_block.d.next = self.reads.data.val().get_bits::<3>(38);
            self.last_block.d.next = self.reads.data.val().get_bits::<3>(41);
        }
        self.write.next = self.writes[0].data.val();
        if self.chosen.val().any() {
            self.write.next = self.writes[1].data.val();
        }
        self.write_tag.next =
            (bit_cast::<7, 5>(self.write.val().get_bits::<5>(32)) | 32) | (bit_cast::<7, 1>(self.chosen.val()) << 6);
        if self.writes_now.val() {
            self.turn.d.next = self.chosen.val() + 1;
            self.offered.d.next = true;
            self.tag.d.next = self.write_tag.val();
            self.page.d.next = self.write.val().get_bits::<32>(0);
            self.first_block.d.next = bits::<3>(0);
            self.last_block.d.next = bits::<3>(7);
            if self.write.val().get_bit(37) {
                self.operation.d.next = HostOperation::Read;
            } else if self.write.val().get_bit(38) {
                self.operation.d.next = HostOperation::Trim;
            } else {
                self.operation.d.next = HostOperation::Write;
                self.is_passing.d.next = true;
                self.passing_port.d.next = self.chosen.val();
            }
        }
        for i in 0..2 {
            self.writes[i].ready.next = false;
            if self.writes_now.val() & (self.chosen.val() == self.port_number[i].val()) {
                self.writes[i].ready.next = true;
                if self.write.val().get_bit(37) {
                    self.is_reading[i].d.next = true;
                    self.reading_slot[i].d.next = self.write.val().get_bits::<5>(32);
                }
            }
        }

        // What comes back.
        self.read_data.ready.next = false;
        self.completion.ready.next = false;
        self.has_failed.next = self.completion.status.val().any();
        for i in 0..2 {
            self.read_words[i].valid.next =
                self.read_data.valid.val() & (self.read_data.tag.val().get_bits::<1>(6) == self.port_number[i].val());
            self.read_words[i].data.next = bit_cast::<137, 128>(self.read_data.data.val())
                | (bit_cast::<137, 6>(self.read_data.tag.val().get_bits::<6>(0)) << 128)
                | (bit_cast::<137, 3>(self.read_data.first_block.val()) << 134);
            self.read_words[i].last.next = self.read_data.last.val();
            if self.read_data.tag.val().get_bits::<1>(6) == self.port_number[i].val() {
                self.read_data.ready.next = self.read_words[i].ready.val();
            }

            // The read for a write ends as a read, unless it failed.
            self.ends_reading[i].next = self.is_reading[i].q.val()
                & self.completion.tag.val().get_bit(5)
                & (self.completion.tag.val().get_bits::<5>(0) == self.reading_slot[i].q.val());
            self.ends[i].valid.next = false;
            self.ends[i].last.next = true;
            self.ends[i].data.next =
                bit_cast::<7, 6>(self.completion.tag.val().get_bits::<6>(0)).replace_bit(6, self.has_failed.val());
            if self.ends_reading[i].val() & !self.has_failed.val() {
                self.ends[i].data.next = bit_cast::<7, 5>(self.completion.tag.val().get_bits::<5>(0));
            }
            if self.completion.tag.val().get_bits::<1>(6) == self.port_number[i].val() {
                self.ends[i].valid.next = self.completion.valid.val();
                self.completion.ready.next = self.ends[i].ready.val();
                if self.completion.valid.val() & self.ends_reading[i].val() & self.ends[i].ready.val() {
                    self.is_reading[i].d.next = false;
                }
            }
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
