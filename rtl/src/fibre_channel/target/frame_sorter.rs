//! Which received frame is whose business.

use rust_hdl::prelude::*;

use super::{CommandDecoder, DataPlaceSource, ExchangeCommandSource, LoginEntrySink, LoginLookupSink, LoginTable};
use crate::circuit::circuit_info;
use crate::stream::StreamSink;

/// What becomes of the frame at hand.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum SorterState {
    /// Its header comes.
    Header,
    /// The header is looked at.
    Look,
    /// The payload of a command comes.
    Command,
    /// The command is decoded.
    Decode,
    /// It waits for an exchange.
    Offer,
    /// Data waits for the place where it belongs.
    Ask,
    /// Data is stored.
    Data,
    /// Data that nobody asked for is dropped.
    Drop,
    /// The payload goes to the processor.
    Processor,
    /// The processor is told that the frame is over.
    Over,
}

/// Takes received frames apart: reads and writes that hardware can carry out become commands, data of writes goes where
/// the exchange wants it, and every other frame goes to the processor: data of writes, too, whose RX_ID has bit 15 set, by which
/// the processor asked for it, and writes of a host that may only read.
///
/// What goes to the processor is told at its end only, as it is for received frames: `processor_ended`, with
/// `processor_keeps` if the words since the last end are a frame for it.
///
/// - Latency: 19 cycles from a command's first word to `command.valid`, 7 from that of data to `data.valid`.
/// - Throughput: a word a cycle, and 2 to 8 cycles a frame; data waits for the answer besides.
/// - Back-pressure: `frame.ready` waits until a command is taken or refused, and for `data.answered`; stored words and
///   the processor's must be taken.
/// - Limits: frames of 6 words at least.
#[derive(LogicBlock)]
pub struct FrameSorter {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Good frames, header and payload, first byte in bits 7..=0; `last` marks a frame's last word.
    pub frame: StreamSink<32>,
    /// Words of the frame; meaningful with its words.
    pub length: Signal<In, Bits<10>>,
    /// The frame is the first of its sequence; meaningful with its words.
    pub is_first_of_sequence: Signal<In, Bit>,
    /// The frame is the last of its sequence; meaningful with its words.
    pub is_last_of_sequence: Signal<In, Bit>,
    /// The port's own address.
    pub own_address: Signal<In, Bits<24>>,
    /// Blocks of the logical unit.
    pub capacity: Signal<In, Bits<35>>,

    /// Entries of the logins.
    pub entry: LoginEntrySink,
    /// What is asked of a login.
    pub lookup: LoginLookupSink,

    /// Commands that hardware carries out.
    pub command: ExchangeCommandSource,

    /// Data of writes.
    pub data: DataPlaceSource,

    /// A word is stored.
    pub store: Signal<Out, Bit>,
    /// Where: slot in bits 14..=10, place in bits 9..=0.
    pub store_address: Signal<Out, Bits<15>>,
    /// The word, first byte in bits 7..=0.
    pub store_word: Signal<Out, Bits<32>>,

    /// A word that may be the processor's.
    pub processor_valid: Signal<Out, Bit>,
    /// The word, first byte in bits 7..=0.
    pub processor_word: Signal<Out, Bits<32>>,
    /// The frame is over.
    pub processor_ended: Signal<Out, Bit>,
    /// It is the processor's.
    pub processor_keeps: Signal<Out, Bit>,
    /// It was the first of its sequence; meaningful with `processor_ended`.
    pub processor_first: Signal<Out, Bit>,
    /// It was the last of its sequence; meaningful with `processor_ended`.
    pub processor_last: Signal<Out, Bit>,
    /// Data was dropped that nobody had asked for.
    pub data_dropped: Signal<Out, Bit>,

    state: DFF<SorterState>,
    /// A command is offered, and a place for data asked for.
    offers: DFF<Bit>,
    asks: DFF<Bit>,
    place: DFF<Bits<4>>,
    wait: DFF<Bits<2>>,
    keeps: DFF<Bit>,
    r_ctl: DFF<Bits<8>>,
    destination: DFF<Bits<24>>,
    source_address: DFF<Bits<24>>,
    kind: DFF<Bits<8>>,
    f_ctl: DFF<Bits<24>>,
    df_ctl: DFF<Bits<8>>,
    ox_id: DFF<Bits<16>>,
    rx_id: DFF<Bits<16>>,
    parameter: DFF<Bits<32>>,
    words: DFF<Bits<10>>,
    first: DFF<Bit>,
    last: DFF<Bit>,
    ended_in_header: DFF<Bit>,
    slot: DFF<Bits<5>>,
    next_slot: DFF<Bits<5>>,
    address: DFF<Bits<10>>,
    /// Data was answered in the cycle before.
    answered: DFF<Bit>,
    next_slot_now: Signal<Local, Bits<5>>,
    moved: DFF<Bit>,
    was_dropped: DFF<Bit>,

    command_r_ctl: Constant<Bits<8>>,
    data_r_ctl: Constant<Bits<8>>,
    fcp: Constant<Bits<8>>,

    logins: LoginTable,
    decoder: CommandDecoder,
    swapped: Signal<Local, Bits<32>>,
    takes: Signal<Local, Bit>,
    is_whole_sequence: Signal<Local, Bit>,
    is_command: Signal<Local, Bit>,
    is_data: Signal<Local, Bit>,
    to_processor: Signal<Local, Bit>,
}

impl Default for FrameSorter {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            entry: Default::default(),
            lookup: Default::default(),
            command: Default::default(),
            data: Default::default(),
            frame: Default::default(),
            length: Default::default(),
            is_first_of_sequence: Default::default(),
            is_last_of_sequence: Default::default(),
            own_address: Default::default(),
            capacity: Default::default(),
            store: Default::default(),
            store_address: Default::default(),
            store_word: Default::default(),
            processor_valid: Default::default(),
            processor_word: Default::default(),
            processor_ended: Default::default(),
            processor_keeps: Default::default(),
            processor_first: Default::default(),
            processor_last: Default::default(),
            data_dropped: Default::default(),
            state: Default::default(),
            offers: Default::default(),
            asks: Default::default(),
            place: Default::default(),
            wait: Default::default(),
            keeps: Default::default(),
            r_ctl: Default::default(),
            destination: Default::default(),
            source_address: Default::default(),
            kind: Default::default(),
            f_ctl: Default::default(),
            df_ctl: Default::default(),
            ox_id: Default::default(),
            rx_id: Default::default(),
            parameter: Default::default(),
            words: Default::default(),
            first: Default::default(),
            last: Default::default(),
            ended_in_header: Default::default(),
            slot: Default::default(),
            next_slot: Default::default(),
            address: Default::default(),
            answered: Default::default(),
            next_slot_now: Default::default(),
            moved: Default::default(),
            was_dropped: Default::default(),
            command_r_ctl: Constant::new(0x06_u64.into()),
            data_r_ctl: Constant::new(0x01_u64.into()),
            fcp: Constant::new(0x08_u64.into()),
            logins: Default::default(),
            decoder: Default::default(),
            swapped: Default::default(),
            takes: Default::default(),
            is_whole_sequence: Default::default(),
            is_command: Default::default(),
            is_data: Default::default(),
            to_processor: Default::default(),
        }
    }
}

impl Logic for FrameSorter {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, logins, decoder);
        dff_setup!(self, clock, state, place, wait, keeps, r_ctl, destination, source_address, kind, f_ctl, df_ctl);
        dff_setup!(self, clock, ox_id, rx_id, parameter, words, first, last, ended_in_header, slot, next_slot, address);
        dff_setup!(self, clock, moved, was_dropped, answered, offers, asks);

        LoginEntrySink::link(&mut self.entry, &mut self.logins.entry);
        LoginLookupSink::link(&mut self.lookup, &mut self.logins.lookup);
        self.logins.looked_up.next = self.source_address.q.val();

        // Fields are read with their highest byte first.
        self.swapped.next = (self.frame.data.val() << 24)
            | ((self.frame.data.val() & 0x0000_FF00) << 8)
            | ((self.frame.data.val() >> 8) & 0x0000_FF00)
            | (self.frame.data.val() >> 24);
        self.takes.next = self.frame.valid.val()
            & ((self.state.q.val() == SorterState::Header)
                | (self.state.q.val() == SorterState::Command)
                | (self.state.q.val() == SorterState::Data)
                | (self.state.q.val() == SorterState::Drop)
                | (self.state.q.val() == SorterState::Processor));
        self.frame.ready.next = self.takes.val();

        // A command stands in a frame of its own, which begins the exchange and hands over the initiative; F_CTL
        // 290000h.
        self.is_whole_sequence.next = self.first.q.val() & self.last.q.val();
        self.is_command.next = (self.r_ctl.q.val() == self.command_r_ctl.val())
            & (self.kind.q.val() == self.fcp.val())
            & !self.df_ctl.q.val().any()
            & self.is_whole_sequence.val()
            & (self.words.q.val() == 8)
            & !self.f_ctl.q.val().get_bit(23)
            & self.f_ctl.q.val().get_bit(21)
            & self.f_ctl.q.val().get_bit(19)
            & self.f_ctl.q.val().get_bit(16)
            & (self.destination.q.val() == self.own_address.val())
            & self.logins.is_fast.val();
        self.is_data.next = (self.r_ctl.q.val() == self.data_r_ctl.val())
            & (self.kind.q.val() == self.fcp.val())
            & !self.df_ctl.q.val().any();

        self.next_slot_now.next = self.next_slot.q.val();
        if self.answered.q.val() {
            self.next_slot_now.next = self.data.next_slot.val();
        }
        self.next_slot.d.next = self.next_slot_now.val();
        self.moved.d.next = false;
        self.was_dropped.d.next = false;
        self.to_processor.next = false;
        match self.state.q.val() {
            SorterState::Header => {
                self.to_processor.next = self.takes.val();
                if self.takes.val() {
                    self.place.d.next = self.place.q.val() + 1;
                    self.ended_in_header.d.next = self.frame.last.val();
                    if self.place.q.val() == 0 {
                        self.r_ctl.d.next = self.swapped.val().get_bits::<8>(24);
                        self.destination.d.next = self.swapped.val().get_bits::<24>(0);
                        self.words.d.next = self.length.val() - 6;
                        self.first.d.next = self.is_first_of_sequence.val();
                        self.last.d.next = self.is_last_of_sequence.val();
                    }
                    if self.place.q.val() == 1 {
                        self.source_address.d.next = self.swapped.val().get_bits::<24>(0);
                    }
                    if self.place.q.val() == 2 {
                        self.kind.d.next = self.swapped.val().get_bits::<8>(24);
                        self.f_ctl.d.next = self.swapped.val().get_bits::<24>(0);
                    }
                    if self.place.q.val() == 3 {
                        self.df_ctl.d.next = self.swapped.val().get_bits::<8>(16);
                    }
                    if self.place.q.val() == 4 {
                        self.ox_id.d.next = self.swapped.val().get_bits::<16>(16);
                        self.rx_id.d.next = self.swapped.val().get_bits::<16>(0);
                    }
                    if self.place.q.val() == 5 {
                        self.parameter.d.next = self.swapped.val();
                        self.state.d.next = SorterState::Look;
                    }
                }
            }
            SorterState::Look => {
                self.place.d.next = bits::<4>(0);
                self.wait.d.next = bits::<2>(0);
                self.keeps.d.next = true;
                self.state.d.next = SorterState::Processor;
                if self.is_command.val() {
                    self.state.d.next = SorterState::Command;
                }
                if self.is_data.val() {
                    self.keeps.d.next = false;
                    self.state.d.next = SorterState::Drop;
                    // Whole words, with an offset, from a port that is logged in.
                    if self.f_ctl.q.val().get_bit(3)
                        & !self.f_ctl.q.val().get_bits::<2>(0).any()
                        & !self.f_ctl.q.val().get_bit(23)
                        & (self.destination.q.val() == self.own_address.val())
                        & self.logins.is_found.val()
                    {
                        self.asks.d.next = true;
                        self.state.d.next = SorterState::Ask;
                        // The processor asked for it.
                        if self.rx_id.q.val().get_bit(15) {
                            self.keeps.d.next = true;
                            self.asks.d.next = false;
                            self.state.d.next = SorterState::Processor;
                        }
                    }
                }
                if self.ended_in_header.q.val() {
                    // There is no payload.
                    self.asks.d.next = false;
                    self.state.d.next = SorterState::Over;
                }
            }
            SorterState::Command => {
                self.to_processor.next = self.takes.val();
                if self.takes.val() & self.frame.last.val() {
                    self.state.d.next = SorterState::Decode;
                }
            }
            SorterState::Decode => {
                self.wait.d.next = self.wait.q.val() + 1;
                if self.wait.q.val().all() {
                    self.state.d.next = SorterState::Over;
                    if self.decoder.is_fast.val() & !(self.decoder.is_write.val() & self.logins.is_read_only.val()) {
                        self.keeps.d.next = false;
                        self.offers.d.next = true;
                        self.state.d.next = SorterState::Offer;
                    }
                }
            }
            SorterState::Offer => {
                self.offers.d.next = !self.command.ready.val() & !self.command.refused.val();
                if self.command.ready.val() {
                    self.state.d.next = SorterState::Over;
                } else if self.command.refused.val() {
                    self.keeps.d.next = true;
                    self.state.d.next = SorterState::Over;
                }
            }
            SorterState::Ask => {
                self.slot.d.next = self.data.slot.val();
                self.answered.d.next = self.data.answered.val();
                self.address.d.next = self.data.address.val();
                if self.data.answered.val() {
                    self.asks.d.next = false;
                    self.state.d.next = SorterState::Drop;
                    if self.data.accepted.val() {
                        self.state.d.next = SorterState::Data;
                    }
                }
            }
            SorterState::Data => {
                self.answered.d.next = false;
                if self.takes.val() {
                    self.address.d.next = self.address.q.val() + 1;
                    if self.address.q.val().all() {
                        self.slot.d.next = self.next_slot_now.val();
                    }
                    if self.frame.last.val() {
                        self.moved.d.next = true;
                        self.state.d.next = SorterState::Over;
                    }
                }
            }
            SorterState::Drop => {
                if self.takes.val() & self.frame.last.val() {
                    self.was_dropped.d.next = true;
                    self.state.d.next = SorterState::Over;
                }
            }
            SorterState::Processor => {
                self.to_processor.next = self.takes.val();
                if self.takes.val() & self.frame.last.val() {
                    self.state.d.next = SorterState::Over;
                }
            }
            SorterState::Over => {
                self.state.d.next = SorterState::Header;
            }
            _ => {
                self.state.d.next = SorterState::Header;
            }
        }

        self.decoder.valid.next = (self.state.q.val() == SorterState::Command) & self.takes.val();
        self.decoder.word.next = self.swapped.val();
        self.decoder.capacity.next = self.capacity.val();
        self.command.valid.next = self.offers.q.val();
        self.command.is_write.next = self.decoder.is_write.val();
        self.command.block.next = self.decoder.block.val();
        self.command.blocks.next = self.decoder.blocks.val();
        self.command.is_under.next = self.decoder.is_under.val();
        self.command.is_over.next = self.decoder.is_over.val();
        self.command.residual.next = self.decoder.residual.val();
        self.command.login.next = self.logins.login.val();
        self.data.login.next = self.logins.login.val();
        self.command.originator.next = self.ox_id.q.val();
        self.data.originator.next = self.ox_id.q.val();

        self.data.valid.next = self.asks.q.val();
        self.data.responder.next = self.rx_id.q.val();
        self.data.offset.next = self.parameter.q.val();
        self.data.words.next = self.words.q.val();
        self.data.ends.next = self.last.q.val();
        self.data.moved.next = self.moved.q.val();
        self.data_dropped.next = self.was_dropped.q.val();
        self.store.next = (self.state.q.val() == SorterState::Data) & self.takes.val();
        self.store_address.next =
            (bit_cast::<15, 5>(self.slot.q.val()) << 10) | bit_cast::<15, 10>(self.address.q.val());
        self.store_word.next = self.frame.data.val();

        self.processor_valid.next = self.to_processor.val();
        self.processor_word.next = self.frame.data.val();
        self.processor_ended.next = self.state.q.val() == SorterState::Over;
        self.processor_keeps.next = self.keeps.q.val();
        self.processor_first.next = self.first.q.val();
        self.processor_last.next = self.last.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
