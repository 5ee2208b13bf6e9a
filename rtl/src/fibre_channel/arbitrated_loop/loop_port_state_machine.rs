//! Loop port state machine.

use rust_hdl::prelude::*;

use super::LoopState;
use crate::circuit::circuit_info;
use crate::fibre_channel::{LineSpeed, LinkTimes, WordKind, ordered_set as set};

/// A port's place in the ring: what it repeats, what it puts in its place, and when it may talk to whom.
///
/// States and transitions are those of facts/fc.md, section 6, without TRANSFER and bypass. A word that is not repeated is
/// replaced by the fill word that came last. Having won, the port sends ARB(F0) between its frames until it comes back: then nobody
/// waits, IDLE goes out, and everybody who sees IDLE may arbitrate anew (access fairness).
///
/// An open port closes when it has nothing to send for `hold_time`, when its next frame is for another port, when it has been
/// open for `tenancy_time` and another port arbitrates, and when credit does not come for as long. A port that was opened and whose
/// next frame is for a third port puts its ARB in place of fill words already, which the other end does not let pass but counts
/// as a port that waits; after `tenancy_time` it closes. A frame to a port that does
/// not exist (OPN comes back) is dropped, and the circuit closed. A loop in which nothing moves for `timeout`, or that is out of
/// synchronization for as long, is initialized anew.
///
/// - Latency: 2 cycles from a word's kind to the word repeated, 1 from a word of the transmitter.
/// - Throughput: a word every cycle.
/// - Back-pressure: `may_begin` holds frames back.
/// - Limits: OPN of several ports (broadcast, replicate) and LPB are repeated, not obeyed.
#[derive(LogicBlock)]
pub struct LoopPortStateMachine {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The port is in a loop; otherwise what the transmitter sends goes out as it is.
    pub is_enabled: Signal<In, Bit>,
    /// What the received word is.
    pub kind: Signal<In, WordKind>,
    /// The received word, first byte in bits 7..=0.
    pub received: Signal<In, Bits<32>>,
    /// It is the third or a later one of the same ordered set in succession.
    pub is_repeated: Signal<In, Bit>,
    /// A word of the transmitter, first byte in bits 7..=0; fill words are IDLE.
    pub transmitted: Signal<In, Bits<32>>,
    /// It is an ordered set.
    pub transmitted_is_ordered_set: Signal<In, Bit>,
    /// A frame was begun.
    pub frame_sent: Signal<In, Bit>,
    /// A frame waits to be begun.
    pub wants: Signal<In, Bit>,
    /// Loop address that it is for; meaningful with `wants`.
    pub destination: Signal<In, Bits<8>>,
    /// The port's own loop address (AL_PA).
    pub own: Signal<In, Bits<8>>,
    /// It has one.
    pub has_address: Signal<In, Bit>,
    /// Opens others half duplex: they are not to send frames.
    pub is_half_duplex: Signal<In, Bit>,
    /// Initializes the loop.
    pub initialize: Signal<In, Bit>,
    /// Speed of the line, whose words the times are counted in.
    pub speed: Signal<In, LineSpeed>,
    /// In OPEN-INIT: ARB(F0) goes out as fill word.
    pub sends_arb: Signal<In, Bit>,
    /// In OPEN-INIT: the port, as master, ends the initialization.
    pub closes: Signal<In, Bit>,

    /// A word for the line, first byte in bits 7..=0.
    pub word: Signal<Out, Bits<32>>,
    /// It is an ordered set.
    pub is_ordered_set: Signal<Out, Bit>,
    /// State of the port.
    pub state: Signal<Out, LoopState>,
    /// The transmitter has the loop for its frames and R_RDY.
    pub transmits: Signal<Out, Bit>,
    /// A frame may be begun, if there is credit.
    pub may_begin: Signal<Out, Bit>,
    /// No credit is needed for it.
    pub needs_no_credit: Signal<Out, Bit>,
    /// Frames that come are for this port.
    pub receives: Signal<Out, Bit>,
    /// A circuit begins: credit starts anew.
    pub circuit_begins: Signal<Out, Bit>,
    /// OPEN-INIT begins, or begins anew.
    pub restarts: Signal<Out, Bit>,
    /// ARB(F0) came.
    pub sees_arb: Signal<Out, Bit>,

    idle: Constant<Bits<32>>,
    arb_f0: Constant<Bits<32>>,
    cls: Constant<Bits<32>>,
    lip: Constant<Bits<32>>,
    lip_failure: Constant<Bits<32>>,
    /// K28.5 and the second byte of ARB and OPN.
    arb: Constant<Bits<32>>,
    opn: Constant<Bits<32>>,
    master_byte: Constant<Bits<8>>,
    hold_time: Constant<Bits<12>>,
    tenancy_time: Constant<Bits<12>>,
    timeouts: Vec<Constant<Bits<28>>>,
    timeout: Signal<Local, Bits<28>>,
    /// LIP that are sent at least, for the next port to see them.
    lips: Constant<Bits<6>>,
    /// Fill words of the transmitter after which none of its frames is on its way.
    drained: Constant<Bits<4>>,

    // What was received, and what it means.
    held_kind: DFF<WordKind>,
    held: DFF<Bits<32>>,
    held_lip: DFF<Bit>,
    is_fill: DFF<Bit>,
    is_own_arb: DFF<Bit>,
    is_arb_f0: DFF<Bit>,
    /// A fill word whose place the own ARB may take.
    is_lower: DFF<Bit>,
    is_own_open: DFF<Bit>,
    is_partner_open: DFF<Bit>,
    names_one_port: Signal<Local, Bit>,

    now: DFF<LoopState>,
    sent: DFF<Bits<32>>,
    sent_is_ordered_set: DFF<Bit>,
    current_fill: DFF<Bits<32>>,
    current_is_lower: DFF<Bit>,
    /// A frame waits for another circuit than this one.
    waits_for_loop: DFF<Bit>,
    partner: DFF<Bits<8>>,
    /// Has seen IDLE since it last won.
    has_access: DFFWithInit<Bit>,
    /// The loop is this port's: ARB of others goes no further.
    is_opener: DFF<Bit>,
    /// ARB(F0) came back: nobody waits.
    nobody_waits: DFF<Bit>,
    /// The loop was closed before ARB(F0), or ARB of another port, came back.
    awaits_arb: DFF<Bit>,
    /// Another port arbitrates.
    others_wait: DFF<Bit>,
    /// Nobody has taken the OPN.
    is_alone: DFF<Bit>,
    is_closing: DFF<Bit>,
    /// Fill words of the transmitter in succession, fifteen for more.
    fills: DFF<Bits<4>>,
    is_drained: DFF<Bit>,
    quiet: DFF<Bits<12>>,
    tenancy: DFF<Bits<12>>,
    still: DFF<Bits<28>>,
    moves: DFF<Bit>,
    is_stuck: DFF<Bit>,
    lips_left: DFF<Bits<6>>,
    /// In INITIALIZING: LIP came.
    lip_came: DFF<Bit>,
    /// LIP that comes has counted.
    saw_lip: DFF<Bit>,
    lost_synchronization: DFF<Bit>,
    begins: DFF<Bit>,
    restart: DFF<Bit>,
    sees_f0: DFF<Bit>,
    allowed: DFF<Bit>,
    is_ours: DFF<Bit>,
    listens: DFF<Bit>,

    next: Signal<Local, LoopState>,
    fill: Signal<Local, Bits<32>>,
    fill_is_lower: Signal<Local, Bit>,
    transmitted_is_fill: Signal<Local, Bit>,
    own_arb: Signal<Local, Bits<32>>,
    open_word: Signal<Local, Bits<32>>,
    chosen: Signal<Local, Bits<32>>,
    chosen_is_ordered_set: Signal<Local, Bit>,
    talks: Signal<Local, Bit>,
    starts: Signal<Local, Bit>,
    begins_anew: Signal<Local, Bit>,
    sends_close: Signal<Local, Bit>,
    new_lip: Signal<Local, Bit>,
}

impl LoopPortStateMachine {
    /// A port that waits so many words of 8 Gb/s for whatever has to come: LP_TOV, 2 s as the standard is remembered.
    ///
    /// # Panics
    /// If the time is not 1..2^28 words.
    pub fn new(timeout: u64) -> Self {
        let addressed = |second: u8| Constant::new(u64::from(u32::from_le_bytes([0xBC, second, 0, 0])).into());
        Self {
            clock: Default::default(),
            is_enabled: Default::default(),
            kind: Default::default(),
            received: Default::default(),
            is_repeated: Default::default(),
            transmitted: Default::default(),
            transmitted_is_ordered_set: Default::default(),
            frame_sent: Default::default(),
            wants: Default::default(),
            destination: Default::default(),
            own: Default::default(),
            has_address: Default::default(),
            is_half_duplex: Default::default(),
            initialize: Default::default(),
            speed: Default::default(),
            sends_arb: Default::default(),
            closes: Default::default(),
            word: Default::default(),
            is_ordered_set: Default::default(),
            state: Default::default(),
            transmits: Default::default(),
            may_begin: Default::default(),
            needs_no_credit: Default::default(),
            receives: Default::default(),
            circuit_begins: Default::default(),
            restarts: Default::default(),
            sees_arb: Default::default(),
            idle: Constant::new(set::word(set::IDLE)),
            arb_f0: Constant::new(set::word(set::ARB_F0)),
            cls: Constant::new(set::word(set::CLS)),
            lip: Constant::new(set::word(set::LIP_F7_F7)),
            lip_failure: Constant::new(set::word(set::LIP_F8_F7)),
            arb: addressed(set::ARB),
            opn: addressed(set::OPN),
            master_byte: Constant::new(0xF0_u64.into()),
            hold_time: Constant::new(64_u64.into()),
            tenancy_time: Constant::new(4095_u64.into()),
            timeouts: LinkTimes::by_speed(timeout),
            timeout: Default::default(),
            // 32 of them: the highest bit says that there are more.
            lips: Constant::new(63_u64.into()),
            drained: Constant::new(9_u64.into()),
            held_kind: Default::default(),
            held: Default::default(),
            held_lip: Default::default(),
            is_fill: Default::default(),
            is_own_arb: Default::default(),
            is_arb_f0: Default::default(),
            is_lower: Default::default(),
            is_own_open: Default::default(),
            is_partner_open: Default::default(),
            names_one_port: Default::default(),
            now: Default::default(),
            sent: Default::default(),
            sent_is_ordered_set: Default::default(),
            current_fill: Default::default(),
            current_is_lower: Default::default(),
            waits_for_loop: Default::default(),
            partner: Default::default(),
            has_access: DFFWithInit::new(true),
            is_opener: Default::default(),
            nobody_waits: Default::default(),
            awaits_arb: Default::default(),
            others_wait: Default::default(),
            is_alone: Default::default(),
            is_closing: Default::default(),
            fills: Default::default(),
            is_drained: Default::default(),
            quiet: Default::default(),
            tenancy: Default::default(),
            still: Default::default(),
            moves: Default::default(),
            is_stuck: Default::default(),
            lips_left: Default::default(),
            lip_came: Default::default(),
            saw_lip: Default::default(),
            lost_synchronization: Default::default(),
            begins: Default::default(),
            restart: Default::default(),
            sees_f0: Default::default(),
            allowed: Default::default(),
            is_ours: Default::default(),
            listens: Default::default(),
            next: Default::default(),
            fill: Default::default(),
            fill_is_lower: Default::default(),
            transmitted_is_fill: Default::default(),
            own_arb: Default::default(),
            open_word: Default::default(),
            chosen: Default::default(),
            chosen_is_ordered_set: Default::default(),
            talks: Default::default(),
            starts: Default::default(),
            begins_anew: Default::default(),
            sends_close: Default::default(),
            new_lip: Default::default(),
        }
    }
}

impl Logic for LoopPortStateMachine {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_kind, held, held_lip, is_fill, is_own_arb, is_arb_f0, is_lower, is_own_open);
        dff_setup!(self, clock, is_partner_open, now, sent, sent_is_ordered_set, current_fill, partner);
        dff_setup!(
            self,
            clock,
            has_access,
            is_opener,
            nobody_waits,
            others_wait,
            is_alone,
            is_closing,
            fills,
            is_drained,
            quiet
        );
        dff_setup!(
            self,
            clock,
            tenancy,
            still,
            moves,
            is_stuck,
            lips_left,
            lip_came,
            saw_lip,
            lost_synchronization,
            begins,
            restart
        );
        dff_setup!(self, clock, sees_f0, allowed, is_ours, listens, current_is_lower, waits_for_loop, awaits_arb);

        // What came, looked at a cycle ahead. Addresses are in bits 23..=16 and 31..=24.
        self.names_one_port.next = self.received.val().get_bits::<8>(16) == self.received.val().get_bits::<8>(24);
        self.held_kind.d.next = self.kind.val();
        self.held.d.next = self.received.val();
        self.held_lip.d.next = (self.kind.val() == WordKind::Lip) & self.is_repeated.val();
        self.is_fill.d.next = (self.kind.val() == WordKind::Idle) | (self.kind.val() == WordKind::Arb);
        self.is_own_arb.d.next = (self.kind.val() == WordKind::Arb)
            & self.names_one_port.val()
            & self.has_address.val()
            & (self.received.val().get_bits::<8>(16) == self.own.val());
        self.is_arb_f0.d.next = (self.kind.val() == WordKind::Arb)
            & self.names_one_port.val()
            & (self.received.val().get_bits::<8>(16) == self.master_byte.val());
        self.is_lower.d.next = (self.kind.val() == WordKind::Idle)
            | ((self.kind.val() == WordKind::Arb) & (self.received.val().get_bits::<8>(16) > self.own.val()));
        self.is_own_open.d.next = (self.kind.val() == WordKind::Opn)
            & self.has_address.val()
            & (self.received.val().get_bits::<8>(16) == self.own.val());
        self.is_partner_open.d.next =
            (self.kind.val() == WordKind::Opn) & (self.received.val().get_bits::<8>(16) == self.partner.q.val());

        self.own_arb.next =
            self.arb.val() | (bit_cast::<32, 8>(self.own.val()) << 16) | (bit_cast::<32, 8>(self.own.val()) << 24);
        // OPN(yx) names who opens, OPN(yy) does not.
        self.open_word.next = self.opn.val()
            | (bit_cast::<32, 8>(self.partner.q.val()) << 16)
            | (bit_cast::<32, 8>(self.own.val()) << 24);
        if self.is_half_duplex.val() {
            self.open_word.next = self.opn.val()
                | (bit_cast::<32, 8>(self.partner.q.val()) << 16)
                | (bit_cast::<32, 8>(self.partner.q.val()) << 24);
        }

        // The fill word of the moment: the one that came last, but for one's own ARB.
        self.fill.next = self.current_fill.q.val();
        if self.is_fill.q.val() {
            self.fill.next = self.held.q.val();
        }
        if self.is_own_arb.q.val() {
            self.fill.next = self.idle.val();
        }
        self.current_fill.d.next = self.fill.val();
        self.fill_is_lower.next = self.current_is_lower.q.val();
        if self.is_fill.q.val() {
            self.fill_is_lower.next = self.is_lower.q.val() | self.is_own_arb.q.val();
        }
        self.current_is_lower.d.next = self.fill_is_lower.val();
        self.waits_for_loop.d.next = self.wants.val()
            & self.has_address.val()
            & self.has_access.q.val()
            & ((self.destination.val() != self.partner.q.val()) | (self.now.q.val() == LoopState::Monitoring));
        if self.waits_for_loop.q.val() & self.fill_is_lower.val() {
            self.fill.next = self.own_arb.val();
        }
        if self.held_kind.q.val() == WordKind::Idle {
            self.has_access.d.next = true;
            self.others_wait.d.next = false;
        }
        if self.held_kind.q.val() == WordKind::Arb {
            self.others_wait.d.next = !self.is_arb_f0.q.val() & !self.is_own_arb.q.val();
        }
        self.sees_f0.d.next = self.is_arb_f0.q.val();
        // Nobody else will ever take it away.
        if self.awaits_arb.q.val() {
            if self.is_arb_f0.q.val() {
                self.fill.next = self.idle.val();
            } else if self.is_fill.q.val() {
                self.awaits_arb.d.next = false;
            }
        }
        // Who has the loop asks by ARB(F0) whether others want it, until it comes back.
        if self.is_opener.q.val() {
            self.fill.next = self.arb_f0.val();
            if self.nobody_waits.q.val() {
                self.fill.next = self.idle.val();
            }
            if self.is_arb_f0.q.val() {
                self.nobody_waits.d.next = true;
            }
        }

        // The transmitter is at its end when it has sent fill words only for as long as a frame needs to come out of it.
        self.transmitted_is_fill.next =
            self.transmitted_is_ordered_set.val() & (self.transmitted.val() == self.idle.val());
        if !self.transmitted_is_fill.val() | self.allowed.q.val() {
            self.fills.d.next = bits::<4>(0);
        } else if !self.fills.q.val().all() {
            self.fills.d.next = self.fills.q.val() + 1;
        }
        self.is_drained.d.next = (self.fills.q.val() >= self.drained.val()) & !self.allowed.q.val();

        // How long nothing was sent, how long the circuit has been there, how long nothing has moved at all.
        if self.transmitted_is_fill.val() {
            if !self.quiet.q.val().all() {
                self.quiet.d.next = self.quiet.q.val() + 1;
            }
        } else {
            self.quiet.d.next = bits::<12>(0);
        }
        if !self.tenancy.q.val().all() {
            self.tenancy.d.next = self.tenancy.q.val() + 1;
        }
        self.is_stuck.d.next = false;
        self.timeout.next = self.timeouts[0].val();
        if self.speed.val() == LineSpeed::Four {
            self.timeout.next = self.timeouts[1].val();
        }
        if self.speed.val() == LineSpeed::Two {
            self.timeout.next = self.timeouts[2].val();
        }
        if self.still.q.val() == self.timeout.val() {
            self.is_stuck.d.next = true;
        } else {
            self.still.d.next = self.still.q.val() + 1;
        }
        self.lost_synchronization.d.next = self.held_kind.q.val() == WordKind::Unsynchronized;

        // A succession of LIP counts once, and during an initialization not before it has had time to go round.
        self.new_lip.next = self.held_lip.q.val()
            & !self.saw_lip.q.val()
            & !self.lips_left.q.val().get_bit(5)
            & ((self.now.q.val() != LoopState::OpenInit) | self.tenancy.q.val().get_bits::<3>(9).any());
        self.saw_lip.d.next = (self.held_kind.q.val() == WordKind::Lip)
            & (self.saw_lip.q.val()
                | self.new_lip.val()
                | (self.held_lip.q.val() & (self.now.q.val() == LoopState::Initializing)));
        if self.now.q.val() != LoopState::Initializing {
            self.lip_came.d.next = false;
        }
        if self.lips_left.q.val().get_bit(5) {
            self.lips_left.d.next = self.lips_left.q.val() - 1;
        }

        self.next.next = self.now.q.val();
        self.starts.next = false;
        self.begins_anew.next = false;
        self.talks.next = false;
        self.sends_close.next = false;
        // Repeating, unless a state says otherwise.
        self.chosen.next = self.held.q.val();
        self.chosen_is_ordered_set.next = self.held_kind.q.val() != WordKind::Data;
        if self.is_fill.q.val()
            | (self.held_kind.q.val() == WordKind::Invalid)
            | (self.held_kind.q.val() == WordKind::Unsynchronized)
        {
            self.chosen.next = self.fill.val();
        }
        // Ends of frames get the form that they need at this port's running disparity when they are sent.
        if (self.held_kind.q.val() == WordKind::EofN)
            | (self.held_kind.q.val() == WordKind::EofT)
            | (self.held_kind.q.val() == WordKind::EofA)
            | (self.held_kind.q.val() == WordKind::EofNi)
            | (self.held_kind.q.val() == WordKind::EofOther)
        {
            self.chosen.next = self.held.q.val().replace_bit(13, false);
        }
        match self.now.q.val() {
            LoopState::Initializing => {
                self.chosen.next = self.lip.val();
                self.chosen_is_ordered_set.next = true;
                if self.lost_synchronization.q.val() {
                    self.chosen.next = self.lip_failure.val();
                }
                self.still.d.next = bits::<28>(0);
                if self.held_lip.q.val() {
                    self.lip_came.d.next = true;
                }
                if (self.held_lip.q.val() | self.lip_came.q.val()) & !self.lips_left.q.val().get_bit(5) {
                    self.next.next = LoopState::OpenInit;
                    self.begins_anew.next = true;
                }
            }
            LoopState::OpenInit => {
                self.talks.next = true;
                self.fill.next = self.idle.val();
                if self.sends_arb.val() {
                    self.fill.next = self.arb_f0.val();
                }
                if self.closes.val() {
                    self.sends_close.next = true;
                    self.is_opener.d.next = true;
                    self.nobody_waits.d.next = true;
                    self.next.next = LoopState::TransmittedClose;
                }
                if self.held_kind.q.val() == WordKind::Cls {
                    self.sends_close.next = true;
                    self.next.next = LoopState::Monitoring;
                }
            }
            LoopState::Monitoring => {
                self.is_opener.d.next = false;
                if self.is_opener.q.val() & !self.nobody_waits.q.val() {
                    self.awaits_arb.d.next = true;
                }
                if self.wants.val() & self.has_address.val() & self.has_access.q.val() {
                    self.next.next = LoopState::Arbitrating;
                }
                self.partner.d.next = self.destination.val();
            }
            LoopState::Arbitrating => {
                self.partner.d.next = self.destination.val();
                if self.is_lower.q.val() | self.is_own_arb.q.val() {
                    self.chosen.next = self.own_arb.val();
                }
                if !self.wants.val() {
                    self.next.next = LoopState::Monitoring;
                } else if self.is_own_arb.q.val() {
                    self.chosen.next = self.open_word.val();
                    self.next.next = LoopState::Open;
                    self.starts.next = true;
                    self.has_access.d.next = false;
                    self.is_opener.d.next = true;
                    self.nobody_waits.d.next = false;
                    self.is_alone.d.next = false;
                    self.is_closing.d.next = false;
                    self.partner.d.next = self.partner.q.val();
                }
            }
            LoopState::Open => {
                self.talks.next = true;
                if self.is_partner_open.q.val() {
                    self.is_alone.d.next = true;
                }
                if (self.quiet.q.val() >= self.hold_time.val()) & !self.wants.val() {
                    self.is_closing.d.next = true;
                }
                if (self.quiet.q.val() >= self.hold_time.val()) & (self.destination.val() != self.partner.q.val()) {
                    self.is_closing.d.next = true;
                }
                if (self.tenancy.q.val() == self.tenancy_time.val())
                    & (self.others_wait.q.val() | (self.quiet.q.val() == self.tenancy_time.val()))
                {
                    self.is_closing.d.next = true;
                }
                if self.is_alone.q.val() & self.frame_sent.val() {
                    self.is_closing.d.next = true;
                }
                if self.is_closing.q.val() & self.is_drained.q.val() {
                    self.sends_close.next = true;
                    self.next.next = LoopState::TransmittedClose;
                }
                if self.held_kind.q.val() == WordKind::Cls {
                    self.is_closing.d.next = true;
                    self.next.next = LoopState::ReceivedClose;
                    if self.sends_close.val() {
                        self.next.next = LoopState::Monitoring;
                    }
                }
            }
            LoopState::Opened => {
                self.talks.next = true;
                // Its next frame waits for another circuit, long enough.
                if (self.tenancy.q.val() == self.tenancy_time.val()) & self.wants.val() & !self.allowed.q.val() {
                    self.is_closing.d.next = true;
                }
                if self.is_closing.q.val() & self.is_drained.q.val() {
                    self.sends_close.next = true;
                    self.next.next = LoopState::TransmittedClose;
                }
                if self.held_kind.q.val() == WordKind::Cls {
                    self.is_closing.d.next = true;
                    self.next.next = LoopState::ReceivedClose;
                    if self.sends_close.val() {
                        self.next.next = LoopState::Monitoring;
                    }
                }
            }
            LoopState::TransmittedClose => {
                self.chosen.next = self.fill.val();
                self.chosen_is_ordered_set.next = true;
                if self.held_kind.q.val() == WordKind::Cls {
                    self.next.next = LoopState::Monitoring;
                }
            }
            LoopState::ReceivedClose => {
                self.talks.next = true;
                if self.is_drained.q.val() {
                    self.sends_close.next = true;
                    self.next.next = LoopState::Monitoring;
                }
            }
            _ => {
                self.next.next = LoopState::Initializing;
            }
        }
        if self.is_own_open.q.val()
            & ((self.now.q.val() == LoopState::Monitoring) | (self.now.q.val() == LoopState::Arbitrating))
        {
            self.chosen.next = self.fill.val();
            self.next.next = LoopState::Opened;
            self.starts.next = true;
            // Half duplex this is the port itself, to which it never has a frame.
            self.partner.d.next = self.held.q.val().get_bits::<8>(24);
            self.is_alone.d.next = false;
            self.is_closing.d.next = false;
        }
        if self.talks.val() {
            self.chosen.next = self.transmitted.val();
            self.chosen_is_ordered_set.next = self.transmitted_is_ordered_set.val();
            if self.transmitted_is_fill.val() | self.is_alone.q.val() {
                self.chosen.next = self.fill.val();
                self.chosen_is_ordered_set.next = true;
            }
        }
        if self.sends_close.val() {
            self.chosen.next = self.cls.val();
            self.chosen_is_ordered_set.next = true;
        }
        // Somebody initializes the loop: the others are told, and the port begins as well.
        if self.new_lip.val() & (self.now.q.val() != LoopState::Initializing) {
            self.next.next = LoopState::OpenInit;
            self.lips_left.d.next = self.lips.val();
            self.begins_anew.next = true;
        }
        if (self.now.q.val() == LoopState::OpenInit) & self.lips_left.q.val().get_bit(5) {
            self.chosen.next = self.lip.val();
            self.chosen_is_ordered_set.next = true;
        }
        if self.next.val() == LoopState::OpenInit {
            self.is_alone.d.next = false;
            self.is_opener.d.next = false;
        }
        if self.initialize.val() | !self.is_enabled.val() {
            self.next.next = LoopState::Initializing;
            self.lips_left.d.next = self.lips.val();
            self.still.d.next = bits::<28>(0);
        }
        if self.is_stuck.q.val() {
            self.next.next = LoopState::Initializing;
            self.lips_left.d.next = self.lips.val();
            self.still.d.next = bits::<28>(0);
        }
        self.now.d.next = self.next.val();

        self.begins.d.next = self.starts.val();
        self.restart.d.next = self.begins_anew.val();

        // Something moves.
        self.moves.d.next = (self.next.val() != self.now.q.val())
            | (self.held_kind.q.val() == WordKind::Data)
            | ((self.now.q.val() == LoopState::Monitoring) & !self.wants.val() & !self.lost_synchronization.q.val());
        if self.moves.q.val() {
            self.still.d.next = bits::<28>(0);
        }
        if self.begins_anew.val() {
            self.tenancy.d.next = bits::<12>(0);
        }
        if self.starts.val() {
            self.awaits_arb.d.next = false;
            self.quiet.d.next = bits::<12>(0);
            self.tenancy.d.next = bits::<12>(0);
        }

        // What the transmitter may do.
        self.is_ours.d.next = self.talks.val() & !self.lips_left.q.val().get_bit(5);
        self.allowed.d.next = ((self.now.q.val() == LoopState::OpenInit) & !self.lips_left.q.val().get_bit(5))
            | (((self.now.q.val() == LoopState::Open) | (self.now.q.val() == LoopState::Opened))
                & !self.is_closing.q.val()
                & (self.destination.val() == self.partner.q.val()));
        self.listens.d.next = (self.next.val() != LoopState::Initializing)
            & (self.next.val() != LoopState::Monitoring)
            & (self.next.val() != LoopState::Arbitrating);

        self.sent.d.next = self.chosen.val();
        self.sent_is_ordered_set.d.next = self.chosen_is_ordered_set.val();
        if !self.is_enabled.val() {
            self.sent.d.next = self.transmitted.val();
            self.sent_is_ordered_set.d.next = self.transmitted_is_ordered_set.val();
        }
        self.word.next = self.sent.q.val();
        self.is_ordered_set.next = self.sent_is_ordered_set.q.val();
        self.state.next = self.now.q.val();
        self.transmits.next = self.is_ours.q.val();
        self.may_begin.next = self.allowed.q.val();
        self.needs_no_credit.next = self.is_alone.q.val() | (self.now.q.val() == LoopState::OpenInit);
        self.receives.next = self.listens.q.val();
        self.circuit_begins.next = self.begins.q.val();
        self.restarts.next = self.restart.q.val();
        self.sees_arb.next = self.sees_f0.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("timeout", u64::from(self.timeouts[0].val()))])
    }
}
