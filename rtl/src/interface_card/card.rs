//! The card as a whole.

use rust_hdl::prelude::*;

use super::{PageBridge, PageCommandSource, PageReadSink};
use crate::circuit::circuit_info;
use crate::fibre_channel::PortState;
use crate::fibre_channel::port::FibreChannelPort;
use crate::fibre_channel::target::{SlotSource, StoragePageSource};
use crate::flash_controller::host_interface::HostCompletionSink;
use crate::flash_controller::mailbox::MailboxSink;
use crate::stream::StreamSource;

/// Two Fibre Channel ports, both active, in front of one port of page commands.
///
/// - Latency: that of [`FibreChannelPort`] and of [`PageBridge`].
/// - Throughput: that of both lines; 4 KB pages in whole words of 128 bits below.
/// - Back-pressure: that of the lines above is credit; below, commands wait.
/// - Limits: those of [`FibreChannelPort`] and [`PageBridge`]; one logical unit behind both ports.
#[derive(LogicBlock)]
pub struct InterfaceCard {
    /// Clock of each port's received line, rising edge.
    pub line_clocks: Vec<Signal<In, Clock>>,
    /// Clock of the ports, rising edge.
    pub clock: Signal<In, Clock>,
    /// Clock of what is below, rising edge.
    pub storage_clock: Signal<In, Clock>,
    /// Forty bits of each line, by its clock, the first in bit 0.
    pub received: Vec<Signal<In, Bits<40>>>,
    /// Forty bits to send on each line, the first in bit 0.
    pub sent: Vec<Signal<Out, Bits<40>>>,
    /// The processor's port: registers of port 0 from offset 000h, of port 1 from 100h, each as in
    /// [`PORT_REGISTERS`](crate::fibre_channel::port::PORT_REGISTERS).
    pub mailbox: MailboxSink,
    /// State of each link.
    pub states: Vec<Signal<Out, PortState>>,

    /// Page commands; by `storage_clock`, as all that follows.
    pub command: PageCommandSource,
    /// Words of writes; `last` at the end of each page.
    pub write_data: StreamSource<128>,
    /// Words of reads.
    pub read_data: PageReadSink,
    /// Ends of commands.
    pub completion: HostCompletionSink,

    ports: Vec<FibreChannelPort>,
    bridge: PageBridge,
    port_number: Vec<Constant<Bits<1>>>,
    answered: Signal<Local, Bit>,
    answer: Signal<Local, Bits<32>>,
}

impl InterfaceCard {
    /// A card whose ports have this R_T_TOV and shortest OLS in cycles.
    ///
    /// # Panics
    /// If a time is not 1..2^28 cycles.
    pub fn new(receiver_transmitter_timeout: u64, offline_time: u64) -> Self {
        let port = || FibreChannelPort::new(receiver_transmitter_timeout, offline_time);
        Self {
            line_clocks: vec![Default::default(), Default::default()],
            clock: Default::default(),
            storage_clock: Default::default(),
            received: vec![Default::default(), Default::default()],
            sent: vec![Default::default(), Default::default()],
            mailbox: Default::default(),
            states: vec![Default::default(), Default::default()],
            command: Default::default(),
            write_data: Default::default(),
            read_data: Default::default(),
            completion: Default::default(),
            ports: vec![port(), port()],
            bridge: Default::default(),
            port_number: (0..2_u64).map(|number| Constant::new(number.into())).collect(),
            answered: Default::default(),
            answer: Default::default(),
        }
    }
}

impl Logic for InterfaceCard {
    #[hdl_gen]
    fn update(&mut self) {
        self.bridge.clock.next = self.clock.val();
        self.bridge.storage_clock.next = self.storage_clock.val();
        PageCommandSource::link(&mut self.command, &mut self.bridge.command);
        StreamSource::<128>::link(&mut self.write_data, &mut self.bridge.write_data);
        PageReadSink::link(&mut self.read_data, &mut self.bridge.read_data);
        HostCompletionSink::link(&mut self.completion, &mut self.bridge.completion);
        self.answered.next = false;
        self.answer.next = bits::<32>(0);
        for i in 0..2 {
            self.ports[i].line_clock.next = self.line_clocks[i].val();
            self.ports[i].clock.next = self.clock.val();
            self.ports[i].received.next = self.received[i].val();
            self.sent[i].next = self.ports[i].sent.val();
            self.states[i].next = self.ports[i].state.val();
            StoragePageSource::join(&mut self.ports[i].page, &mut self.bridge.pages[i]);
            SlotSource::join(&mut self.bridge.slots[i], &mut self.ports[i].slots);
            self.ports[i].mailbox.request.next =
                self.mailbox.request.val() & (self.mailbox.address.val().get_bits::<1>(8) == self.port_number[i].val());
            self.ports[i].mailbox.write.next = self.mailbox.write.val();
            self.ports[i].mailbox.address.next = bit_cast::<12, 8>(self.mailbox.address.val().get_bits::<8>(0));
            self.ports[i].mailbox.data_in.next = self.mailbox.data_in.val();
            if self.ports[i].mailbox.done.val() {
                self.answered.next = true;
                self.answer.next = self.ports[i].mailbox.data_out.val();
            }
        }
        self.mailbox.done.next = self.answered.val();
        self.mailbox.data_out.next = self.answer.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
