//! Port state machine of a point-to-point link.

use rust_hdl::prelude::*;

use super::{LineSpeed, LinkTimes, WordKind};
use crate::circuit::circuit_info;

/// State of the port, named as in FC-FS.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum PortState {
    /// OL1, OLS transmit: sends OLS.
    OlsTransmit,
    /// OL2, OLS receive: sends LR.
    OlsReceive,
    /// OL3, wait for OLS: sends NOS.
    OlsWait,
    /// LR1, LR transmit: sends LR.
    LrTransmit,
    /// LR2, LR receive: sends LRR.
    LrReceive,
    /// LR3, LRR receive: sends fill words.
    LrrReceive,
    /// AC, active: sends frames.
    Active,
    /// LF1, NOS receive: sends OLS.
    NosReceive,
    /// LF2, NOS transmit: sends NOS.
    NosTransmit,
}

/// What a port sends.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum PortOutput {
    /// OLS.
    Ols,
    /// NOS.
    Nos,
    /// LR.
    Lr,
    /// LRR.
    Lrr,
    /// Fill words.
    Fill,
    /// Frames, R_RDY and fill words.
    Frames,
}

/// The link between two ports: offline, link reset, active, link failure.
///
/// It begins offline and sends OLS for some time before it looks at what comes. A primitive sequence counts from its third
/// ordered set on. Transitions are those of facts/fc.md, section 1. Word synchronization that is lost for longer than R_T_TOV
/// is a link failure. From memory of FC-FS: without an answer OLS transmit ends in waiting for OLS, and a link reset or
/// initialization in which nothing changes for R_T_TOV is a link failure.
///
/// - Latency: 2 cycles from a word to the state.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: both times below 2^28 words of 8 Gb/s.
#[derive(LogicBlock)]
pub struct PortStateMachine {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// What the received word is.
    pub kind: Signal<In, WordKind>,
    /// It is the third or a later one of the same ordered set in succession.
    pub is_repeated: Signal<In, Bit>,
    /// Resets an active link: too much credit was used, or what was sent came to nothing.
    pub reset_link: Signal<In, Bit>,
    /// Takes the link offline and up again.
    pub go_offline: Signal<In, Bit>,
    /// Speed of the line, whose words the times are counted in.
    pub speed: Signal<In, LineSpeed>,
    /// State of the port.
    pub state: Signal<Out, PortState>,
    /// What the port sends.
    pub transmits: Signal<Out, PortOutput>,
    /// Frames may be sent and are to be received.
    pub is_active: Signal<Out, Bit>,
    /// Credit is as after login: the link was reset in this cycle.
    pub credit_is_reset: Signal<Out, Bit>,
    /// Word synchronization was lost for longer than R_T_TOV, in one cycle.
    pub failed: Signal<Out, Bit>,

    /// R_T_TOV by speed.
    timeouts: Vec<Constant<Bits<28>>>,
    /// Cycles for which OLS is sent at least, by speed.
    offline_times: Vec<Constant<Bits<28>>>,
    timeout: Signal<Local, Bits<28>>,
    offline_time: Signal<Local, Bits<28>>,

    /// The rows of the table: states, what they send, and where what is received takes them.
    table_state: Vec<Constant<PortState>>,
    table_output: Vec<Constant<PortOutput>>,
    on_nos: Vec<Constant<PortState>>,
    on_ols: Vec<Constant<PortState>>,
    on_lr: Vec<Constant<PortState>>,
    on_lrr: Vec<Constant<PortState>>,
    on_fill: Vec<Constant<PortState>>,

    now: DFF<PortState>,
    sends: DFF<PortOutput>,
    active: DFF<Bit>,
    reset: DFF<Bit>,
    failure: DFF<Bit>,
    is_begun: DFF<Bit>,
    /// Cycles until the state may or must be left.
    wait: DFF<Bits<28>>,
    waits: DFF<Bit>,
    entered: DFF<Bit>,
    /// Cycles out of synchronization until the link has failed.
    patience: DFF<Bits<28>>,
    lost_patience: DFF<Bit>,

    next_state: Signal<Local, PortState>,
    is_transient: Signal<Local, Bit>,
    enters: Signal<Local, Bit>,
    nos: DFF<Bit>,
    ols: DFF<Bit>,
    lr: DFF<Bit>,
    lrr: DFF<Bit>,
    fill: DFF<Bit>,
    synchronized: DFF<Bit>,
}

use PortState::{Active, LrReceive, LrTransmit, LrrReceive, NosReceive, NosTransmit, OlsReceive, OlsTransmit, OlsWait};

/// What a port sends in a state, and where NOS, OLS, LR, LRR and fill words take it; facts/fc.md, section 1, where one source
/// has it.
const TABLE: [(PortState, PortOutput, [PortState; 5]); 9] = [
    (Active, PortOutput::Frames, [NosReceive, OlsReceive, LrReceive, LrrReceive, Active]),
    (LrTransmit, PortOutput::Lr, [NosReceive, OlsReceive, LrReceive, LrrReceive, LrTransmit]),
    (LrReceive, PortOutput::Lrr, [NosReceive, OlsReceive, LrReceive, LrrReceive, Active]),
    (LrrReceive, PortOutput::Fill, [NosReceive, OlsReceive, LrReceive, LrrReceive, Active]),
    (NosReceive, PortOutput::Ols, [NosReceive, OlsReceive, LrReceive, NosReceive, NosReceive]),
    (NosTransmit, PortOutput::Nos, [NosReceive, OlsReceive, NosTransmit, NosTransmit, NosTransmit]),
    (OlsTransmit, PortOutput::Ols, [NosReceive, OlsReceive, LrReceive, OlsTransmit, OlsTransmit]),
    (OlsReceive, PortOutput::Lr, [NosReceive, OlsReceive, LrReceive, LrrReceive, OlsReceive]),
    (OlsWait, PortOutput::Nos, [NosReceive, OlsReceive, NosTransmit, NosTransmit, OlsReceive]),
];

impl PortStateMachine {
    /// A port with these times.
    ///
    /// # Panics
    /// If R_T_TOV or the time of OLS is not 1..2^28 words.
    pub fn new(times: LinkTimes) -> Self {
        let target = |column: usize| TABLE.iter().map(|row| Constant::new(row.2[column])).collect();
        Self {
            clock: Default::default(),
            kind: Default::default(),
            is_repeated: Default::default(),
            reset_link: Default::default(),
            go_offline: Default::default(),
            speed: Default::default(),
            state: Default::default(),
            transmits: Default::default(),
            is_active: Default::default(),
            credit_is_reset: Default::default(),
            failed: Default::default(),
            timeouts: LinkTimes::by_speed(times.timeout),
            offline_times: LinkTimes::by_speed(times.offline),
            timeout: Default::default(),
            offline_time: Default::default(),
            table_state: TABLE.iter().map(|row| Constant::new(row.0)).collect(),
            table_output: TABLE.iter().map(|row| Constant::new(row.1)).collect(),
            on_nos: target(0),
            on_ols: target(1),
            on_lr: target(2),
            on_lrr: target(3),
            on_fill: target(4),
            now: Default::default(),
            sends: Default::default(),
            active: Default::default(),
            reset: Default::default(),
            failure: Default::default(),
            is_begun: Default::default(),
            wait: Default::default(),
            waits: Default::default(),
            entered: Default::default(),
            patience: Default::default(),
            lost_patience: Default::default(),
            next_state: Default::default(),
            is_transient: Default::default(),
            enters: Default::default(),
            nos: Default::default(),
            ols: Default::default(),
            lr: Default::default(),
            lrr: Default::default(),
            fill: Default::default(),
            synchronized: Default::default(),
        }
    }
}

impl Logic for PortStateMachine {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, now, sends, active, reset, failure, is_begun, wait, waits, patience, lost_patience);
        dff_setup!(self, clock, entered, nos, ols, lr, lrr, fill, synchronized);

        self.nos.d.next = self.is_repeated.val() & (self.kind.val() == WordKind::Nos);
        self.ols.d.next = self.is_repeated.val() & (self.kind.val() == WordKind::Ols);
        self.lr.d.next = self.is_repeated.val() & (self.kind.val() == WordKind::Lr);
        self.lrr.d.next = self.is_repeated.val() & (self.kind.val() == WordKind::Lrr);
        self.fill.d.next =
            self.is_repeated.val() & ((self.kind.val() == WordKind::Idle) | (self.kind.val() == WordKind::Arb));

        self.synchronized.d.next = self.kind.val() != WordKind::Unsynchronized;

        // Which of them moves which state.
        self.next_state.next = self.now.q.val();
        for i in 0..9 {
            if self.now.q.val() == self.table_state[i].val() {
                if self.nos.q.val() {
                    self.next_state.next = self.on_nos[i].val();
                }
                if self.ols.q.val() {
                    self.next_state.next = self.on_ols[i].val();
                }
                if self.lr.q.val() {
                    self.next_state.next = self.on_lr[i].val();
                }
                if self.lrr.q.val() {
                    self.next_state.next = self.on_lrr[i].val();
                }
                if self.fill.q.val() {
                    self.next_state.next = self.on_fill[i].val();
                }
            }
        }
        // What comes counts only when OLS was sent long enough, and then something has to come.
        if self.now.q.val() == PortState::OlsTransmit {
            if self.waits.q.val() {
                self.next_state.next = PortState::OlsTransmit;
            } else if self.next_state.val() == PortState::OlsTransmit {
                self.next_state.next = PortState::OlsWait;
            }
        }
        if (self.now.q.val() == PortState::Active) & self.reset_link.val() {
            self.next_state.next = PortState::LrTransmit;
        }
        // Nothing changes in a link reset or initialization.
        self.is_transient.next = (self.now.q.val() == PortState::LrTransmit)
            | (self.now.q.val() == PortState::LrReceive)
            | (self.now.q.val() == PortState::LrrReceive)
            | (self.now.q.val() == PortState::OlsReceive);
        if self.is_transient.val() & !self.waits.q.val() {
            self.next_state.next = PortState::NosTransmit;
        }
        if self.lost_patience.q.val() & (self.now.q.val() != PortState::OlsTransmit) {
            self.next_state.next = PortState::NosTransmit;
        }
        if self.go_offline.val() | !self.is_begun.q.val() {
            self.next_state.next = PortState::OlsTransmit;
        }
        self.is_begun.d.next = true;
        self.now.d.next = self.next_state.val();

        self.timeout.next = self.timeouts[0].val();
        self.offline_time.next = self.offline_times[0].val();
        if self.speed.val() == LineSpeed::Four {
            self.timeout.next = self.timeouts[1].val();
            self.offline_time.next = self.offline_times[1].val();
        }
        if self.speed.val() == LineSpeed::Two {
            self.timeout.next = self.timeouts[2].val();
            self.offline_time.next = self.offline_times[2].val();
        }
        // The time of a state begins a cycle after it: the way to so many registers is long.
        self.enters.next = (self.next_state.val() != self.now.q.val()) | self.go_offline.val() | !self.is_begun.q.val();
        self.entered.d.next = self.enters.val();
        self.waits.d.next = self.wait.q.val().any() | self.enters.val() | self.entered.q.val();
        if self.wait.q.val().any() {
            self.wait.d.next = self.wait.q.val() - 1;
        }
        if self.entered.q.val() {
            self.wait.d.next = self.timeout.val();
            if self.now.q.val() == PortState::OlsTransmit {
                self.wait.d.next = self.offline_time.val();
            }
        }
        self.lost_patience.d.next = false;
        self.failure.d.next = false;
        if self.synchronized.q.val() {
            self.patience.d.next = self.timeout.val();
        } else if self.patience.q.val().any() {
            self.patience.d.next = self.patience.q.val() - 1;
        } else {
            self.lost_patience.d.next = true;
            self.failure.d.next = !self.lost_patience.q.val();
        }

        self.active.d.next = self.next_state.val() == PortState::Active;
        self.reset.d.next = (self.next_state.val() != PortState::Active) & self.active.q.val();
        for i in 0..9 {
            if self.next_state.val() == self.table_state[i].val() {
                self.sends.d.next = self.table_output[i].val();
            }
        }

        self.state.next = self.now.q.val();
        self.transmits.next = self.sends.q.val();
        self.is_active.next = self.active.q.val();
        self.credit_is_reset.next = self.reset.q.val();
        self.failed.next = self.failure.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let words = |times: &[Constant<Bits<28>>]| u64::from(times[0].val());
        circuit_info::<Self>(&[("timeout", words(&self.timeouts)), ("offline", words(&self.offline_times))])
    }
}
