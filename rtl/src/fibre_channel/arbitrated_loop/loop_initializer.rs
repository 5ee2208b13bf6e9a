//! How the ports of a loop agree on a master and on their addresses.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::fibre_channel::FrameVerdict;
use crate::fibre_channel::port::FrameOutbox;
use crate::line::code_8b10b::{four_changes, six_changes, table};
use crate::stream::StreamSource;

/// What the initializer is at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum InitializerState {
    /// Waits for a frame, or for the time to offer its own name again.
    Wait,
    /// A frame comes.
    Receive,
    /// Its last word is compared.
    Compare,
    /// It is looked at.
    Look,
    /// An address is looked for in its map.
    Scan,
    /// A frame is put together.
    Compose,
    /// It goes out.
    Send,
}

/// Takes part in the initialization of a loop (facts/fc.md, section 6): the port with the lowest name becomes master (LISM),
/// its ARB(F0) shows that all know, then a map of addresses goes round four times (LIFA, LIPA, LIHA, LISA), in which every port
/// claims one: the one it had before, else its hard address, else the first that is free. Then the master closes the loop.
///
/// Positions in the loop are not reported: LISA leaves every port without the flag that asks for it, and LIRP and LILP are not
/// sent. R_CTL, TYPE and addresses of the frames are those of facts/fc.md; F_CTL 380000h and exchange identifiers FFFFh are
/// from memory of FC-AL.
///
/// - Latency: a frame is sent on 40 cycles after its last word, up to 820 if an address is looked for.
/// - Throughput: one frame at a time.
/// - Back-pressure: none; a frame that comes before the last one is dealt with is lost. LISM comes again, and a map is on its
///   way only once.
/// - Limits: no fabric port (FL_Port) of its own; frames that are none of initialization are dropped.
#[derive(LogicBlock)]
pub struct LoopInitializer {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The loop is being initialized (OPEN-INIT).
    pub is_active: Signal<In, Bit>,
    /// It begins, or begins anew.
    pub restarts: Signal<In, Bit>,
    /// ARB(F0) came.
    pub sees_arb: Signal<In, Bit>,
    /// Name of the port (WWPN).
    pub name: Signal<In, Bits<64>>,
    /// Loop address to claim, if it had none before or that is taken.
    pub hard_address: Signal<In, Bits<8>>,
    /// There is one.
    pub has_hard_address: Signal<In, Bit>,
    /// A word of a received frame stands at `word`.
    pub valid: Signal<In, Bit>,
    /// It is the first of its frame.
    pub first: Signal<In, Bit>,
    /// The word, header and payload, first byte in bits 7..=0.
    pub word: Signal<In, Bits<32>>,
    /// The frame whose words came last has ended.
    pub ended: Signal<In, Bit>,
    /// How; meaningful with `ended`.
    pub verdict: Signal<In, FrameVerdict>,
    /// Frames to send, each a sequence of its own.
    pub frame_out: StreamSource<32>,
    /// ARB(F0) goes out as fill word.
    pub sends_arb: Signal<Out, Bit>,
    /// The loop is closed, by this port as master.
    pub closes: Signal<Out, Bit>,
    /// The port's loop address (AL_PA).
    pub own: Signal<Out, Bits<8>>,
    /// It has one.
    pub has_address: Signal<Out, Bit>,
    /// It was master at the last initialization.
    pub is_master: Signal<Out, Bit>,

    /// Words of the frame at hand.
    words: RAM<Bits<32>, 4>,
    outbox: FrameOutbox,
    /// What goes to it next.
    writes: DFF<Bit>,
    written: DFF<Bits<32>>,
    starts: DFF<Bit>,
    clears: DFF<Bit>,

    /// Header of the port's own frames: R_CTL 22h, D_ID and S_ID 0000EFh, TYPE 01h.
    header: Vec<Constant<Bits<32>>>,
    header_place: Vec<Constant<Bits<4>>>,
    bit_number: Vec<Constant<Bits<5>>>,
    /// Highest bytes of the word that names a frame.
    service: Constant<Bits<16>>,
    initial_frame: Constant<Bits<8>>,
    kind_lism: Constant<Bits<8>>,
    kind_lifa: Constant<Bits<8>>,
    kind_lipa: Constant<Bits<8>>,
    kind_liha: Constant<Bits<8>>,
    kind_lisa: Constant<Bits<8>>,
    /// Lowest byte of the master's address in its frame.
    nl_port: Constant<Bits<8>>,
    lism_length: Constant<Bits<4>>,
    map_length: Constant<Bits<4>>,
    last_address: Constant<Bits<8>>,
    /// Cycles between two offers of the own name.
    offer_interval: Constant<Bits<8>>,
    six_changes: Constant<Bits<32>>,
    four_changes: Constant<Bits<8>>,

    state: DFF<InitializerState>,
    place: DFF<Bits<4>>,
    /// The word at `place` was asked for.
    asked: DFF<Bit>,
    /// It is there, and whether its bit is set.
    looks: DFF<Bit>,
    was_taken: DFF<Bit>,
    r_ctl: DFF<Bits<8>>,
    is_service: DFF<Bit>,
    kind: DFF<Bits<8>>,
    /// Name and address of the sender of LISM are lower or higher than the own ones, by what came of them.
    is_lower: DFF<Bit>,
    is_higher: DFF<Bit>,
    /// A word of the sender's name, and the port's own.
    their_word: DFF<Bits<32>>,
    our_word: DFF<Bits<32>>,
    is_name: DFF<Bit>,
    wait: DFF<Bits<8>>,
    /// Another port will be master.
    is_lost: DFF<Bit>,
    master: DFF<Bit>,
    /// All know the master.
    is_settled: DFF<Bit>,
    arb: DFF<Bit>,
    close: DFF<Bit>,
    saw_arb: DFF<Bit>,
    /// A frame put together is the port's own, not one sent on.
    is_own_frame: DFF<Bit>,
    /// Its map is empty.
    is_blank: DFF<Bit>,
    sent_kind: DFF<Bits<8>>,

    address: DFF<Bits<8>>,
    claimed: DFF<Bit>,
    /// The port had the address before.
    had: DFF<Bit>,
    /// Address that is looked at, and its bit in the map.
    candidate: DFF<Bits<8>>,
    bit: DFF<Bits<7>>,
    /// A bit is to be set in the frame put together: which.
    marks: DFF<Bit>,
    marked: DFF<Bits<7>>,

    swapped: Signal<Local, Bits<32>>,
    name_word: Signal<Local, Bits<32>>,
    high_name: Signal<Local, Bits<32>>,
    low_name: Signal<Local, Bits<32>>,
    is_address: Signal<Local, Bit>,
    bit_of_word: Signal<Local, Bits<5>>,
    is_taken: Signal<Local, Bit>,
    is_wanted: Signal<Local, Bit>,
    composed: Signal<Local, Bits<32>>,
    mark: Signal<Local, Bits<32>>,
    length: Signal<Local, Bits<4>>,
    restored: Signal<Local, Bits<32>>,
    begins: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
}

impl Default for LoopInitializer {
    fn default() -> Self {
        let header = [
            [0x22, 0x00, 0x00, 0xEF],
            [0x00, 0x00, 0x00, 0xEF],
            [0x01, 0x38, 0x00, 0x00],
            [0x00, 0x00, 0x00, 0x00],
            [0xFF, 0xFF, 0xFF, 0xFF],
            [0x00, 0x00, 0x00, 0x00],
        ];
        let header = header.map(|bytes| Constant::new(u64::from(u32::from_le_bytes(bytes)).into()));
        Self {
            clock: Default::default(),
            is_active: Default::default(),
            restarts: Default::default(),
            sees_arb: Default::default(),
            name: Default::default(),
            hard_address: Default::default(),
            has_hard_address: Default::default(),
            valid: Default::default(),
            first: Default::default(),
            word: Default::default(),
            ended: Default::default(),
            verdict: Default::default(),
            frame_out: Default::default(),
            sends_arb: Default::default(),
            closes: Default::default(),
            own: Default::default(),
            has_address: Default::default(),
            is_master: Default::default(),
            words: Default::default(),
            outbox: Default::default(),
            writes: Default::default(),
            written: Default::default(),
            starts: Default::default(),
            clears: Default::default(),
            header: header.into(),
            header_place: (0..6_u64).map(|place| Constant::new(place.into())).collect(),
            bit_number: (0..32_u64).map(|bit| Constant::new(bit.into())).collect(),
            service: Constant::new(0x2201_u64.into()),
            initial_frame: Constant::new(0x11_u64.into()),
            kind_lism: Constant::new(0x01_u64.into()),
            kind_lifa: Constant::new(0x02_u64.into()),
            kind_lipa: Constant::new(0x03_u64.into()),
            kind_liha: Constant::new(0x04_u64.into()),
            kind_lisa: Constant::new(0x05_u64.into()),
            nl_port: Constant::new(0xEF_u64.into()),
            lism_length: Constant::new(9_u64.into()),
            map_length: Constant::new(11_u64.into()),
            last_address: Constant::new(0xEF_u64.into()),
            offer_interval: Constant::new(200_u64.into()),
            six_changes: table(six_changes),
            four_changes: table(four_changes),
            state: Default::default(),
            place: Default::default(),
            asked: Default::default(),
            looks: Default::default(),
            was_taken: Default::default(),
            r_ctl: Default::default(),
            is_service: Default::default(),
            kind: Default::default(),
            is_lower: Default::default(),
            is_higher: Default::default(),
            their_word: Default::default(),
            our_word: Default::default(),
            is_name: Default::default(),
            wait: Default::default(),
            is_lost: Default::default(),
            master: Default::default(),
            is_settled: Default::default(),
            arb: Default::default(),
            close: Default::default(),
            saw_arb: Default::default(),
            is_own_frame: Default::default(),
            is_blank: Default::default(),
            sent_kind: Default::default(),
            address: Default::default(),
            claimed: Default::default(),
            had: Default::default(),
            candidate: Default::default(),
            bit: Default::default(),
            marks: Default::default(),
            marked: Default::default(),
            swapped: Default::default(),
            name_word: Default::default(),
            high_name: Default::default(),
            low_name: Default::default(),
            is_address: Default::default(),
            bit_of_word: Default::default(),
            is_taken: Default::default(),
            is_wanted: Default::default(),
            composed: Default::default(),
            mark: Default::default(),
            length: Default::default(),
            restored: Default::default(),
            begins: Default::default(),
            takes: Default::default(),
        }
    }
}

impl Logic for LoopInitializer {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, outbox);
        dff_setup!(self, clock, writes, written, starts, clears, looks, was_taken);
        dff_setup!(
            self, clock, state, place, asked, r_ctl, is_service, kind, is_lower, is_higher, wait, is_lost, master
        );
        dff_setup!(self, clock, is_settled, arb, close, saw_arb, is_own_frame, is_blank, sent_kind, address, claimed);
        dff_setup!(self, clock, their_word, our_word, is_name, had, candidate, bit, marks, marked);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();

        self.high_name.next = self.name.val().get_bits::<32>(32);
        self.low_name.next = self.name.val().get_bits::<32>(0);
        self.swapped.next = (self.word.val() << 24)
            | ((self.word.val() & 0x0000_FF00) << 8)
            | ((self.word.val() >> 8) & 0x0000_FF00)
            | (self.word.val() >> 24);
        // The own name, as it is compared and as it is sent.
        self.name_word.next = self.high_name.val();
        if self.place.q.val() == 8 {
            self.name_word.next = self.low_name.val();
        }
        // A frame that comes while another one is looked at is not taken.
        self.begins.next =
            self.valid.val() & self.first.val() & (self.state.q.val() == InitializerState::Wait) & self.is_active.val();
        self.takes.next = self.begins.val() | (self.valid.val() & (self.state.q.val() == InitializerState::Receive));
        self.words.write_enable.next = self.takes.val();
        self.words.write_address.next = self.place.q.val();
        if self.begins.val() {
            self.words.write_address.next = bits::<4>(0);
        }
        self.words.write_data.next = self.word.val();
        // Words of a map stand behind six words of header and the one that names the frame.
        self.words.read_address.next = self.place.q.val();
        if self.state.q.val() == InitializerState::Scan {
            self.words.read_address.next = bit_cast::<4, 2>(self.bit.q.val().get_bits::<2>(5)) + 7;
        }

        // Loop addresses are the bytes that leave running disparity as it is. The map has a bit for each, in their order, behind
        // the first, which says something else; the highest bit of a word is its first.
        self.is_address.next = self.six_changes.val().get_bit(self.candidate.q.val().get_bits::<5>(0).index())
            == self.four_changes.val().get_bit(self.candidate.q.val().get_bits::<3>(5).index());
        self.restored.next = (self.words.read_data.val() << 24)
            | ((self.words.read_data.val() & 0x0000_FF00) << 8)
            | ((self.words.read_data.val() >> 8) & 0x0000_FF00)
            | (self.words.read_data.val() >> 24);
        self.bit_of_word.next = self.bit.q.val().get_bits::<5>(0) ^ 31;
        self.is_taken.next = self.restored.val().get_bit(self.bit_of_word.val().index());
        if self.is_blank.q.val() {
            self.is_taken.next = false;
        }
        self.is_wanted.next = self.sent_kind.q.val() == self.kind_lisa.val();
        if self.sent_kind.q.val() == self.kind_lipa.val() {
            self.is_wanted.next = self.had.q.val() & (self.candidate.q.val() == self.address.q.val());
        }
        if self.sent_kind.q.val() == self.kind_liha.val() {
            self.is_wanted.next = self.has_hard_address.val() & (self.candidate.q.val() == self.hard_address.val());
        }

        // The word at hand of a frame that is put together.
        self.length.next = self.map_length.val();
        if self.sent_kind.q.val() == self.kind_lism.val() {
            self.length.next = self.lism_length.val();
        }
        self.composed.next = self.words.read_data.val();
        if self.is_own_frame.q.val() {
            for i in 0..6 {
                if self.place.q.val() == self.header_place[i].val() {
                    self.composed.next = self.header[i].val();
                }
            }
            if self.place.q.val() >= 7 {
                if self.sent_kind.q.val() == self.kind_lism.val() {
                    self.composed.next = (self.name_word.val() << 24)
                        | ((self.name_word.val() & 0x0000_FF00) << 8)
                        | ((self.name_word.val() >> 8) & 0x0000_FF00)
                        | (self.name_word.val() >> 24);
                } else if self.is_blank.q.val() {
                    self.composed.next = bits::<32>(0);
                }
            }
        }
        if self.place.q.val() == 6 {
            self.composed.next =
                bit_cast::<32, 8>(self.initial_frame.val()) | (bit_cast::<32, 8>(self.sent_kind.q.val()) << 8);
        }
        self.mark.next = bits::<32>(0);
        if self.marks.q.val() & (self.place.q.val() == (bit_cast::<4, 2>(self.marked.q.val().get_bits::<2>(5)) + 7)) {
            for i in 0..32 {
                self.mark.next = self
                    .mark
                    .val()
                    .replace_bit(i, (self.marked.q.val().get_bits::<5>(0) ^ 7) == self.bit_number[i].val());
            }
        }

        self.looks.d.next = false;
        self.was_taken.d.next = self.is_taken.val();
        self.writes.d.next = false;
        self.written.d.next = self.composed.val() | self.mark.val();
        self.starts.d.next = false;
        self.clears.d.next = false;
        self.outbox.write.next = self.writes.q.val();
        self.outbox.write_word.next = self.written.q.val();
        self.outbox.start.next = self.starts.q.val();
        self.outbox.clear.next = self.clears.q.val();
        StreamSource::<32>::link(&mut self.frame_out, &mut self.outbox.frame);

        self.close.d.next = false;
        if self.sees_arb.val() {
            self.saw_arb.d.next = true;
        }
        // Names are compared a cycle after they come, the higher half first.
        self.their_word.d.next = self.swapped.val();
        self.our_word.d.next = self.name_word.val();
        self.is_name.d.next = false;
        if self.is_name.q.val() & !self.is_lower.q.val() & !self.is_higher.q.val() {
            self.is_lower.d.next = self.their_word.q.val() < self.our_word.q.val();
            self.is_higher.d.next = self.their_word.q.val() > self.our_word.q.val();
        }
        if !self.wait.q.val().all() {
            self.wait.d.next = self.wait.q.val() + 1;
        }
        self.asked.d.next = false;
        match self.state.q.val() {
            InitializerState::Wait => {
                self.place.d.next = bits::<4>(0);
                self.is_service.d.next = false;
                self.is_lower.d.next = false;
                self.is_higher.d.next = false;
                self.marks.d.next = false;
                self.is_blank.d.next = false;
                if self.begins.val() {
                    self.place.d.next = bits::<4>(1);
                    self.r_ctl.d.next = self.swapped.val().get_bits::<8>(24);
                    // The lower address first, which tells a fabric from other ports.
                    self.is_lower.d.next = self.swapped.val().get_bits::<8>(0) < self.nl_port.val();
                    self.is_higher.d.next = self.swapped.val().get_bits::<8>(0) > self.nl_port.val();
                    self.state.d.next = InitializerState::Receive;
                } else if self.is_active.val() & !self.outbox.is_busy.val() {
                    if self.master.q.val() & !self.is_settled.q.val() {
                        // ARB(F0) has been round: the first map.
                        if self.saw_arb.q.val() {
                            self.is_settled.d.next = true;
                            self.arb.d.next = false;
                            self.is_own_frame.d.next = true;
                            self.is_blank.d.next = true;
                            self.sent_kind.d.next = self.kind_lifa.val();
                            self.state.d.next = InitializerState::Compose;
                        }
                    } else if !self.master.q.val() & !self.is_settled.q.val() {
                        if self.saw_arb.q.val() {
                            self.arb.d.next = true;
                        } else if !self.is_lost.q.val() & (self.wait.q.val() >= self.offer_interval.val()) {
                            self.wait.d.next = bits::<8>(0);
                            self.is_own_frame.d.next = true;
                            self.sent_kind.d.next = self.kind_lism.val();
                            self.state.d.next = InitializerState::Compose;
                        }
                    }
                }
            }
            InitializerState::Receive => {
                if self.takes.val() {
                    if !self.place.q.val().all() {
                        self.place.d.next = self.place.q.val() + 1;
                    }
                    if self.place.q.val() == 2 {
                        self.is_service.d.next = (bit_cast::<16, 8>(self.swapped.val().get_bits::<8>(24))
                            | (bit_cast::<16, 8>(self.r_ctl.q.val()) << 8))
                            == self.service.val();
                    }
                    if self.place.q.val() == 6 {
                        self.kind.d.next = self.swapped.val().get_bits::<8>(16);
                        if self.swapped.val().get_bits::<8>(24) != self.initial_frame.val() {
                            self.is_service.d.next = false;
                        }
                    }
                    self.is_name.d.next = (self.place.q.val() == 7) | (self.place.q.val() == 8);
                }
                if self.ended.val() {
                    self.state.d.next = InitializerState::Wait;
                    if self.verdict.val() == FrameVerdict::Good {
                        self.state.d.next = InitializerState::Compare;
                    }
                }
            }
            InitializerState::Compare => {
                self.state.d.next = InitializerState::Look;
            }
            InitializerState::Look => {
                self.state.d.next = InitializerState::Wait;
                self.sent_kind.d.next = self.kind.q.val();
                self.is_own_frame.d.next = false;
                self.candidate.d.next = bits::<8>(1);
                self.bit.d.next = bits::<7>(2);
                if self.is_active.val() & self.is_service.q.val() {
                    if (self.kind.q.val() == self.kind_lism.val()) & (self.place.q.val() == self.lism_length.val()) {
                        if !self.master.q.val() & !self.is_settled.q.val() & !self.saw_arb.q.val() {
                            if self.is_lower.q.val() {
                                self.is_lost.d.next = true;
                                self.state.d.next = InitializerState::Compose;
                            } else if !self.is_higher.q.val() & !self.is_lost.q.val() {
                                self.master.d.next = true;
                                self.arb.d.next = true;
                            }
                        }
                    } else if (self.kind.q.val() >= self.kind_lifa.val())
                        & (self.kind.q.val() <= self.kind_lisa.val())
                        & (self.place.q.val() == self.map_length.val())
                    {
                        self.arb.d.next = false;
                        self.is_settled.d.next = true;
                        self.state.d.next = InitializerState::Scan;
                        if self.master.q.val() {
                            self.is_own_frame.d.next = true;
                            self.sent_kind.d.next = self.kind.q.val() + 1;
                            if self.kind.q.val() == self.kind_lisa.val() {
                                self.close.d.next = true;
                                self.state.d.next = InitializerState::Wait;
                            }
                        }
                    }
                }
                self.place.d.next = bits::<4>(0);
            }
            InitializerState::Scan => {
                // A bit of the map every third cycle.
                self.asked.d.next = !self.asked.q.val() & !self.looks.q.val();
                self.looks.d.next = self.asked.q.val();
                if self.claimed.q.val() | (self.sent_kind.q.val() == self.kind_lifa.val()) {
                    self.asked.d.next = false;
                    self.looks.d.next = false;
                    self.state.d.next = InitializerState::Compose;
                } else if self.looks.q.val() {
                    self.candidate.d.next = self.candidate.q.val() + 1;
                    if self.is_address.val() {
                        self.bit.d.next = self.bit.q.val() + 1;
                        if self.is_wanted.val() & !self.was_taken.q.val() {
                            self.claimed.d.next = true;
                            self.had.d.next = true;
                            self.address.d.next = self.candidate.q.val();
                            self.marks.d.next = true;
                            self.marked.d.next = self.bit.q.val();
                        }
                    }
                    if self.candidate.q.val() == self.last_address.val() {
                        self.state.d.next = InitializerState::Compose;
                    }
                }
            }
            InitializerState::Compose => {
                // A word every second cycle, as soon as the frame before has left.
                self.asked.d.next = !self.asked.q.val() & !self.outbox.is_busy.val();
                if self.asked.q.val() {
                    self.writes.d.next = true;
                    self.place.d.next = self.place.q.val() + 1;
                    if (self.place.q.val() + 1) == self.length.val() {
                        self.state.d.next = InitializerState::Send;
                    }
                }
            }
            InitializerState::Send => {
                self.starts.d.next = true;
                self.state.d.next = InitializerState::Wait;
            }
            _ => {
                self.state.d.next = InitializerState::Wait;
            }
        }
        if self.restarts.val() {
            self.wait.d.next = bits::<8>(0);
            self.is_lost.d.next = false;
            self.master.d.next = false;
            self.is_settled.d.next = false;
            self.arb.d.next = false;
            self.saw_arb.d.next = false;
            self.claimed.d.next = false;
            self.clears.d.next = true;
            self.state.d.next = InitializerState::Wait;
        }

        self.sends_arb.next = self.arb.q.val();
        self.closes.next = self.close.q.val();
        self.own.next = self.address.q.val();
        self.has_address.next = self.claimed.q.val();
        self.is_master.next = self.master.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A frame is read when it is all there.
        info.push(no_collision(&["words"]));
        info
    }
}
