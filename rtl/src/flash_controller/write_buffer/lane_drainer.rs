//! The flash pages of one lane, from the buffer to the lane.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::{ProgramCommandSource, WriteBufferError, check_page_words};
use crate::stream::StreamSource;

/// What the drainer does.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum DrainingState {
    /// No stripe waits.
    Idle,
    /// The command is made up.
    Loading,
    /// The command waits for its die.
    Commanding,
    /// The bytes of the flash page leave.
    Streaming,
}

/// Sends the lane's two records of each stripe as bytes, lowest byte of a word first, with a program command before them. The
/// second stripe of a pair follows the first without a command of its own. Words are fetched one ahead.
///
/// - Latency: 4 cycles from `start` to the command; about 20 cycles from the taking of the command to the first byte.
/// - Throughput: a byte a cycle, if a word arrives within 16 cycles of its being wanted.
/// - Back-pressure: bytes wait for the lane; a command is not offered while the die's queue is full.
/// - Limits: records of 16..=256 data words and a header word. Stripes leave in the order that `older` tells.
#[derive(LogicBlock)]
pub struct LaneDrainer {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A stripe may leave, bit per part of the buffer; the fields of its part below stay until its last byte has left.
    pub start: Signal<In, Bits<2>>,
    /// The part of the buffer with the older stripe.
    pub older: Signal<In, Bits<1>>,
    /// Slot of the lane's half 0, by part of the buffer.
    pub slot: [Signal<In, Bits<5>>; 2],
    /// Chip of the stripe, by part of the buffer.
    pub chip: [Signal<In, Bits<1>>; 2],
    /// Die of the stripe.
    pub die: [Signal<In, Bits<3>>; 2],
    /// Planes that the command names.
    pub planes: [Signal<In, Bits<2>>; 2],
    /// Block.
    pub block: [Signal<In, Bits<12>>; 2],
    /// Page in the block.
    pub page: [Signal<In, Bits<8>>; 2],
    /// Tag of the command.
    pub tag: [Signal<In, Bits<8>>; 2],
    /// The stripe follows its pair without a command.
    pub pair_second: [Signal<In, Bit>; 2],
    /// Dies whose queue is full, bit per die: chip * 8 + die.
    pub full: Signal<In, Bits<16>>,
    /// The last byte of a stripe has left, bit per part of the buffer.
    pub drained: Signal<Out, Bits<2>>,
    /// The program commands.
    pub command: ProgramCommandSource,
    /// The bytes; `last` at the end of each flash page.
    pub bytes: StreamSource<8>,
    /// A word is wanted.
    pub wants: Signal<Out, Bit>,
    /// Where it lies: part of the buffer (bit 14), slot (bits 9..=13), place in the record, 256 for the header (bits 0..=8).
    pub read_address: Signal<Out, Bits<15>>,
    /// The word is being fetched.
    pub granted: Signal<In, Bit>,
    /// The word arrives.
    pub arrives: Signal<In, Bit>,
    /// The word; meaningful while `arrives` is high.
    pub word: Signal<In, Bits<128>>,

    last_place: Constant<Bits<9>>,
    byte_before_last: Constant<Bits<4>>,
    header_place: Constant<Bits<9>>,
    die_number: Vec<Constant<Bits<4>>>,

    state: DFF<DrainingState>,
    waiting: DFF<Bits<2>>,
    part: DFF<Bits<1>>,
    first_slot: DFF<Bits<5>>,
    held_chip: DFF<Bits<1>>,
    held_die: DFF<Bits<3>>,
    held_planes: DFF<Bits<2>>,
    held_block: DFF<Bits<12>>,
    held_page: DFF<Bits<8>>,
    held_tag: DFF<Bits<8>>,
    follows: DFF<Bit>,
    has_drained: DFF<Bits<2>>,
    die_is_full: DFFWithInit<Bit>,
    offers: DFF<Bit>,
    half: DFF<Bits<1>>,
    place: DFF<Bits<9>>,
    /// All words of the flash page have been asked for.
    asked_all: DFF<Bit>,
    fetching: DFF<Bit>,
    fetching_last: DFF<Bit>,
    next_valid: DFF<Bit>,
    next_word: DFF<Bits<128>>,
    next_last: DFF<Bit>,
    word_valid: DFF<Bit>,
    word_bytes: DFF<Bits<128>>,
    word_last: DFF<Bit>,
    byte_place: DFF<Bits<4>>,
    /// The byte is its word's last.
    word_ends: DFF<Bit>,

    older_waits: Signal<Local, Bit>,
    chosen: Signal<Local, Bits<1>>,
    byte_moves: Signal<Local, Bit>,
    die_full_now: Signal<Local, Bit>,
    held_die_number: Signal<Local, Bits<4>>,
    ends: Signal<Local, Bit>,
}

impl LaneDrainer {
    /// A drainer of records of `words_per_page` data words.
    ///
    /// # Errors
    /// If the number of words is not 16..=256.
    pub fn new(words_per_page: usize) -> Result<Self, WriteBufferError> {
        check_page_words(words_per_page)?;
        Ok(Self {
            clock: Default::default(),
            start: Default::default(),
            older: Default::default(),
            slot: Default::default(),
            chip: Default::default(),
            die: Default::default(),
            planes: Default::default(),
            block: Default::default(),
            page: Default::default(),
            tag: Default::default(),
            pair_second: Default::default(),
            full: Default::default(),
            drained: Default::default(),
            command: Default::default(),
            bytes: Default::default(),
            wants: Default::default(),
            read_address: Default::default(),
            granted: Default::default(),
            arrives: Default::default(),
            word: Default::default(),
            last_place: Constant::new((words_per_page - 1).to_bits()),
            byte_before_last: Constant::new(14_usize.to_bits()),
            header_place: Constant::new(256_u64.into()),
            die_number: (0..16_usize).map(|die| Constant::new(die.to_bits())).collect(),
            state: Default::default(),
            waiting: Default::default(),
            part: Default::default(),
            first_slot: Default::default(),
            held_chip: Default::default(),
            held_die: Default::default(),
            held_planes: Default::default(),
            held_block: Default::default(),
            held_page: Default::default(),
            held_tag: Default::default(),
            follows: Default::default(),
            has_drained: Default::default(),
            die_is_full: DFFWithInit::new(true),
            offers: Default::default(),
            half: Default::default(),
            place: Default::default(),
            asked_all: Default::default(),
            fetching: Default::default(),
            fetching_last: Default::default(),
            next_valid: Default::default(),
            next_word: Default::default(),
            next_last: Default::default(),
            word_valid: Default::default(),
            word_bytes: Default::default(),
            word_last: Default::default(),
            byte_place: Default::default(),
            word_ends: Default::default(),
            older_waits: Default::default(),
            chosen: Default::default(),
            byte_moves: Default::default(),
            die_full_now: Default::default(),
            held_die_number: Default::default(),
            ends: Default::default(),
        })
    }
}

impl Logic for LaneDrainer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, waiting, part, first_slot, held_chip, held_die, held_planes, held_block);
        dff_setup!(
            self,
            clock,
            held_page,
            held_tag,
            follows,
            has_drained,
            die_is_full,
            offers,
            half,
            place,
            asked_all,
            fetching
        );
        dff_setup!(self, clock, fetching_last, next_valid, next_word, next_last, word_valid, word_bytes, word_last);
        dff_setup!(self, clock, byte_place, word_ends);

        self.byte_moves.next = self.word_valid.q.val() & self.bytes.ready.val();

        // The older stripe goes first.
        self.older_waits.next = self.waiting.q.val().get_bit(0);
        if self.older.val().any() {
            self.older_waits.next = self.waiting.q.val().get_bit(1);
        }
        self.chosen.next = self.older.val();
        if !self.older_waits.val() {
            self.chosen.next = !self.older.val();
        }
        self.held_die_number.next =
            (bit_cast::<4, 1>(self.held_chip.q.val()) << 3) | bit_cast::<4, 3>(self.held_die.q.val());
        self.die_full_now.next = false;
        for i in 0..16 {
            if self.held_die_number.val() == self.die_number[i].val() {
                self.die_full_now.next = self.full.val().get_bit(i);
            }
        }
        self.die_is_full.d.next = self.die_full_now.val();
        self.waiting.d.next = self.waiting.q.val() | self.start.val();
        self.ends.next = false;
        self.has_drained.d.next = bits::<2>(0);
        match self.state.q.val() {
            DrainingState::Idle => {
                self.part.d.next = self.chosen.val();
                self.half.d.next = bits::<1>(0);
                self.place.d.next = bits::<9>(0);
                self.asked_all.d.next = false;
                if self.waiting.q.val().any() {
                    self.state.d.next = DrainingState::Loading;
                    self.waiting.d.next =
                        (self.waiting.q.val() & !(bits::<2>(1) << self.chosen.val())) | self.start.val();
                }
                self.first_slot.d.next = self.slot[0].val();
                self.held_chip.d.next = self.chip[0].val();
                self.held_die.d.next = self.die[0].val();
                self.held_planes.d.next = self.planes[0].val();
                self.held_block.d.next = self.block[0].val();
                self.held_page.d.next = self.page[0].val();
                self.held_tag.d.next = self.tag[0].val();
                self.follows.d.next = self.pair_second[0].val();
                if self.chosen.val().any() {
                    self.first_slot.d.next = self.slot[1].val();
                    self.held_chip.d.next = self.chip[1].val();
                    self.held_die.d.next = self.die[1].val();
                    self.held_planes.d.next = self.planes[1].val();
                    self.held_block.d.next = self.block[1].val();
                    self.held_page.d.next = self.page[1].val();
                    self.held_tag.d.next = self.tag[1].val();
                    self.follows.d.next = self.pair_second[1].val();
                }
            }
            DrainingState::Loading => {
                self.state.d.next = DrainingState::Commanding;
                if self.follows.q.val() {
                    self.state.d.next = DrainingState::Streaming;
                }
                self.die_is_full.d.next = true;
            }
            DrainingState::Commanding => {
                if !self.die_is_full.q.val() {
                    self.offers.d.next = true;
                }
                if self.offers.q.val() & self.command.ready.val() {
                    self.offers.d.next = false;
                    self.state.d.next = DrainingState::Streaming;
                }
            }
            DrainingState::Streaming => {
                self.ends.next = self.byte_moves.val() & self.word_ends.q.val() & self.word_last.q.val();
                if self.ends.val() {
                    self.has_drained.d.next = bits::<2>(1) << self.part.q.val();
                    self.state.d.next = DrainingState::Idle;
                }
            }
            _ => {
                self.state.d.next = DrainingState::Idle;
            }
        }
        self.command.valid.next = self.offers.q.val();
        self.command.chip.next = self.held_chip.q.val();
        self.command.die.next = self.held_die.q.val();
        self.command.planes.next = self.held_planes.q.val();
        self.command.block.next = self.held_block.q.val();
        self.command.page.next = self.held_page.q.val();
        self.command.tag.next = self.held_tag.q.val();
        self.drained.next = self.has_drained.q.val();

        // Fetch a word when the one ahead has gone into the shift register.
        self.wants.next = (self.state.q.val() == DrainingState::Streaming)
            & !self.asked_all.q.val()
            & !self.fetching.q.val()
            & !self.next_valid.q.val();
        self.read_address.next = (bit_cast::<15, 1>(self.part.q.val()) << 14)
            | ((bit_cast::<15, 5>(self.first_slot.q.val()) << 9)
                | ((bit_cast::<15, 1>(self.half.q.val()) << 9) | bit_cast::<15, 9>(self.place.q.val())));
        if self.granted.val() {
            self.fetching.d.next = true;
            self.fetching_last.d.next = self.place.q.val().get_bit(8) & self.half.q.val().any();
            self.place.d.next = self.place.q.val() + 1;
            if self.place.q.val() == self.last_place.val() {
                self.place.d.next = self.header_place.val();
            }
            if self.place.q.val().get_bit(8) {
                self.place.d.next = bits::<9>(0);
                self.half.d.next = bits::<1>(1);
                self.asked_all.d.next = self.half.q.val().any();
            }
        }

        if self.byte_moves.val() {
            self.byte_place.d.next = self.byte_place.q.val() + 1;
            self.word_ends.d.next = self.byte_place.q.val() == self.byte_before_last.val();
            self.word_bytes.d.next = self.word_bytes.q.val() >> 8;
        }
        if !self.word_valid.q.val() | (self.byte_moves.val() & self.word_ends.q.val()) {
            self.word_valid.d.next = self.next_valid.q.val();
            self.word_bytes.d.next = self.next_word.q.val();
            self.word_last.d.next = self.next_last.q.val();
            self.next_valid.d.next = false;
            self.byte_place.d.next = bits::<4>(0);
            self.word_ends.d.next = false;
        }
        if self.arrives.val() {
            self.fetching.d.next = false;
            self.next_valid.d.next = true;
            self.next_word.d.next = self.word.val();
            self.next_last.d.next = self.fetching_last.q.val();
        }
        self.bytes.valid.next = self.word_valid.q.val();
        self.bytes.data.next = self.word_bytes.q.val().get_bits::<8>(0);
        self.bytes.last.next = self.word_last.q.val() & self.word_ends.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("words_per_page", u64::from(self.last_place.val()) + 1)])
    }
}
