//! Registers by which the processor of a port reaches it.

use rust_hdl::prelude::*;

use super::PORT_REGISTERS;
use crate::circuit::circuit_info;
use crate::fibre_channel::arbitrated_loop::LoopState;
use crate::fibre_channel::target::{InspectionSource, LoginEntrySource};
use crate::fibre_channel::{LineSpeed, PortState};
use crate::flash_controller::mailbox::{MailboxRegister, MailboxSink};
use crate::stream::StreamSink;

/// Registers as in [`PORT_REGISTERS`]: state and addresses of the port, logins, frames of the processor, exchanges.
///
/// - Latency: an access takes 1 cycle from `request` to `done`.
/// - Throughput: one access at a time.
/// - Back-pressure: none; the processor looks at the status before it gives or takes.
/// - Limits: one frame to send and one exchange to look at, at a time.
#[derive(LogicBlock)]
pub struct PortMailbox {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The processor's port.
    pub mailbox: MailboxSink,
    /// Words of received frames, first byte in bits 7..=0.
    pub received: StreamSink<32>,
    /// State of the port.
    pub state: Signal<In, PortState>,
    /// Frames sent and not answered.
    pub outstanding: Signal<In, Bits<8>>,
    /// Fill words are ARB(FF).
    pub fills_with_arb: Signal<Out, Bit>,
    /// Frames are scrambled.
    pub scrambles: Signal<Out, Bit>,
    /// The active link is reset.
    pub reset_link: Signal<Out, Bit>,
    /// The link is taken offline and up again.
    pub go_offline: Signal<Out, Bit>,
    /// The port is in a loop.
    pub is_loop: Signal<Out, Bit>,
    /// It opens others half duplex.
    pub is_half_duplex: Signal<Out, Bit>,
    /// The loop is initialized.
    pub initialize: Signal<Out, Bit>,
    /// Name of the port.
    pub port_name: Signal<Out, Bits<64>>,
    /// Loop address to claim.
    pub hard_address: Signal<Out, Bits<8>>,
    /// There is one.
    pub has_hard_address: Signal<Out, Bit>,
    /// State in a loop.
    pub loop_state: Signal<In, LoopState>,
    /// Loop address.
    pub loop_address: Signal<In, Bits<8>>,
    /// There is one.
    pub has_loop_address: Signal<In, Bit>,
    /// The port was master of the initialization.
    pub is_loop_master: Signal<In, Bit>,
    /// LIP came.
    pub sees_lip: Signal<In, Bit>,
    /// The fastest speed that may be used.
    pub fastest_speed: Signal<Out, LineSpeed>,
    /// The speed is negotiated.
    pub negotiates: Signal<Out, Bit>,
    /// The negotiation begins anew.
    pub renegotiate: Signal<Out, Bit>,
    /// Speed of the transmitter.
    pub transmit_speed: Signal<In, LineSpeed>,
    /// Speed of the receiver.
    pub receive_speed: Signal<In, LineSpeed>,
    /// The speed is not settled yet.
    pub is_negotiating: Signal<In, Bit>,
    /// A page is asked for.
    pub page_start: Signal<Out, Bit>,
    /// What for; meaningful with `page_start`.
    pub page_operation: Signal<Out, Bits<2>>,
    /// Its number.
    pub page_number: Signal<Out, Bits<32>>,
    /// First block that is meant; meaningful with `page_start`.
    pub page_first: Signal<Out, Bits<3>>,
    /// Last block that is meant; meaningful with `page_start`.
    pub page_last: Signal<Out, Bits<3>>,
    /// Place of a word in the processor's slot.
    pub page_place: Signal<Out, Bits<10>>,
    /// The word is written, with `send_word`.
    pub page_store: Signal<Out, Bit>,
    /// The word that stands there.
    pub page_word: Signal<In, Bits<32>>,
    /// A page is under way.
    pub page_is_busy: Signal<In, Bit>,
    /// The last one failed.
    pub page_failed: Signal<In, Bit>,
    /// Or was not written, because a block was another one.
    pub page_mismatched: Signal<In, Bit>,
    /// Frames that the other port can take.
    pub credit: Signal<Out, Bits<8>>,
    /// Address of the port.
    pub own_address: Signal<Out, Bits<24>>,
    /// Blocks of the logical unit.
    pub capacity: Signal<Out, Bits<35>>,
    /// Entries of the logins.
    pub entry: LoginEntrySource,
    /// Words of the frame; meaningful with its words.
    pub received_length: Signal<In, Bits<10>>,
    /// The frame is the first of its sequence; meaningful with its words.
    pub received_is_first: Signal<In, Bit>,
    /// The frame is the last of its sequence; meaningful with its words.
    pub received_is_last: Signal<In, Bit>,
    /// A word of a frame to send.
    pub send_write: Signal<Out, Bit>,
    /// The word, first byte in bits 7..=0.
    pub send_word: Signal<Out, Bits<32>>,
    /// The words so far are a frame.
    pub send_start: Signal<Out, Bit>,
    /// The words so far are forgotten.
    pub send_clear: Signal<Out, Bit>,
    /// The frame is the first of its sequence.
    pub send_first: Signal<Out, Bit>,
    /// The frame is the last of its sequence.
    pub send_last: Signal<Out, Bit>,
    /// The frame has not left.
    pub send_busy: Signal<In, Bit>,
    /// What the processor asks of exchanges, and is told.
    pub inspection: InspectionSource,
    /// A bad frame was dropped.
    pub dropped: Signal<In, Bit>,
    /// Data was dropped that nobody had asked for.
    pub data_dropped: Signal<In, Bit>,

    offset_of_port_control: Constant<Bits<12>>,
    offset_of_port_status: Constant<Bits<12>>,
    offset_of_credit: Constant<Bits<12>>,
    offset_of_own_address: Constant<Bits<12>>,
    offset_of_capacity_low: Constant<Bits<12>>,
    offset_of_capacity_high: Constant<Bits<12>>,
    offset_of_login_address: Constant<Bits<12>>,
    offset_of_login_payload: Constant<Bits<12>>,
    offset_of_login_entry: Constant<Bits<12>>,
    offset_of_receive_word: Constant<Bits<12>>,
    offset_of_receive_status: Constant<Bits<12>>,
    offset_of_transmit_word: Constant<Bits<12>>,
    offset_of_transmit_start: Constant<Bits<12>>,
    offset_of_exchange_select: Constant<Bits<12>>,
    offset_of_exchange_state: Constant<Bits<12>>,
    offset_of_failure: Constant<Bits<12>>,
    offset_of_drop_counts: Constant<Bits<12>>,
    offset_of_loop_status: Constant<Bits<12>>,
    offset_of_port_name_low: Constant<Bits<12>>,
    offset_of_port_name_high: Constant<Bits<12>>,
    offset_of_hard_address: Constant<Bits<12>>,
    offset_of_speed_control: Constant<Bits<12>>,
    offset_of_speed_status: Constant<Bits<12>>,
    offset_of_page_number: Constant<Bits<12>>,
    offset_of_page_operation: Constant<Bits<12>>,
    offset_of_page_status: Constant<Bits<12>>,
    offset_of_page_place: Constant<Bits<12>>,
    offset_of_page_word: Constant<Bits<12>>,
    offset_of_exchange_moved: Constant<Bits<12>>,

    arb: DFF<Bit>,
    in_loop: DFF<Bit>,
    half_duplex: DFF<Bit>,
    scrambling: DFF<Bit>,
    name_low: DFF<Bits<32>>,
    name_high: DFF<Bits<32>>,
    hard: DFF<Bits<8>>,
    has_hard: DFF<Bit>,
    lip_seen: DFF<Bit>,
    speed: DFF<Bits<2>>,
    negotiation: DFF<Bit>,
    renegotiation: DFF<Bit>,
    speed_status: Signal<Local, Bits<32>>,
    number: DFF<Bits<32>>,
    word_place: DFF<Bits<10>>,
    page_status: Signal<Local, Bits<32>>,
    swapped_page: Signal<Local, Bits<32>>,
    loop_status: Signal<Local, Bits<32>>,
    control: Signal<Local, Bits<32>>,
    credit_register: DFFWithInit<Bits<8>>,
    address: DFF<Bits<24>>,
    capacity_low: DFF<Bits<32>>,
    capacity_high: DFF<Bits<3>>,
    new_address: DFF<Bits<24>>,
    new_payload: DFF<Bits<10>>,
    selected: DFF<Bits<7>>,
    closes: DFF<Bit>,
    asking: DFF<Bit>,
    answer: DFF<Bits<31>>,
    moved: DFF<Bits<23>>,
    bad: DFF<Bits<16>>,
    unasked: DFF<Bits<16>>,
    first: DFF<Bit>,
    last: DFF<Bit>,
    data: DFF<Bits<32>>,
    finished: DFF<Bit>,
    begins: Signal<Local, Bit>,
    writes: Signal<Local, Bit>,
    swapped_in: Signal<Local, Bits<32>>,
    swapped_out: Signal<Local, Bits<32>>,
    status: Signal<Local, Bits<32>>,
    answered: Signal<Local, Bits<31>>,
    receive_status: Signal<Local, Bits<32>>,
    exchange_word: Signal<Local, Bits<32>>,
    failure_word: Signal<Local, Bits<32>>,
}

impl Default for PortMailbox {
    fn default() -> Self {
        let offset = |name| Constant::new(u64::from(MailboxRegister::find(PORT_REGISTERS, name).offset).into());
        Self {
            clock: Default::default(),
            entry: Default::default(),
            inspection: Default::default(),
            mailbox: Default::default(),
            received: Default::default(),
            state: Default::default(),
            outstanding: Default::default(),
            fills_with_arb: Default::default(),
            scrambles: Default::default(),
            reset_link: Default::default(),
            go_offline: Default::default(),
            is_loop: Default::default(),
            is_half_duplex: Default::default(),
            initialize: Default::default(),
            port_name: Default::default(),
            hard_address: Default::default(),
            has_hard_address: Default::default(),
            loop_state: Default::default(),
            loop_address: Default::default(),
            has_loop_address: Default::default(),
            is_loop_master: Default::default(),
            sees_lip: Default::default(),
            page_start: Default::default(),
            page_operation: Default::default(),
            page_number: Default::default(),
            page_first: Default::default(),
            page_last: Default::default(),
            page_place: Default::default(),
            page_store: Default::default(),
            page_word: Default::default(),
            page_is_busy: Default::default(),
            page_failed: Default::default(),
            page_mismatched: Default::default(),
            fastest_speed: Default::default(),
            negotiates: Default::default(),
            renegotiate: Default::default(),
            transmit_speed: Default::default(),
            receive_speed: Default::default(),
            is_negotiating: Default::default(),
            credit: Default::default(),
            own_address: Default::default(),
            capacity: Default::default(),
            received_length: Default::default(),
            received_is_first: Default::default(),
            received_is_last: Default::default(),
            send_write: Default::default(),
            send_word: Default::default(),
            send_start: Default::default(),
            send_clear: Default::default(),
            send_first: Default::default(),
            send_last: Default::default(),
            send_busy: Default::default(),
            dropped: Default::default(),
            data_dropped: Default::default(),
            offset_of_port_control: offset("port_control"),
            offset_of_port_status: offset("port_status"),
            offset_of_credit: offset("credit"),
            offset_of_own_address: offset("own_address"),
            offset_of_capacity_low: offset("capacity_low"),
            offset_of_capacity_high: offset("capacity_high"),
            offset_of_login_address: offset("login_address"),
            offset_of_login_payload: offset("login_payload"),
            offset_of_login_entry: offset("login_entry"),
            offset_of_receive_word: offset("receive_word"),
            offset_of_receive_status: offset("receive_status"),
            offset_of_transmit_word: offset("transmit_word"),
            offset_of_transmit_start: offset("transmit_start"),
            offset_of_exchange_select: offset("exchange_select"),
            offset_of_exchange_state: offset("exchange_state"),
            offset_of_failure: offset("failure"),
            offset_of_drop_counts: offset("drop_counts"),
            offset_of_loop_status: offset("loop_status"),
            offset_of_port_name_low: offset("port_name_low"),
            offset_of_port_name_high: offset("port_name_high"),
            offset_of_hard_address: offset("hard_address"),
            offset_of_speed_control: offset("speed_control"),
            offset_of_speed_status: offset("speed_status"),
            offset_of_page_number: offset("page_number"),
            offset_of_page_operation: offset("page_operation"),
            offset_of_page_status: offset("page_status"),
            offset_of_page_place: offset("page_place"),
            offset_of_page_word: offset("page_word"),
            offset_of_exchange_moved: offset("exchange_moved"),
            arb: Default::default(),
            in_loop: Default::default(),
            half_duplex: Default::default(),
            scrambling: Default::default(),
            name_low: Default::default(),
            name_high: Default::default(),
            hard: Default::default(),
            has_hard: Default::default(),
            lip_seen: Default::default(),
            speed: Default::default(),
            negotiation: Default::default(),
            renegotiation: Default::default(),
            speed_status: Default::default(),
            number: Default::default(),
            word_place: Default::default(),
            page_status: Default::default(),
            swapped_page: Default::default(),
            loop_status: Default::default(),
            control: Default::default(),
            credit_register: DFFWithInit::new(1_u64.into()),
            address: Default::default(),
            capacity_low: Default::default(),
            capacity_high: Default::default(),
            new_address: Default::default(),
            new_payload: Default::default(),
            selected: Default::default(),
            closes: Default::default(),
            asking: Default::default(),
            answer: Default::default(),
            moved: Default::default(),
            bad: Default::default(),
            unasked: Default::default(),
            first: Default::default(),
            last: Default::default(),
            data: Default::default(),
            finished: Default::default(),
            begins: Default::default(),
            writes: Default::default(),
            swapped_in: Default::default(),
            swapped_out: Default::default(),
            status: Default::default(),
            answered: Default::default(),
            receive_status: Default::default(),
            exchange_word: Default::default(),
            failure_word: Default::default(),
        }
    }
}

impl Logic for PortMailbox {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, arb, credit_register, address, capacity_low, capacity_high, new_address, new_payload);
        dff_setup!(self, clock, scrambling, in_loop, half_duplex, name_low, name_high, hard, has_hard, lip_seen);
        dff_setup!(self, clock, speed, negotiation, renegotiation, number, word_place, moved);
        dff_setup!(self, clock, selected, closes, asking, answer, bad, unasked, first, last, data, finished);

        self.swapped_in.next = (self.mailbox.data_in.val() << 24)
            | ((self.mailbox.data_in.val() & 0x0000_FF00) << 8)
            | ((self.mailbox.data_in.val() >> 8) & 0x0000_FF00)
            | (self.mailbox.data_in.val() >> 24);
        self.swapped_out.next = (self.received.data.val() << 24)
            | ((self.received.data.val() & 0x0000_FF00) << 8)
            | ((self.received.data.val() >> 8) & 0x0000_FF00)
            | (self.received.data.val() >> 24);

        // What registers show.
        self.status.next = bit_cast::<32, 8>(self.outstanding.val()) << 8;
        match self.state.val() {
            PortState::OlsReceive => {
                self.status.next = self.status.val() | 1;
            }
            PortState::OlsWait => {
                self.status.next = self.status.val() | 2;
            }
            PortState::LrTransmit => {
                self.status.next = self.status.val() | 3;
            }
            PortState::LrReceive => {
                self.status.next = self.status.val() | 4;
            }
            PortState::LrrReceive => {
                self.status.next = self.status.val() | 5;
            }
            PortState::Active => {
                self.status.next = self.status.val() | 6;
            }
            PortState::NosReceive => {
                self.status.next = self.status.val() | 7;
            }
            PortState::OlsTransmit => {}
            _ => {
                self.status.next = self.status.val() | 8;
            }
        }
        self.status.next = self.status.val().replace_bit(16, self.inspection.failure_valid.val());
        self.status.next = self.status.val().replace_bit(17, self.received.valid.val());
        self.status.next = self.status.val().replace_bit(18, self.send_busy.val());
        self.receive_status.next = bit_cast::<32, 10>(self.received_length.val()) << 16;
        self.receive_status.next = self.receive_status.val().replace_bit(0, self.received.valid.val());
        self.receive_status.next = self.receive_status.val().replace_bit(1, self.received.last.val());
        self.receive_status.next = self.receive_status.val().replace_bit(2, self.received_is_first.val());
        self.receive_status.next = self.receive_status.val().replace_bit(3, self.received_is_last.val());
        if !self.received.valid.val() {
            self.receive_status.next = bits::<32>(0);
        }
        self.answered.next = bit_cast::<31, 16>(self.inspection.originator.val())
            | (bit_cast::<31, 4>(self.inspection.login.val()) << 16)
            | (bit_cast::<31, 2>(self.inspection.reason.val()) << 25);
        self.answered.next = self.answered.val().replace_bit(28, self.inspection.failed.val());
        self.answered.next = self.answered.val().replace_bit(29, self.inspection.is_write.val());
        self.answered.next = self.answered.val().replace_bit(30, self.inspection.is_open.val());
        self.exchange_word.next = bit_cast::<32, 31>(self.answer.q.val());
        self.exchange_word.next = self.exchange_word.val().replace_bit(31, self.asking.q.val());
        self.failure_word.next = bits::<32>(0);
        if self.inspection.failure_valid.val() {
            self.failure_word.next = bit_cast::<32, 7>(self.inspection.failure_exchange.val()).replace_bit(31, true);
        }

        self.control.next = bits::<32>(0);
        self.control.next = self.control.val().replace_bit(0, self.arb.q.val());
        self.control.next = self.control.val().replace_bit(3, self.in_loop.q.val());
        self.control.next = self.control.val().replace_bit(4, self.half_duplex.q.val());
        self.control.next = self.control.val().replace_bit(6, self.scrambling.q.val());
        if self.sees_lip.val() {
            self.lip_seen.d.next = true;
        }
        self.loop_status.next = bit_cast::<32, 8>(self.loop_address.val());
        match self.loop_state.val() {
            LoopState::OpenInit => {
                self.loop_status.next = self.loop_status.val() | 0x1000;
            }
            LoopState::Monitoring => {
                self.loop_status.next = self.loop_status.val() | 0x2000;
            }
            LoopState::Arbitrating => {
                self.loop_status.next = self.loop_status.val() | 0x3000;
            }
            LoopState::Open => {
                self.loop_status.next = self.loop_status.val() | 0x4000;
            }
            LoopState::Opened => {
                self.loop_status.next = self.loop_status.val() | 0x5000;
            }
            LoopState::TransmittedClose => {
                self.loop_status.next = self.loop_status.val() | 0x6000;
            }
            LoopState::Initializing => {}
            _ => {
                self.loop_status.next = self.loop_status.val() | 0x7000;
            }
        }
        self.loop_status.next = self.loop_status.val().replace_bit(8, self.has_loop_address.val());
        self.loop_status.next = self.loop_status.val().replace_bit(9, self.is_loop_master.val());
        self.loop_status.next = self.loop_status.val().replace_bit(16, self.lip_seen.q.val());

        self.swapped_page.next = (self.page_word.val() << 24)
            | ((self.page_word.val() & 0x0000_FF00) << 8)
            | ((self.page_word.val() >> 8) & 0x0000_FF00)
            | (self.page_word.val() >> 24);
        self.page_status.next = bits::<32>(0)
            .replace_bit(0, self.page_is_busy.val())
            .replace_bit(1, self.page_failed.val())
            .replace_bit(2, self.page_mismatched.val());
        self.speed_status.next = bits::<32>(0).replace_bit(8, self.is_negotiating.val());
        if self.transmit_speed.val() == LineSpeed::Four {
            self.speed_status.next = self.speed_status.val() | 0x01;
        }
        if self.transmit_speed.val() == LineSpeed::Two {
            self.speed_status.next = self.speed_status.val() | 0x02;
        }
        if self.receive_speed.val() == LineSpeed::Four {
            self.speed_status.next = self.speed_status.val() | 0x10;
        }
        if self.receive_speed.val() == LineSpeed::Two {
            self.speed_status.next = self.speed_status.val() | 0x20;
        }

        if self.inspection.answered.val() & self.asking.q.val() {
            self.asking.d.next = false;
            self.answer.d.next = self.answered.val();
            self.moved.d.next = self.inspection.moved.val();
        }
        if self.dropped.val() {
            self.bad.d.next = self.bad.q.val() + 1;
        }
        if self.data_dropped.val() {
            self.unasked.d.next = self.unasked.q.val() + 1;
        }

        // Accesses. In the cycle of `done`, the request is still that of the access done.
        self.begins.next = self.mailbox.request.val() & !self.finished.q.val();
        self.writes.next = self.begins.val() & self.mailbox.write.val();
        self.finished.d.next = self.begins.val();
        self.data.d.next = bits::<32>(0);
        self.received.ready.next = false;
        if self.begins.val() & !self.mailbox.write.val() {
            if self.mailbox.address.val() == self.offset_of_port_control.val() {
                self.data.d.next = self.control.val();
            }
            if self.mailbox.address.val() == self.offset_of_loop_status.val() {
                self.data.d.next = self.loop_status.val();
            }
            if self.mailbox.address.val() == self.offset_of_port_name_low.val() {
                self.data.d.next = self.name_low.q.val();
            }
            if self.mailbox.address.val() == self.offset_of_port_name_high.val() {
                self.data.d.next = self.name_high.q.val();
            }
            if self.mailbox.address.val() == self.offset_of_hard_address.val() {
                self.data.d.next = bit_cast::<32, 8>(self.hard.q.val()).replace_bit(8, self.has_hard.q.val());
            }
            if self.mailbox.address.val() == self.offset_of_speed_control.val() {
                self.data.d.next = bit_cast::<32, 2>(self.speed.q.val()).replace_bit(2, self.negotiation.q.val());
            }
            if self.mailbox.address.val() == self.offset_of_page_number.val() {
                self.data.d.next = self.number.q.val();
            }
            if self.mailbox.address.val() == self.offset_of_exchange_moved.val() {
                self.data.d.next = bit_cast::<32, 23>(self.moved.q.val()) << 2;
            }
            if self.mailbox.address.val() == self.offset_of_page_status.val() {
                self.data.d.next = self.page_status.val();
            }
            if self.mailbox.address.val() == self.offset_of_page_place.val() {
                self.data.d.next = bit_cast::<32, 10>(self.word_place.q.val());
            }
            if self.mailbox.address.val() == self.offset_of_page_word.val() {
                self.data.d.next = self.swapped_page.val();
                self.word_place.d.next = self.word_place.q.val() + 1;
            }
            if self.mailbox.address.val() == self.offset_of_speed_status.val() {
                self.data.d.next = self.speed_status.val();
            }
            if self.mailbox.address.val() == self.offset_of_port_status.val() {
                self.data.d.next = self.status.val();
            }
            if self.mailbox.address.val() == self.offset_of_credit.val() {
                self.data.d.next = bit_cast::<32, 8>(self.credit_register.q.val());
            }
            if self.mailbox.address.val() == self.offset_of_own_address.val() {
                self.data.d.next = bit_cast::<32, 24>(self.address.q.val());
            }
            if self.mailbox.address.val() == self.offset_of_capacity_low.val() {
                self.data.d.next = self.capacity_low.q.val();
            }
            if self.mailbox.address.val() == self.offset_of_capacity_high.val() {
                self.data.d.next = bit_cast::<32, 3>(self.capacity_high.q.val());
            }
            if self.mailbox.address.val() == self.offset_of_login_address.val() {
                self.data.d.next = bit_cast::<32, 24>(self.new_address.q.val());
            }
            if self.mailbox.address.val() == self.offset_of_login_payload.val() {
                self.data.d.next = bit_cast::<32, 10>(self.new_payload.q.val());
            }
            if (self.mailbox.address.val() == self.offset_of_receive_word.val()) & self.received.valid.val() {
                self.data.d.next = self.swapped_out.val();
                self.received.ready.next = true;
            }
            if self.mailbox.address.val() == self.offset_of_receive_status.val() {
                self.data.d.next = self.receive_status.val();
            }
            if self.mailbox.address.val() == self.offset_of_exchange_state.val() {
                self.data.d.next = self.exchange_word.val();
            }
            if self.mailbox.address.val() == self.offset_of_failure.val() {
                self.data.d.next = self.failure_word.val();
            }
            if self.mailbox.address.val() == self.offset_of_drop_counts.val() {
                self.data.d.next =
                    (bit_cast::<32, 16>(self.unasked.q.val()) << 16) | bit_cast::<32, 16>(self.bad.q.val());
            }
        }
        self.reset_link.next = false;
        self.go_offline.next = false;
        self.initialize.next = false;
        self.renegotiation.d.next = false;
        self.page_start.next = false;
        self.page_store.next = false;
        self.entry.write.next = false;
        self.send_write.next = false;
        self.send_start.next = false;
        self.send_clear.next = false;
        self.inspection.failure_ready.next = false;
        if self.writes.val() {
            if self.mailbox.address.val() == self.offset_of_port_control.val() {
                self.arb.d.next = self.mailbox.data_in.val().get_bit(0);
                self.reset_link.next = self.mailbox.data_in.val().get_bit(1);
                self.go_offline.next = self.mailbox.data_in.val().get_bit(2);
                self.in_loop.d.next = self.mailbox.data_in.val().get_bit(3);
                self.half_duplex.d.next = self.mailbox.data_in.val().get_bit(4);
                self.initialize.next = self.mailbox.data_in.val().get_bit(5);
                self.scrambling.d.next = self.mailbox.data_in.val().get_bit(6);
                self.lip_seen.d.next = false;
            }
            if self.mailbox.address.val() == self.offset_of_port_name_low.val() {
                self.name_low.d.next = self.mailbox.data_in.val().get_bits::<32>(0);
            }
            if self.mailbox.address.val() == self.offset_of_port_name_high.val() {
                self.name_high.d.next = self.mailbox.data_in.val().get_bits::<32>(0);
            }
            if self.mailbox.address.val() == self.offset_of_hard_address.val() {
                self.hard.d.next = self.mailbox.data_in.val().get_bits::<8>(0);
                self.has_hard.d.next = self.mailbox.data_in.val().get_bit(8);
            }
            if self.mailbox.address.val() == self.offset_of_page_number.val() {
                self.number.d.next = self.mailbox.data_in.val().get_bits::<32>(0);
            }
            if self.mailbox.address.val() == self.offset_of_page_operation.val() {
                self.page_start.next = true;
            }
            if self.mailbox.address.val() == self.offset_of_page_place.val() {
                self.word_place.d.next = self.mailbox.data_in.val().get_bits::<10>(0);
            }
            if self.mailbox.address.val() == self.offset_of_page_word.val() {
                self.page_store.next = true;
                self.word_place.d.next = self.word_place.q.val() + 1;
            }
            if self.mailbox.address.val() == self.offset_of_speed_control.val() {
                self.speed.d.next = self.mailbox.data_in.val().get_bits::<2>(0);
                self.negotiation.d.next = self.mailbox.data_in.val().get_bit(2);
                self.renegotiation.d.next = true;
            }
            if self.mailbox.address.val() == self.offset_of_credit.val() {
                self.credit_register.d.next = self.mailbox.data_in.val().get_bits::<8>(0);
            }
            if self.mailbox.address.val() == self.offset_of_own_address.val() {
                self.address.d.next = self.mailbox.data_in.val().get_bits::<24>(0);
            }
            if self.mailbox.address.val() == self.offset_of_capacity_low.val() {
                self.capacity_low.d.next = self.mailbox.data_in.val().get_bits::<32>(0);
            }
            if self.mailbox.address.val() == self.offset_of_capacity_high.val() {
                self.capacity_high.d.next = self.mailbox.data_in.val().get_bits::<3>(0);
            }
            if self.mailbox.address.val() == self.offset_of_login_address.val() {
                self.new_address.d.next = self.mailbox.data_in.val().get_bits::<24>(0);
            }
            if self.mailbox.address.val() == self.offset_of_login_payload.val() {
                self.new_payload.d.next = self.mailbox.data_in.val().get_bits::<10>(0);
            }
            if self.mailbox.address.val() == self.offset_of_login_entry.val() {
                self.entry.write.next = true;
            }
            if self.mailbox.address.val() == self.offset_of_transmit_word.val() {
                self.send_write.next = true;
            }
            if self.mailbox.address.val() == self.offset_of_transmit_start.val() {
                self.send_start.next = !self.mailbox.data_in.val().get_bit(2);
                self.send_clear.next = self.mailbox.data_in.val().get_bit(2);
                self.first.d.next = self.mailbox.data_in.val().get_bit(0);
                self.last.d.next = self.mailbox.data_in.val().get_bit(1);
            }
            if (self.mailbox.address.val() == self.offset_of_exchange_select.val()) & !self.asking.q.val() {
                self.selected.d.next = self.mailbox.data_in.val().get_bits::<7>(0);
                self.closes.d.next = self.mailbox.data_in.val().get_bit(8);
                self.asking.d.next = true;
            }
            if self.mailbox.address.val() == self.offset_of_failure.val() {
                self.inspection.failure_ready.next = true;
            }
        }
        self.mailbox.done.next = self.finished.q.val();
        self.mailbox.data_out.next = self.data.q.val();

        self.fills_with_arb.next = self.arb.q.val();
        self.is_loop.next = self.in_loop.q.val();
        self.is_half_duplex.next = self.half_duplex.q.val();
        self.scrambles.next = self.scrambling.q.val();
        self.port_name.next =
            (bit_cast::<64, 32>(self.name_high.q.val()) << 32) | bit_cast::<64, 32>(self.name_low.q.val());
        self.hard_address.next = self.hard.q.val();
        self.has_hard_address.next = self.has_hard.q.val();
        self.page_operation.next = self.mailbox.data_in.val().get_bits::<2>(0);
        self.page_number.next = self.number.q.val();
        self.page_first.next = self.mailbox.data_in.val().get_bits::<3>(4);
        self.page_last.next = self.mailbox.data_in.val().get_bits::<3>(8);
        self.page_place.next = self.word_place.q.val();
        self.negotiates.next = self.negotiation.q.val();
        self.renegotiate.next = self.renegotiation.q.val();
        self.fastest_speed.next = LineSpeed::Eight;
        if self.speed.q.val().get_bit(0) {
            self.fastest_speed.next = LineSpeed::Four;
        }
        if self.speed.q.val().get_bit(1) {
            self.fastest_speed.next = LineSpeed::Two;
        }
        self.credit.next = self.credit_register.q.val();
        self.own_address.next = self.address.q.val();
        self.capacity.next =
            (bit_cast::<35, 3>(self.capacity_high.q.val()) << 32) | bit_cast::<35, 32>(self.capacity_low.q.val());
        self.entry.number.next = self.mailbox.data_in.val().get_bits::<4>(0);
        self.entry.is_fast.next = self.mailbox.data_in.val().get_bit(4);
        self.entry.is_valid.next = self.mailbox.data_in.val().get_bit(5);
        self.entry.is_read_only.next = self.mailbox.data_in.val().get_bit(6);
        self.entry.address.next = self.new_address.q.val();
        self.entry.payload.next = self.new_payload.q.val();
        self.send_word.next = self.swapped_in.val();
        self.send_first.next = self.first.q.val();
        self.send_last.next = self.last.q.val();
        self.inspection.valid.next = self.asking.q.val();
        self.inspection.exchange.next = self.selected.q.val();
        self.inspection.closes.next = self.closes.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
