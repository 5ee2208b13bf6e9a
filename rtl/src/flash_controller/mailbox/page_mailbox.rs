//! Registers by which firmware writes pages of its own and reads them back.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::mailbox::{Access, MailboxRegister, MailboxSink};
use crate::flash_controller::write_buffer::{PageCommandSink, PageCommandSource};
use crate::stream::{StreamSink, StreamSource};

/// Tag of the commands that write firmware's pages.
pub const FIRMWARE_PAGE_TAG: u64 = 0x80;

/// Registers of [`PageMailbox`].
pub static PAGE_REGISTERS: &[MailboxRegister] = &[
    MailboxRegister {
        name: "page_write",
        offset: 0x000,
        reset: 0,
        access: Access::WriteOnly,
        description: "writing offers the logical page of this number to the write buffer, as a page of firmware's; only \
                      while `page_status` bit 0 is low",
    },
    MailboxRegister {
        name: "page_word",
        offset: 0x004,
        reset: 0,
        access: Access::ReadWrite,
        description: "writing gives the next 4 of the 4,096 bytes of that page, the first in bits 7..0; only while \
                      `page_status` bit 1 is high. Reading takes the next 4 bytes of a page that is read back, zero if \
                      there are none",
    },
    MailboxRegister {
        name: "page_status",
        offset: 0x008,
        reset: 0,
        access: Access::ReadOnly,
        description: "bit 0: the page offered is not safe in the buffer yet; 1: the buffer takes its bytes; 2: bytes that are \
                      read back wait",
    },
    MailboxRegister {
        name: "page_fetch",
        offset: 0x00C,
        reset: 0,
        access: Access::ReadWrite,
        description: "bit 0: pages that `move_order` has checked are read back by `page_word`; else they are thrown away",
    },
];

/// What becomes of firmware's page.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum FirmwarePageState {
    /// There is none: pages of the host pass.
    Idle,
    /// It waits until the data of the host's pages has passed, and is offered.
    Offering,
    /// Its bytes go to the buffer.
    Giving,
    /// It is not safe yet; pages of the host pass.
    Ending,
}

/// The way of the host's pages to the write buffer, onto which firmware brings pages of its own: its tables, when power
/// fails. Registers as in [`PAGE_REGISTERS`].
///
/// Firmware's pages are written as the host's, with the tag [`FIRMWARE_PAGE_TAG`]; their numbers lie beyond the host's. Read
/// back are the pages that the mover was ordered to check.
///
/// - Latency: pages of the host pass in their cycle. An access takes 1 cycle from `request` to `done`.
/// - Throughput: one access at a time; four of them for a word of 16 bytes.
/// - Back-pressure: a word that the buffer has not taken delays `done` of the write that would begin the next one. Pages of
///   the host wait from the offer of firmware's page to its last byte, and as long as firmware takes for them.
/// - Limits: one page of firmware's at a time, of 256 words.
#[derive(LogicBlock)]
pub struct PageMailbox {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The firmware's port.
    pub mailbox: MailboxSink,
    /// Commands of the host.
    pub host: PageCommandSink,
    /// Data words of the host's pages.
    pub host_data: StreamSink<128>,
    /// The host has given commands whose data words have not all passed.
    pub host_owes: Signal<In, Bit>,
    /// Commands to the write buffer.
    pub buffer: PageCommandSource,
    /// Data words to the write buffer; `last` at the end of each page.
    pub buffer_data: StreamSource<128>,
    /// The buffer takes the command of firmware's page.
    pub given: Signal<Out, Bit>,
    /// Firmware's page is safe.
    pub acknowledged: Signal<In, Bit>,
    /// Pages that are checked are to be read back.
    pub fetch: Signal<Out, Bit>,
    /// Data words of these pages.
    pub fetched: StreamSink<128>,

    offset_of_page_write: Constant<Bits<12>>,
    offset_of_page_word: Constant<Bits<12>>,
    offset_of_page_status: Constant<Bits<12>>,
    offset_of_page_fetch: Constant<Bits<12>>,
    page_tag: Constant<Bits<8>>,

    state: DFF<FirmwarePageState>,
    number: DFF<Bits<32>>,
    /// Word of the page, 0 to 255.
    place: DFF<Bits<8>>,
    /// The word that firmware fills, and how many of its quarters it has written.
    word: DFF<Bits<128>>,
    quarters: DFF<Bits<3>>,
    /// The word that firmware reads, and how many of its quarters it has not.
    read_word: DFF<Bits<128>>,
    unread: DFF<Bits<3>>,
    fetches: DFF<Bit>,
    data: DFF<Bits<32>>,
    finished: DFF<Bit>,

    begins: Signal<Local, Bit>,
    whole: Signal<Local, Bit>,
    passes: Signal<Local, Bit>,
    offers: Signal<Local, Bit>,
    gives: Signal<Local, Bit>,
    gives_last: Signal<Local, Bit>,
    status: Signal<Local, Bits<32>>,
}

impl Default for PageMailbox {
    fn default() -> Self {
        let offset = |name| Constant::new(u64::from(MailboxRegister::find(PAGE_REGISTERS, name).offset).into());
        Self {
            clock: Default::default(),
            mailbox: Default::default(),
            host: Default::default(),
            host_data: Default::default(),
            host_owes: Default::default(),
            buffer: Default::default(),
            buffer_data: Default::default(),
            given: Default::default(),
            acknowledged: Default::default(),
            fetch: Default::default(),
            fetched: Default::default(),
            offset_of_page_write: offset("page_write"),
            offset_of_page_word: offset("page_word"),
            offset_of_page_status: offset("page_status"),
            offset_of_page_fetch: offset("page_fetch"),
            page_tag: Constant::new(FIRMWARE_PAGE_TAG.into()),
            state: Default::default(),
            number: Default::default(),
            place: Default::default(),
            word: Default::default(),
            quarters: Default::default(),
            read_word: Default::default(),
            unread: Default::default(),
            fetches: Default::default(),
            data: Default::default(),
            finished: Default::default(),
            begins: Default::default(),
            whole: Default::default(),
            passes: Default::default(),
            offers: Default::default(),
            gives: Default::default(),
            gives_last: Default::default(),
            status: Default::default(),
        }
    }
}

impl Logic for PageMailbox {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, number, place, word, quarters, read_word, unread, fetches, data, finished);

        // The way to the buffer.
        self.passes.next =
            (self.state.q.val() == FirmwarePageState::Idle) | (self.state.q.val() == FirmwarePageState::Ending);
        self.offers.next = (self.state.q.val() == FirmwarePageState::Offering) & !self.host_owes.val();
        self.whole.next = self.quarters.q.val() == bits::<3>(4);
        self.gives.next = (self.state.q.val() == FirmwarePageState::Giving) & self.whole.val();
        self.gives_last.next = self.place.q.val() == bits::<8>(255);
        self.buffer.valid.next = (self.passes.val() & self.host.valid.val()) | self.offers.val();
        self.buffer.tag.next = self.host.tag.val();
        self.buffer.logical_page.next = self.host.logical_page.val();
        if self.offers.val() {
            self.buffer.tag.next = self.page_tag.val();
            self.buffer.logical_page.next = self.number.q.val();
        }
        self.host.ready.next = self.passes.val() & self.buffer.ready.val();
        self.given.next = self.offers.val() & self.buffer.ready.val();
        self.buffer_data.valid.next = self.host_data.valid.val();
        self.buffer_data.data.next = self.host_data.data.val();
        self.buffer_data.last.next = self.host_data.last.val();
        self.host_data.ready.next = self.buffer_data.ready.val();
        if self.state.q.val() == FirmwarePageState::Giving {
            self.buffer_data.valid.next = self.gives.val();
            self.buffer_data.data.next = self.word.q.val();
            self.buffer_data.last.next = self.gives_last.val();
            self.host_data.ready.next = false;
        }
        match self.state.q.val() {
            FirmwarePageState::Idle => {
                self.place.d.next = bits::<8>(0);
            }
            FirmwarePageState::Offering => {
                if self.given.val() {
                    self.state.d.next = FirmwarePageState::Giving;
                }
            }
            FirmwarePageState::Giving => {
                if self.gives.val() & self.buffer_data.ready.val() {
                    self.quarters.d.next = bits::<3>(0);
                    self.place.d.next = self.place.q.val() + 1;
                    if self.gives_last.val() {
                        self.state.d.next = FirmwarePageState::Ending;
                    }
                }
            }
            _ => {
                if self.acknowledged.val() {
                    self.state.d.next = FirmwarePageState::Idle;
                }
            }
        }

        // Pages read back.
        self.fetched.ready.next = !self.unread.q.val().any();
        if !self.unread.q.val().any() {
            self.read_word.d.next = self.fetched.data.val();
            if self.fetched.valid.val() {
                self.unread.d.next = bits::<3>(4);
            }
        }

        // Accesses.
        self.status.next = bits::<32>(0);
        if self.state.q.val() != FirmwarePageState::Idle {
            self.status.next = bits::<32>(1);
        }
        if self.state.q.val() == FirmwarePageState::Giving {
            self.status.next = self.status.val() | bits::<32>(2);
        }
        if self.unread.q.val().any() {
            self.status.next = self.status.val() | bits::<32>(4);
        }
        self.finished.d.next = false;
        // In the cycle of `done`, the request is still that of the access done.
        self.begins.next = self.mailbox.request.val() & !self.finished.q.val();
        self.data.d.next = bits::<32>(0);
        if self.begins.val() {
            self.finished.d.next = true;
            if self.mailbox.address.val() == self.offset_of_page_status.val() {
                self.data.d.next = self.status.val();
            }
            if self.mailbox.address.val() == self.offset_of_page_fetch.val() {
                if self.fetches.q.val() {
                    self.data.d.next = bits::<32>(1);
                }
                if self.mailbox.write.val() {
                    self.fetches.d.next = self.mailbox.data_in.val().get_bit(0);
                }
            }
            if ((self.mailbox.address.val() == self.offset_of_page_write.val()) & self.mailbox.write.val())
                & (self.state.q.val() == FirmwarePageState::Idle)
            {
                self.number.d.next = self.mailbox.data_in.val();
                self.state.d.next = FirmwarePageState::Offering;
            }
            if self.mailbox.address.val() == self.offset_of_page_word.val() {
                if self.mailbox.write.val() {
                    if self.whole.val() {
                        self.finished.d.next = false;
                    } else if self.state.q.val() == FirmwarePageState::Giving {
                        self.word.d.next =
                            (self.word.q.val() >> 32) | (bit_cast::<128, 32>(self.mailbox.data_in.val()) << 96);
                        self.quarters.d.next = self.quarters.q.val() + 1;
                    }
                } else if self.unread.q.val().any() {
                    self.data.d.next = self.read_word.q.val().get_bits::<32>(0);
                    self.read_word.d.next = self.read_word.q.val() >> 32;
                    self.unread.d.next = self.unread.q.val() - 1;
                }
            }
        }
        self.fetch.next = self.fetches.q.val();
        self.mailbox.done.next = self.finished.q.val();
        self.mailbox.data_out.next = self.data.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
