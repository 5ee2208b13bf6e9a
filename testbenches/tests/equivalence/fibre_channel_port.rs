//! A whole Fibre Channel port, and the blocks that only it has: engine, `simulate()` and Verilog agree.

use crate::blocks::{Lockstep, lockstep};
use crate::drivers::{below, chance, drawn, free, replayed};
use crate::fibre_channel::line_speed;
use anyhow::Result;
use hardpath_rtl::fibre_channel::PortState;
use hardpath_rtl::fibre_channel::arbitrated_loop::LoopState;
use hardpath_rtl::fibre_channel::port::{FibreChannelPort, FrameArbiter, FrameOutbox, PortMailbox, ProcessorPages};
use hardpath_sim::models::fibre_channel::arbitrated_loop::{LoopPort, LoopedHosts};
use hardpath_sim::models::fibre_channel::{Access, HostPort, Neighbour, Transfer};
use hardpath_sim::models::{PageStorage, Pause};
use hardpath_sim::scenario::fibre_channel::link_times;
use hardpath_testbenches::cosimulation::{Interface, StreamDriver};
use hardpath_testbenches::fibre_channel::{PortMachine, TIMES};
use rand::Rng;
use std::cell::RefCell;
use std::rc::Rc;

fn port_state(words: &[u64]) -> PortState {
    let states = [
        PortState::OlsTransmit,
        PortState::OlsReceive,
        PortState::OlsWait,
        PortState::LrTransmit,
        PortState::LrReceive,
        PortState::LrrReceive,
        PortState::Active,
        PortState::NosReceive,
        PortState::NosTransmit,
    ];
    states[words[0] as usize]
}

fn loop_state(words: &[u64]) -> LoopState {
    let states = [
        LoopState::Initializing,
        LoopState::OpenInit,
        LoopState::Monitoring,
        LoopState::Arbitrating,
        LoopState::Open,
        LoopState::Opened,
        LoopState::TransmittedClose,
        LoopState::ReceivedClose,
    ];
    states[words[0] as usize]
}

#[test]
fn frame_outboxes() {
    lockstep(
        "frame-outbox",
        FrameOutbox::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("write", |block| &mut block.write)
                .input("write_word", |block| &mut block.write_word)
                .input("start", |block| &mut block.start)
                .input("clear", |block| &mut block.clear)
                .input("frame_ready", |block| &mut block.frame.ready)
        },
        |_| {
            vec![
                chance("write", 0.5),
                free("write_word", 1.0),
                chance("start", 0.05),
                chance("clear", 0.01),
                chance("frame_ready", 0.7),
            ]
        },
        3000,
    );
}

#[test]
fn frame_arbiters() {
    lockstep(
        "frame-arbiter",
        FrameArbiter::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("target_valid", |block| &mut block.target.valid)
                .input("target_data", |block| &mut block.target.data)
                .input("target_last", |block| &mut block.target.last)
                .input("target_is_first", |block| &mut block.target_is_first)
                .input("target_is_last", |block| &mut block.target_is_last)
                .input("processor_valid", |block| &mut block.processor.valid)
                .input("processor_data", |block| &mut block.processor.data)
                .input("processor_last", |block| &mut block.processor.last)
                .input("processor_is_first", |block| &mut block.processor_is_first)
                .input("processor_is_last", |block| &mut block.processor_is_last)
                .input("frame_ready", |block| &mut block.frame.ready)
        },
        |_| {
            vec![
                Box::new(StreamDriver::with_units("target", 0.8, 9)),
                chance("target_is_first", 0.3),
                chance("target_is_last", 0.3),
                Box::new(StreamDriver::with_units("processor", 0.8, 9)),
                chance("processor_is_first", 0.3),
                chance("processor_is_last", 0.3),
                chance("frame_ready", 0.7),
            ]
        },
        3000,
    );
}

#[test]
fn pages_of_processors() {
    lockstep(
        "processor-pages",
        ProcessorPages::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("asked_valid", |block| &mut block.asked.valid)
                .input("asked_is_write", |block| &mut block.asked.is_write)
                .input("asked_is_trim", |block| &mut block.asked.is_trim)
                .input("asked_compares", |block| &mut block.asked.compares)
                .input("asked_slot", |block| &mut block.asked.slot)
                .input("asked_number", |block| &mut block.asked.number)
                .input("asked_first", |block| &mut block.asked.first)
                .input("asked_last", |block| &mut block.asked.last)
                .input("slots_fetch_word", |block| &mut block.slots.fetch_word)
                .input("page_ready", |block| &mut block.page.ready)
                .input("all_slots_fill", |block| &mut block.all_slots.fill)
                .input("all_slots_fill_address", |block| &mut block.all_slots.fill_address)
                .input("all_slots_fill_word", |block| &mut block.all_slots.fill_word)
                .input("all_slots_fetch_address", |block| &mut block.all_slots.fetch_address)
                .input("all_slots_done", |block| &mut block.all_slots.done)
                .input("all_slots_done_is_write", |block| &mut block.all_slots.done_is_write)
                .input("all_slots_done_slot", |block| &mut block.all_slots.done_slot)
                .input("all_slots_done_failed", |block| &mut block.all_slots.done_failed)
                .input("all_slots_done_mismatched", |block| &mut block.all_slots.done_mismatched)
                .input("start", |block| &mut block.start)
                .input("operation", |block| &mut block.operation)
                .input("number", |block| &mut block.number)
                .input("first", |block| &mut block.first)
                .input("last", |block| &mut block.last)
                .input("place", |block| &mut block.place)
                .input("store", |block| &mut block.store)
                .input("store_word", |block| &mut block.store_word)
        },
        |_| {
            // Places of the processor's slot as often as not, few of them and the last one among them.
            let address = |_: u64, random: &mut rand::rngs::StdRng| {
                let slot: u64 = if random.random_bool(0.5) { 31 } else { random.random_range(0..32) };
                slot << 10 | random.random_range(1016..1024)
            };
            vec![
                chance("asked_valid", 0.5),
                chance("asked_is_write", 0.5),
                chance("asked_is_trim", 0.2),
                chance("asked_compares", 0.2),
                free("asked_slot", 0.5),
                free("asked_number", 0.5),
                free("asked_first", 0.5),
                free("asked_last", 0.5),
                free("slots_fetch_word", 1.0),
                chance("page_ready", 0.5),
                chance("all_slots_fill", 0.3),
                drawn("all_slots_fill_address", address),
                free("all_slots_fill_word", 1.0),
                drawn("all_slots_fetch_address", address),
                chance("all_slots_done", 0.2),
                chance("all_slots_done_is_write", 0.5),
                drawn("all_slots_done_slot", |_, random| random.random_range(28..32)),
                chance("all_slots_done_failed", 0.5),
                chance("all_slots_done_mismatched", 0.5),
                chance("start", 0.1),
                free("operation", 0.5),
                free("number", 0.5),
                free("first", 0.5),
                free("last", 0.5),
                drawn("place", |_, random| random.random_range(1016..1024)),
                chance("store", 0.3),
                free("store_word", 1.0),
            ]
        },
        5000,
    );
}

#[test]
fn port_mailboxes() {
    lockstep(
        "port-mailbox",
        PortMailbox::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("mailbox_request", |block| &mut block.mailbox.request)
                .input("mailbox_write", |block| &mut block.mailbox.write)
                .input("mailbox_address", |block| &mut block.mailbox.address)
                .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
                .input("received_valid", |block| &mut block.received.valid)
                .input("received_data", |block| &mut block.received.data)
                .input("received_last", |block| &mut block.received.last)
                .input_with("state", |block, words| block.state.next = port_state(words))
                .input("outstanding", |block| &mut block.outstanding)
                .input("received_length", |block| &mut block.received_length)
                .input("received_is_first", |block| &mut block.received_is_first)
                .input("received_is_last", |block| &mut block.received_is_last)
                .input("send_busy", |block| &mut block.send_busy)
                .input("inspection_answered", |block| &mut block.inspection.answered)
                .input("inspection_is_open", |block| &mut block.inspection.is_open)
                .input("inspection_is_write", |block| &mut block.inspection.is_write)
                .input("inspection_failed", |block| &mut block.inspection.failed)
                .input("inspection_reason", |block| &mut block.inspection.reason)
                .input("inspection_login", |block| &mut block.inspection.login)
                .input("inspection_originator", |block| &mut block.inspection.originator)
                .input("inspection_moved", |block| &mut block.inspection.moved)
                .input("inspection_failure_valid", |block| &mut block.inspection.failure_valid)
                .input("inspection_failure_exchange", |block| &mut block.inspection.failure_exchange)
                .input("dropped", |block| &mut block.dropped)
                .input("data_dropped", |block| &mut block.data_dropped)
                .input_with("loop_state", |block, words| block.loop_state.next = loop_state(words))
                .input("loop_address", |block| &mut block.loop_address)
                .input("has_loop_address", |block| &mut block.has_loop_address)
                .input("is_loop_master", |block| &mut block.is_loop_master)
                .input("sees_lip", |block| &mut block.sees_lip)
                .input_with("transmit_speed", |block, words| block.transmit_speed.next = line_speed(words))
                .input_with("receive_speed", |block, words| block.receive_speed.next = line_speed(words))
                .input("is_negotiating", |block| &mut block.is_negotiating)
                .input("page_word", |block| &mut block.page_word)
                .input("page_is_busy", |block| &mut block.page_is_busy)
                .input("page_failed", |block| &mut block.page_failed)
                .input("page_mismatched", |block| &mut block.page_mismatched)
        },
        |_| {
            vec![
                chance("mailbox_request", 0.7),
                chance("mailbox_write", 0.5),
                drawn("mailbox_address", |_, random| random.random_range(0..30) * 4),
                free("mailbox_data_in", 1.0),
                Box::new(StreamDriver::with_units("received", 0.8, 9)),
                below("state", 9),
                free("outstanding", 0.5),
                free("received_length", 0.5),
                chance("received_is_first", 0.3),
                chance("received_is_last", 0.3),
                chance("send_busy", 0.3),
                chance("inspection_answered", 0.3),
                chance("inspection_is_open", 0.3),
                chance("inspection_is_write", 0.3),
                chance("inspection_failed", 0.3),
                free("inspection_reason", 0.5),
                free("inspection_login", 0.5),
                free("inspection_originator", 0.5),
                free("inspection_moved", 0.5),
                chance("inspection_failure_valid", 0.3),
                free("inspection_failure_exchange", 0.5),
                chance("dropped", 0.3),
                chance("data_dropped", 0.3),
                below("loop_state", 8),
                free("loop_address", 0.5),
                chance("has_loop_address", 0.5),
                chance("is_loop_master", 0.5),
                chance("sees_lip", 0.3),
                below("transmit_speed", 3),
                below("receive_speed", 3),
                chance("is_negotiating", 0.5),
                free("page_word", 0.5),
                chance("page_is_busy", 0.5),
                chance("page_failed", 0.5),
                chance("page_mismatched", 0.5),
            ]
        },
        4000,
    );
}

/// Names of hosts, higher than the port's.
const HIGHER_NAME: u64 = 0x6000_0000_0000_0001;
/// Inputs of the port.
const INPUTS: [&str; 15] = [
    "received",
    "mailbox_request",
    "mailbox_write",
    "mailbox_address",
    "mailbox_data_in",
    "page_ready",
    "slots_fill",
    "slots_fill_address",
    "slots_fill_word",
    "slots_fetch_address",
    "slots_done",
    "slots_done_is_write",
    "slots_done_slot",
    "slots_done_failed",
    "slots_done_mismatched",
];

type Recorded = Rc<RefCell<Vec<Vec<Vec<u64>>>>>;

/// Records the inputs of a port from now on.
fn record<N: Neighbour>(around: &mut PortMachine<N>) -> Recorded {
    let recorded = Recorded::default();
    let seen = Rc::clone(&recorded);
    around.watch(Box::new(move |simulator| {
        let value = |name: &&str| Ok(vec![simulator.port_named(name).and_then(|port| simulator.get_u64(port))?]);
        seen.borrow_mut().push(INPUTS.iter().map(value).collect::<Result<Vec<_>>>()?);
        Ok(())
    }));
    recorded
}

/// The inputs of a port while a host logs in over a line with some noise, writes and reads.
fn inputs_of_a_port() -> (Vec<String>, Vec<Vec<Vec<u64>>>) {
    let mut around = PortMachine::new(1024, PageStorage::new((5, 300), Pause::random(9, 0.2), 9), 1 << 24, 9);
    let recorded = record(&mut around);
    around.log_in(60_000).expect("a login");
    let initiator = around.host.end.port.initiator().expect("logged in");
    for command in 0..4_u64 {
        let data = (command % 2 == 0).then(|| vec![command as u8 + 1; 10 * 512]);
        initiator.start(Transfer::new(Access::Ten, command / 2 * 25, 10, data));
    }
    initiator.start(Transfer::command(&[0x12, 0, 0, 0, 36, 0], 36));
    for _ in 0..2500 {
        around.step().expect("a cycle");
    }
    around.host.to_array.set_noise(0.002);
    for _ in 0..1500 {
        around.step().expect("a cycle");
    }
    drop(around);
    (INPUTS.map(str::to_owned).to_vec(), recorded.take())
}

/// The inputs of a port while two hosts in its loop log in, write and read, and one of them initializes the loop anew.
fn inputs_of_a_port_in_a_loop() -> (Vec<String>, Vec<Vec<Vec<u64>>>) {
    let host = |number: u64| {
        let name = HIGHER_NAME + number;
        (HostPort::new(name, 8, 1024), LoopPort::new(name, None, 8, 100_000))
    };
    let hosts = LoopedHosts::new((0..2).map(host).collect());
    let storage = PageStorage::new((5, 300), Pause::random(9, 0.2), 9);
    let mut around = PortMachine::with_neighbour(hosts, storage, 1 << 24, 9);
    let recorded = record(&mut around);
    around.log_in(60_000).expect("logins");
    for host in around.host.end.hosts_mut() {
        let initiator = host.initiator().expect("logged in");
        for command in 0..3_u64 {
            let data = (command < 2).then(|| vec![command as u8 + 1; 6 * 512]);
            initiator.start(Transfer::new(Access::Ten, command / 2 * 25, 6, data));
        }
    }
    for _ in 0..3_500 {
        around.step().expect("a cycle");
    }
    around.host.end.ports_mut()[1].initialize();
    for _ in 0..2_500 {
        around.step().expect("a cycle");
    }
    drop(around);
    (INPUTS.map(str::to_owned).to_vec(), recorded.take())
}

#[test]
fn fibre_channel_ports() {
    compare_ports("fibre-channel-port", &inputs_of_a_port());
}

#[test]
fn fibre_channel_ports_in_a_loop() {
    compare_ports("fibre-channel-port-in-a-loop", &inputs_of_a_port_in_a_loop());
}

fn compare_ports(name: &str, recorded: &(Vec<String>, Vec<Vec<Vec<u64>>>)) {
    let count = recorded.1.len();
    let drivers = |_: &Interface| replayed(recorded);
    let comparison =
        Lockstep { name: name.to_owned(), cycles: count, in_step: true, synthesized: false, drivers: &drivers };
    comparison.run(FibreChannelPort::new(link_times(TIMES)), |model| {
        model
            .clock("line_clock", |block| &mut block.line_clock)
            .clock("clock", |block| &mut block.clock)
            .input("received", |block| &mut block.received)
            .input("mailbox_request", |block| &mut block.mailbox.request)
            .input("mailbox_write", |block| &mut block.mailbox.write)
            .input("mailbox_address", |block| &mut block.mailbox.address)
            .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
            .input("page_ready", |block| &mut block.page.ready)
            .input("slots_fill", |block| &mut block.slots.fill)
            .input("slots_fill_address", |block| &mut block.slots.fill_address)
            .input("slots_fill_word", |block| &mut block.slots.fill_word)
            .input("slots_fetch_address", |block| &mut block.slots.fetch_address)
            .input("slots_done", |block| &mut block.slots.done)
            .input("slots_done_is_write", |block| &mut block.slots.done_is_write)
            .input("slots_done_slot", |block| &mut block.slots.done_slot)
            .input("slots_done_failed", |block| &mut block.slots.done_failed)
            .input("slots_done_mismatched", |block| &mut block.slots.done_mismatched)
    });
}
