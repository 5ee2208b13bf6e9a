//! The card as a whole.

use rust_hdl::prelude::*;

use super::{MailboxCrossing, PageBridge, PageCommandSource, PageReadSink};
use crate::circuit::circuit_info;
use crate::fibre_channel::port::FibreChannelPort;
use crate::fibre_channel::target::{SlotSource, StoragePageSource};
use crate::fibre_channel::{LineSpeed, LinkTimes, PortState};
use crate::flash_controller::host_interface::HostCompletionSink;
use crate::flash_controller::mailbox::{MailboxSink, MailboxSource};
use crate::stream::StreamSource;

/// Two Fibre Channel ports, both active, in front of one port of page commands.
///
/// - Latency: that of [`FibreChannelPort`] and of [`PageBridge`]; the processor's that of [`MailboxCrossing`].
/// - Throughput: that of both lines, each at its own speed; 4 KB pages in whole words of 128 bits below.
/// - Back-pressure: that of the lines above is credit; below, commands wait.
/// - Limits: those of [`FibreChannelPort`] and [`PageBridge`]; one logical unit behind both ports.
#[derive(LogicBlock)]
pub struct InterfaceCard {
    /// Clock of each port's received line, rising edge.
    pub line_clocks: Vec<Signal<In, Clock>>,
    /// Clock of each port, rising edge: that of the words that it sends.
    pub clocks: Vec<Signal<In, Clock>>,
    /// Clock of what is below and of the processor, rising edge.
    pub storage_clock: Signal<In, Clock>,
    /// Forty bits of each line, by its clock, the first in bit 0.
    pub received: Vec<Signal<In, Bits<40>>>,
    /// Forty bits to send on each line, by its port's clock, the first in bit 0.
    pub sent: Vec<Signal<Out, Bits<40>>>,
    /// Speed at which each line is to be sent.
    pub transmit_speeds: Vec<Signal<Out, LineSpeed>>,
    /// Speed at which each line is to be received.
    pub receive_speeds: Vec<Signal<Out, LineSpeed>>,
    /// The processor's port, by `storage_clock`: registers of port 0 from offset 000h, of port 1 from 100h, each as in
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

    crossings: Vec<MailboxCrossing>,
    ports: Vec<FibreChannelPort>,
    bridge: PageBridge,
    port_number: Vec<Constant<Bits<1>>>,
    answered: Signal<Local, Bit>,
    answer: Signal<Local, Bits<32>>,
}

impl InterfaceCard {
    /// A card whose ports have these times.
    ///
    /// # Panics
    /// If a time is not 1..2^28 words.
    pub fn new(times: LinkTimes) -> Self {
        Self {
            line_clocks: vec![Default::default(), Default::default()],
            clocks: vec![Default::default(), Default::default()],
            storage_clock: Default::default(),
            received: vec![Default::default(), Default::default()],
            sent: vec![Default::default(), Default::default()],
            transmit_speeds: vec![Default::default(), Default::default()],
            receive_speeds: vec![Default::default(), Default::default()],
            mailbox: Default::default(),
            states: vec![Default::default(), Default::default()],
            command: Default::default(),
            write_data: Default::default(),
            read_data: Default::default(),
            completion: Default::default(),
            crossings: vec![Default::default(), Default::default()],
            ports: vec![FibreChannelPort::new(times), FibreChannelPort::new(times)],
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
        self.bridge.storage_clock.next = self.storage_clock.val();
        PageCommandSource::link(&mut self.command, &mut self.bridge.command);
        StreamSource::<128>::link(&mut self.write_data, &mut self.bridge.write_data);
        PageReadSink::link(&mut self.read_data, &mut self.bridge.read_data);
        HostCompletionSink::link(&mut self.completion, &mut self.bridge.completion);
        self.answered.next = false;
        self.answer.next = bits::<32>(0);
        for i in 0..2 {
            self.ports[i].line_clock.next = self.line_clocks[i].val();
            self.ports[i].clock.next = self.clocks[i].val();
            self.bridge.clocks[i].next = self.clocks[i].val();
            self.ports[i].received.next = self.received[i].val();
            self.sent[i].next = self.ports[i].sent.val();
            self.transmit_speeds[i].next = self.ports[i].transmit_speed.val();
            self.receive_speeds[i].next = self.ports[i].receive_speed.val();
            self.states[i].next = self.ports[i].state.val();
            StoragePageSource::join(&mut self.ports[i].page, &mut self.bridge.pages[i]);
            SlotSource::join(&mut self.bridge.slots[i], &mut self.ports[i].slots);
            self.crossings[i].clock.next = self.storage_clock.val();
            self.crossings[i].far_clock.next = self.clocks[i].val();
            MailboxSource::join(&mut self.crossings[i].far, &mut self.ports[i].mailbox);
            self.crossings[i].mailbox.request.next =
                self.mailbox.request.val() & (self.mailbox.address.val().get_bits::<1>(8) == self.port_number[i].val());
            self.crossings[i].mailbox.write.next = self.mailbox.write.val();
            self.crossings[i].mailbox.address.next = bit_cast::<12, 8>(self.mailbox.address.val().get_bits::<8>(0));
            self.crossings[i].mailbox.data_in.next = self.mailbox.data_in.val();
            if self.crossings[i].mailbox.done.val() {
                self.answered.next = true;
                self.answer.next = self.crossings[i].mailbox.data_out.val();
            }
        }
        self.mailbox.done.next = self.answered.val();
        self.mailbox.data_out.next = self.answer.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
