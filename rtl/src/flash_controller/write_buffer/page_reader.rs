//! Pages read out of the buffer.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::{WriteBufferError, check_page_words};
use crate::stream::{FetchSlots, StreamSource};

/// Reads the data words of one page after the other out of the buffer.
///
/// - Latency: 9 cycles from a request to the first word, if the buffer's memory is free.
/// - Throughput: 4 words in 6 cycles, less while lanes fetch theirs.
/// - Back-pressure: words wait for their receiver, the next request for the last word of the page.
/// - Limits: pages of 16..=256 words.
#[derive(LogicBlock)]
pub struct PageReader {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A page is asked for.
    pub request_valid: Signal<In, Bit>,
    /// Its part of the buffer.
    pub request_buffer: Signal<In, Bits<1>>,
    /// Its slot.
    pub request_slot: Signal<In, Bits<5>>,
    /// The request is taken.
    pub request_ready: Signal<Out, Bit>,
    /// The words; `last` at the end of the page.
    pub source: StreamSource<128>,
    /// The part of the buffer that is read.
    pub read_buffer: Signal<Out, Bits<1>>,
    /// Where the word lies that is read: part of the buffer (bit 14), slot (bits 9..=13), place in the page (bits 0..=8).
    pub read_address: Signal<Out, Bits<15>>,
    /// A word is wanted.
    pub wants: Signal<Out, Bit>,
    /// The word is being fetched.
    pub granted: Signal<In, Bit>,
    /// The word arrives.
    pub arrives: Signal<In, Bit>,
    /// The word; meaningful while `arrives` is high.
    pub word: Signal<In, Bits<128>>,
    /// The last word of a page has left: its part of the buffer is let go.
    pub finished: Signal<Out, Bit>,

    last_place: Constant<Bits<9>>,

    slots: FetchSlots<128>,
    busy: DFF<Bit>,
    asking: DFF<Bit>,
    part: DFF<Bits<1>>,
    slot: DFF<Bits<5>>,
    place: DFF<Bits<9>>,
    arrived: DFF<Bits<9>>,
    is_finished: DFF<Bit>,

    word_wanted: Signal<Local, Bit>,
}

impl PageReader {
    /// A reader of pages of `words_per_page` words.
    ///
    /// # Errors
    /// If the number of words is not 16..=256.
    pub fn new(words_per_page: usize) -> Result<Self, WriteBufferError> {
        check_page_words(words_per_page)?;
        Ok(Self {
            clock: Default::default(),
            request_valid: Default::default(),
            request_buffer: Default::default(),
            request_slot: Default::default(),
            request_ready: Default::default(),
            source: Default::default(),
            read_buffer: Default::default(),
            read_address: Default::default(),
            wants: Default::default(),
            granted: Default::default(),
            arrives: Default::default(),
            word: Default::default(),
            finished: Default::default(),
            last_place: Constant::new((words_per_page - 1).to_bits()),
            slots: Default::default(),
            busy: Default::default(),
            asking: Default::default(),
            part: Default::default(),
            slot: Default::default(),
            place: Default::default(),
            arrived: Default::default(),
            is_finished: Default::default(),
            word_wanted: Default::default(),
        })
    }
}

impl Logic for PageReader {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, slots);
        dff_setup!(self, clock, busy, asking, part, slot, place, arrived, is_finished);
        self.request_ready.next = !self.busy.q.val();
        self.word_wanted.next = self.asking.q.val() & self.slots.may_fetch.val();
        self.is_finished.d.next = false;
        if !self.busy.q.val() {
            self.busy.d.next = self.request_valid.val();
            self.asking.d.next = self.request_valid.val();
            self.part.d.next = self.request_buffer.val();
            self.slot.d.next = self.request_slot.val();
            self.place.d.next = bits::<9>(0);
            self.arrived.d.next = bits::<9>(0);
        }
        if self.granted.val() {
            self.place.d.next = self.place.q.val() + 1;
            if self.place.q.val() == self.last_place.val() {
                self.asking.d.next = false;
            }
        }
        if self.arrives.val() {
            self.arrived.d.next = self.arrived.q.val() + 1;
        }
        self.slots.begins.next = self.granted.val();
        self.slots.fetched.next = self.arrives.val();
        self.slots.fetched_word.next = self.word.val();
        self.slots.fetched_last.next = self.arrived.q.val() == self.last_place.val();
        self.slots.source.ready.next = self.source.ready.val();
        self.source.valid.next = self.slots.source.valid.val();
        self.source.data.next = self.slots.source.data.val();
        self.source.last.next = self.slots.source.last.val();
        if self.slots.source.valid.val() & self.source.ready.val() & self.slots.source.last.val() {
            self.busy.d.next = false;
            self.is_finished.d.next = true;
        }
        self.wants.next = self.word_wanted.val();
        self.read_buffer.next = self.part.q.val();
        self.read_address.next = (bit_cast::<15, 1>(self.part.q.val()) << 14)
            | ((bit_cast::<15, 5>(self.slot.q.val()) << 9) | bit_cast::<15, 9>(self.place.q.val()));
        self.finished.next = self.is_finished.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("words_per_page", u64::from(self.last_place.val()) + 1)])
    }
}
