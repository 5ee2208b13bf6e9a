//! A lane with all that makes records of its bytes.

use rust_hdl::prelude::*;

use super::correction_port::CorrectionSource;
use super::lane_command_merger::LaneCommandMerger;
use super::page_encoder::PageEncoder;
use super::record_receiver::RecordReceiver;
use crate::circuit::circuit_info;
use crate::flash_controller::lane::{
    LaneCommandSink, LaneCommandSource, LaneConfig, LaneConfigError, NandHost, NandSequencer,
};
use crate::flash_controller::write_buffer::ProgramCommandSink;
use crate::stream::{StreamSink, StreamSource};

/// A lane: records in and out on one side, the pins of its two chips on the other.
///
/// ```text
///  reads, programs, firmware --> LaneCommandMerger --> +---------------+
///  records ------------------> PageEncoder ----------> | NandSequencer | <--> pins
///  two slots <---------------- RecordReceiver <------- +---------------+
///  corrector <-----------------------'
/// ```
///
/// - Latency: that of [`NandSequencer`], and of [`RecordReceiver`] behind it.
/// - Throughput: a read of a record in about 4,470 cycles over NV-DDR mode 3 at 7.5 ns.
/// - Back-pressure: reads wait while no slot is free; `firmware_room` low holds all reads, not the firmware's alone.
/// - Limits: those of its parts.
#[derive(LogicBlock)]
pub struct FlashLane {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The pins.
    pub pins: NandHost,
    /// Per chip: it has been brought into the lane's `run` mode.
    pub fast: Signal<In, Bits<2>>,
    /// Reads of the host and the mover: tag in bits 7..=0, place above.
    pub reads: StreamSink<34>,
    /// A read of a survivor is offered.
    pub survivor_valid: Signal<In, Bit>,
    /// Its place: bit 0 chip, 3..=1 die, 4 plane, 16..=5 block, 24..=17 page, 25 half.
    pub survivor_place: Signal<In, Bits<26>>,
    /// It is taken.
    pub survivor_ready: Signal<Out, Bit>,
    /// Programs.
    pub programs: ProgramCommandSink,
    /// Records of the programs, in their order.
    pub program_bytes: StreamSink<8>,
    /// Dies (chip x 8 + die) whose queues are full.
    pub full: Signal<Out, Bits<16>>,
    /// The firmware's commands; tags 0xB0..=0xBF.
    pub firmware: LaneCommandSink,
    /// A byte of a firmware's read comes.
    pub firmware_byte_valid: Signal<Out, Bit>,
    /// The byte; meaningful while `firmware_byte_valid` is high.
    pub firmware_byte: Signal<Out, Bits<8>>,
    /// It is the read's last; meaningful while `firmware_byte_valid` is high.
    pub firmware_byte_last: Signal<Out, Bit>,
    /// There is room for all bytes of a firmware's read.
    pub firmware_room: Signal<In, Bit>,
    /// A program or a command of the firmware has ended.
    pub done: Signal<Out, Bit>,
    /// Its tag; meaningful while `done` is high.
    pub done_tag: Signal<Out, Bits<8>>,
    /// It has failed; meaningful while `done` is high.
    pub done_failed: Signal<Out, Bit>,
    /// A record waits, a bit for each slot.
    pub slot_ready: Signal<Out, Bits<2>>,
    /// It cannot be used, a bit for each slot; meaningful with `slot_ready`.
    pub slot_bad: Signal<Out, Bits<2>>,
    /// A codeword of it had so many errors that it should be written anew, a bit for each slot; meaningful with `slot_ready`.
    pub slot_weak: Signal<Out, Bits<2>>,
    /// Tag of the record in the first slot.
    pub first_tag: Signal<Out, Bits<8>>,
    /// Tag of the record in the second slot.
    pub second_tag: Signal<Out, Bits<8>>,
    /// Logical page in the header of the record in the first slot.
    pub first_page: Signal<Out, Bits<32>>,
    /// Logical page in the header of the record in the second slot.
    pub second_page: Signal<Out, Bits<32>>,
    /// The record of a slot is not needed any more, a bit for each slot.
    pub freed: Signal<In, Bits<2>>,
    /// The corrector of its codewords.
    pub correction: CorrectionSource,
    /// A word is read in this cycle.
    pub reading: Signal<In, Bit>,
    /// Slot that is read.
    pub read_slot: Signal<In, Bit>,
    /// Place of the word that is read.
    pub read_place: Signal<In, Bits<8>>,
    /// The word of the place of two cycles before; zero if none was read.
    pub word: Signal<Out, Bits<128>>,
    /// A record has been decoded.
    pub corrected: Signal<Out, Bit>,
    /// Bits corrected in it.
    pub corrected_bits: Signal<Out, Bits<8>>,

    merger: LaneCommandMerger,
    encoder: PageEncoder,
    sequencer: NandSequencer,
    receiver: RecordReceiver,
    is_done: DFF<Bit>,
    ended_tag: DFF<Bits<8>>,
    has_failed: DFF<Bit>,
    byte_comes: DFF<Bit>,
    byte_held: DFF<Bits<8>>,
    byte_is_last: DFF<Bit>,

    full_dies: Signal<Local, Bits<16>>,
    concerns_firmware: Signal<Local, Bit>,
}

impl FlashLane {
    /// A lane as `config` says.
    ///
    /// # Errors
    /// If the configuration is out of its range.
    pub fn new(config: &LaneConfig) -> Result<Self, LaneConfigError> {
        Ok(Self {
            clock: Default::default(),
            pins: Default::default(),
            fast: Default::default(),
            reads: Default::default(),
            survivor_valid: Default::default(),
            survivor_place: Default::default(),
            survivor_ready: Default::default(),
            programs: Default::default(),
            program_bytes: Default::default(),
            full: Default::default(),
            firmware: Default::default(),
            firmware_byte_valid: Default::default(),
            firmware_byte: Default::default(),
            firmware_byte_last: Default::default(),
            firmware_room: Default::default(),
            done: Default::default(),
            done_tag: Default::default(),
            done_failed: Default::default(),
            slot_ready: Default::default(),
            slot_bad: Default::default(),
            slot_weak: Default::default(),
            first_tag: Default::default(),
            second_tag: Default::default(),
            first_page: Default::default(),
            second_page: Default::default(),
            freed: Default::default(),
            correction: Default::default(),
            reading: Default::default(),
            read_slot: Default::default(),
            read_place: Default::default(),
            word: Default::default(),
            corrected: Default::default(),
            corrected_bits: Default::default(),
            merger: LaneCommandMerger::new(config.code),
            encoder: PageEncoder::new(config.code),
            sequencer: NandSequencer::new(config)?,
            receiver: RecordReceiver::new(config.code),
            is_done: Default::default(),
            ended_tag: Default::default(),
            has_failed: Default::default(),
            byte_comes: Default::default(),
            byte_held: Default::default(),
            byte_is_last: Default::default(),
            full_dies: Default::default(),
            concerns_firmware: Default::default(),
        })
    }

    /// Declares all inputs to be driven from outside.
    pub fn connect_inputs(&mut self) {
        self.clock.connect();
        self.pins.link_connect_dest();
        self.fast.connect();
        self.reads.link_connect_dest();
        self.survivor_valid.connect();
        self.survivor_place.connect();
        self.programs.link_connect_dest();
        self.program_bytes.link_connect_dest();
        self.firmware.link_connect_dest();
        self.firmware_room.connect();
        self.freed.connect();
        self.correction.link_connect_dest();
        self.reading.connect();
        self.read_slot.connect();
        self.read_place.connect();
    }
}

impl Logic for FlashLane {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, merger, encoder, sequencer, receiver);
        dff_setup!(self, clock, is_done, ended_tag, has_failed, byte_comes, byte_held, byte_is_last);

        // Commands.
        self.full_dies.next = self.sequencer.full.val();
        self.full.next = self.full_dies.val();
        self.merger.full.next = self.full_dies.val();
        self.merger.survivor_valid.next = self.survivor_valid.val();
        self.merger.survivor_place.next = self.survivor_place.val();
        self.survivor_ready.next = self.merger.survivor_ready.val();
        StreamSink::<34>::link(&mut self.reads, &mut self.merger.reads);
        ProgramCommandSink::link(&mut self.programs, &mut self.merger.programs);
        LaneCommandSink::link(&mut self.firmware, &mut self.merger.firmware);
        LaneCommandSource::join(&mut self.merger.commands, &mut self.sequencer.commands);

        // Records to the chips.
        StreamSink::<8>::link(&mut self.program_bytes, &mut self.encoder.sink);
        StreamSource::<8>::join(&mut self.encoder.source, &mut self.sequencer.program);
        NandHost::link(&mut self.pins, &mut self.sequencer.pins);
        self.sequencer.fast.next = self.fast.val();
        self.sequencer.read_room.next = self.receiver.room.val() & self.firmware_room.val();

        // Records from the chips.
        self.receiver.byte_valid.next = self.sequencer.read_valid.val();
        self.receiver.byte_data.next = self.sequencer.read_data.val();
        self.receiver.byte_last.next = self.sequencer.read_last.val();
        self.receiver.byte_tag.next = self.sequencer.read_tag.val();
        self.receiver.done.next = self.sequencer.done_valid.val();
        self.receiver.done_tag.next = self.sequencer.done_tag.val();
        self.receiver.done_failed.next = self.sequencer.done_failed.val();
        self.slot_ready.next = self.receiver.slot_ready.val();
        self.slot_bad.next = self.receiver.slot_bad.val();
        self.slot_weak.next = self.receiver.slot_weak.val();
        self.first_tag.next = self.receiver.first_tag.val();
        self.second_tag.next = self.receiver.second_tag.val();
        self.first_page.next = self.receiver.first_page.val();
        self.second_page.next = self.receiver.second_page.val();
        self.receiver.freed.next = self.freed.val();
        CorrectionSource::link(&mut self.correction, &mut self.receiver.correction);
        self.receiver.reading.next = self.reading.val();
        self.receiver.read_slot.next = self.read_slot.val();
        self.receiver.read_place.next = self.read_place.val();
        self.word.next = self.receiver.word.val();
        self.corrected.next = self.receiver.corrected.val();
        self.corrected_bits.next = self.receiver.corrected_bits.val();

        // What concerns the firmware.
        self.concerns_firmware.next = self.sequencer.done_tag.val().get_bit(7)
            & (self.sequencer.done_tag.val().get_bit(6)
                | (self.sequencer.done_tag.val().get_bit(5) & self.sequencer.done_tag.val().get_bit(4)));
        self.is_done.d.next = self.sequencer.done_valid.val() & self.concerns_firmware.val();
        self.ended_tag.d.next = self.sequencer.done_tag.val();
        self.has_failed.d.next = self.sequencer.done_failed.val();
        self.done.next = self.is_done.q.val();
        self.done_tag.next = self.ended_tag.q.val();
        self.done_failed.next = self.has_failed.q.val();
        self.byte_comes.d.next = (self.sequencer.read_valid.val() & self.sequencer.read_tag.val().get_bit(7))
            & (self.sequencer.read_tag.val().get_bit(5) & self.sequencer.read_tag.val().get_bit(4));
        self.byte_held.d.next = self.sequencer.read_data.val();
        self.byte_is_last.d.next = self.sequencer.read_last.val();
        self.firmware_byte_valid.next = self.byte_comes.q.val();
        self.firmware_byte.next = self.byte_held.q.val();
        self.firmware_byte_last.next = self.byte_is_last.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
