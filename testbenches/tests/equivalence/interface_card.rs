//! What joins ports to flash: engine, `simulate()` and Verilog agree.

use crate::blocks::{Lockstep, events_of, lockstep, stream_sink, stream_source};
use crate::controller::send;
use crate::drivers::{below, chance, drawn, free, replayed};

use hardpath_rtl::interface_card::{
    CommandMerger, InterfaceCard, MailboxCrossing, PageBridge, PageCrossing, PageDispatcher, PageFiller, PagePath,
    PageWriter,
};
use hardpath_rtl::stream::AsynchronousFifo;
use hardpath_sim::models::fibre_channel::{Access, Transfer};
use hardpath_sim::models::{PageMemory, Pause};
use hardpath_sim::scenario::fibre_channel::link_times;
use hardpath_testbenches::cosimulation::{Driver, Interface, StreamDriver, StreamListener};
use hardpath_testbenches::fibre_channel::{TIMES, card};
use rand::Rng;
use std::cell::RefCell;
use std::rc::Rc;

fn take(name: &str, ready: f64) -> Box<dyn Driver> {
    Box::new(StreamListener::new(name, ready))
}

/// Names the inputs of the ports to the device below.
macro_rules! device_port {
    ($model:expr) => {
        $model
            .input("command_ready", |block| &mut block.command.ready)
            .input("write_data_ready", |block| &mut block.write_data.ready)
            .input("read_data_valid", |block| &mut block.read_data.valid)
            .input("read_data_tag", |block| &mut block.read_data.tag)
            .input("read_data_data", |block| &mut block.read_data.data)
            .input("read_data_last", |block| &mut block.read_data.last)
            .input("read_data_first_block", |block| &mut block.read_data.first_block)
            .input("completion_valid", |block| &mut block.completion.valid)
            .input("completion_tag", |block| &mut block.completion.tag)
            .input("completion_status", |block| &mut block.completion.status)
    };
}

/// Names the inputs of a port's page requests.
macro_rules! page_requests {
    ($model:expr, $port:expr) => {{
        let port = $port;
        $model
            .input(&format!("pages_{port}_valid"), move |block| &mut block.pages[port].valid)
            .input(&format!("pages_{port}_is_write"), move |block| &mut block.pages[port].is_write)
            .input(&format!("pages_{port}_is_trim"), move |block| &mut block.pages[port].is_trim)
            .input(&format!("pages_{port}_compares"), move |block| &mut block.pages[port].compares)
            .input(&format!("pages_{port}_slot"), move |block| &mut block.pages[port].slot)
            .input(&format!("pages_{port}_number"), move |block| &mut block.pages[port].number)
            .input(&format!("pages_{port}_first"), move |block| &mut block.pages[port].first)
            .input(&format!("pages_{port}_last"), move |block| &mut block.pages[port].last)
    }};
}

/// A device that gives words and ends of any tags.
fn device(last: f64, ends: f64) -> Vec<Box<dyn Driver>> {
    vec![
        take("command", 0.9),
        take("write_data", 0.9),
        chance("read_data_valid", 0.7),
        below("read_data_tag", 128),
        free("read_data_data", 0.7),
        chance("read_data_last", last),
        below("read_data_first_block", 8),
        chance("completion_valid", ends),
        below("completion_tag", 128),
        below("completion_status", 3),
    ]
}

/// A port that asks for pages in so many cycles.
fn requests(port: usize, asks: f64) -> Vec<Box<dyn Driver>> {
    vec![
        chance(&format!("pages_{port}_valid"), asks),
        chance(&format!("pages_{port}_is_write"), 0.7),
        chance(&format!("pages_{port}_is_trim"), 0.2),
        chance(&format!("pages_{port}_compares"), 0.2),
        below(&format!("pages_{port}_slot"), 32),
        below(&format!("pages_{port}_number"), 200),
        below(&format!("pages_{port}_first"), 2),
        below(&format!("pages_{port}_last"), 8),
    ]
}

fn asynchronous_fifo<const W: usize, const A: usize>(offer: f64, ready: f64) {
    let events = lockstep(
        &format!("asynchronous-fifo-{W}-{A}-{offer}-{ready}"),
        AsynchronousFifo::<W, A>::default(),
        |model| {
            let model =
                model.clock("clock", |block| &mut block.clock).clock("source_clock", |block| &mut block.source_clock);
            stream_source!(stream_sink!(model, "sink", sink), "source", source)
        },
        |_| vec![send("sink", offer), take("source", ready)],
        4000,
    );
    assert!(events_of(&events, "source") > 500, "{events:?}");
}

#[test]
fn asynchronous_fifos_of_several_shapes() {
    asynchronous_fifo::<8, 4>(1.0, 0.5);
    asynchronous_fifo::<5, 6>(0.5, 1.0);
    asynchronous_fifo::<38, 4>(0.5, 1.0);
    asynchronous_fifo::<44, 6>(0.9, 0.3);
    asynchronous_fifo::<134, 9>(0.9, 0.9);
}

#[test]
fn page_crossings() {
    lockstep(
        "page-crossing",
        PageCrossing::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .clock("storage_clock", |block| &mut block.storage_clock)
                .input("asked_valid", |block| &mut block.asked.valid)
                .input("asked_is_write", |block| &mut block.asked.is_write)
                .input("asked_is_trim", |block| &mut block.asked.is_trim)
                .input("asked_compares", |block| &mut block.asked.compares)
                .input("asked_slot", |block| &mut block.asked.slot)
                .input("asked_number", |block| &mut block.asked.number)
                .input("asked_first", |block| &mut block.asked.first)
                .input("asked_last", |block| &mut block.asked.last)
                .input("page_ready", |block| &mut block.page.ready)
        },
        |_| {
            vec![
                chance("asked_valid", 0.7),
                chance("asked_is_write", 0.5),
                chance("asked_is_trim", 0.5),
                chance("asked_compares", 0.5),
                free("asked_slot", 1.0),
                free("asked_number", 1.0),
                free("asked_first", 1.0),
                free("asked_last", 1.0),
                chance("page_ready", 0.5),
            ]
        },
        3000,
    );
}

#[test]
fn mailbox_crossings() {
    lockstep(
        "mailbox-crossing",
        MailboxCrossing::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .clock("far_clock", |block| &mut block.far_clock)
                .input("mailbox_request", |block| &mut block.mailbox.request)
                .input("mailbox_write", |block| &mut block.mailbox.write)
                .input("mailbox_address", |block| &mut block.mailbox.address)
                .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
                .input("far_done", |block| &mut block.far.done)
                .input("far_data_out", |block| &mut block.far.data_out)
        },
        |_| {
            vec![
                chance("mailbox_request", 0.8),
                chance("mailbox_write", 0.5),
                free("mailbox_address", 0.1),
                free("mailbox_data_in", 0.1),
                chance("far_done", 0.5),
                free("far_data_out", 1.0),
            ]
        },
        3000,
    );
}

#[test]
fn page_dispatchers() {
    lockstep(
        "page-dispatcher",
        PageDispatcher::default(),
        |mut model| {
            model = model.clock("clock", |block| &mut block.clock);
            for port in 0..2 {
                model = page_requests!(model, port)
                    .input(&format!("ended_{port}"), move |block| &mut block.ended[port])
                    .input(&format!("ended_slot_{port}"), move |block| &mut block.ended_slot[port])
                    .input(&format!("writes_{port}_ready"), move |block| &mut block.writes[port].ready);
            }
            stream_source!(model, "reads", reads)
        },
        |_| {
            let mut drivers = vec![take("reads", 0.7)];
            for port in 0..2 {
                drivers.extend(requests(port, 0.7));
                drivers.push(chance(&format!("ended_{port}"), 0.3));
                drivers.push(below(&format!("ended_slot_{port}"), 32));
                drivers.push(take(&format!("writes_{port}"), 0.7));
            }
            drivers
        },
        4000,
    );
}

#[test]
fn page_writers() {
    lockstep(
        "page-writer",
        PageWriter::default(),
        |model| {
            let model = model
                .clock("clock", |block| &mut block.clock)
                .input("merged", |block| &mut block.merged)
                .input("merge_failed", |block| &mut block.merge_failed)
                .input("mismatch_taken", |block| &mut block.mismatch_taken)
                .input("fetch_word", |block| &mut block.fetch_word)
                .input("old_word", |block| &mut block.old_word);
            stream_source!(stream_source!(stream_sink!(model, "pages", pages), "commands", commands), "words", words)
        },
        |_| {
            vec![
                send("pages", 0.5),
                take("commands", 0.5),
                take("words", 0.9),
                chance("merged", 0.1),
                chance("merge_failed", 0.05),
                chance("mismatch_taken", 0.3),
                // Both words are one for some time, and then not.
                drawn("fetch_word", |cycle, random| {
                    let word = cycle.wrapping_mul(0x9E37_79B9) & 0xFFFF_FFFF;
                    if cycle % 1_000 < 700 { word } else { random.random::<u32>().into() }
                }),
                drawn("old_word", |cycle, _| cycle.wrapping_mul(0x9E37_79B9) & 0xFFFF_FFFF),
            ]
        },
        9000,
    );
}

fn whole_pages(name: &str) -> Box<dyn Driver> {
    Box::new(StreamDriver::with_units(name, 0.8, 256))
}

#[test]
fn page_fillers() {
    lockstep(
        "page-filler",
        PageFiller::default(),
        |model| {
            let model = model
                .clock("clock", |block| &mut block.clock)
                .input("asks", |block| &mut block.asks)
                .input("asked_slot", |block| &mut block.asked_slot)
                .input("asked_first", |block| &mut block.asked_first)
                .input("is_merging", |block| &mut block.is_merging)
                .input("merging_slot", |block| &mut block.merging_slot)
                .input("mismatched", |block| &mut block.mismatched);
            stream_sink!(stream_sink!(model, "words", words), "ends", ends)
        },
        |_| {
            vec![
                whole_pages("words"),
                send("ends", 0.3),
                chance("asks", 0.3),
                below("asked_slot", 32),
                below("asked_first", 8),
                chance("is_merging", 0.5),
                below("merging_slot", 32),
                chance("mismatched", 0.3),
            ]
        },
        5000,
    );
}

#[test]
fn page_paths() {
    lockstep(
        "page-path",
        PagePath::default(),
        |model| {
            let model = model
                .clock("clock", |block| &mut block.clock)
                .input("asks", |block| &mut block.asks)
                .input("asked_slot", |block| &mut block.asked_slot)
                .input("asked_first", |block| &mut block.asked_first)
                .input("slots_fetch_word", |block| &mut block.slots.fetch_word);
            let model = stream_sink!(model, "writes", writes);
            let model = stream_sink!(stream_sink!(model, "read_words", read_words), "ends", ends);
            stream_source!(stream_source!(model, "commands", commands), "write_words", write_words)
        },
        |_| {
            vec![
                send("writes", 0.1),
                whole_pages("read_words"),
                send("ends", 0.3),
                take("commands", 0.7),
                take("write_words", 0.9),
                chance("asks", 0.3),
                below("asked_slot", 32),
                below("asked_first", 8),
                free("slots_fetch_word", 1.0),
            ]
        },
        6000,
    );
}

#[test]
fn command_mergers() {
    lockstep(
        "command-merger",
        CommandMerger::default(),
        |mut model| {
            model = device_port!(model.clock("clock", |block| &mut block.clock));
            for port in 0..2 {
                model = model
                    .input(&format!("writes_{port}_valid"), move |block| &mut block.writes[port].valid)
                    .input(&format!("writes_{port}_data"), move |block| &mut block.writes[port].data)
                    .input(&format!("writes_{port}_last"), move |block| &mut block.writes[port].last)
                    .input(&format!("write_words_{port}_valid"), move |block| &mut block.write_words[port].valid)
                    .input(&format!("write_words_{port}_data"), move |block| &mut block.write_words[port].data)
                    .input(&format!("write_words_{port}_last"), move |block| &mut block.write_words[port].last)
                    .input(&format!("read_words_{port}_ready"), move |block| &mut block.read_words[port].ready)
                    .input(&format!("ends_{port}_ready"), move |block| &mut block.ends[port].ready);
            }
            stream_sink!(model, "reads", reads)
        },
        |_| {
            let mut drivers = device(0.1, 0.5);
            drivers.push(send("reads", 0.5));
            for port in 0..2 {
                drivers.push(send(&format!("writes_{port}"), 0.5));
                drivers.push(Box::new(StreamDriver::with_units(format!("write_words_{port}"), 0.8, 20)));
                drivers.push(take(&format!("read_words_{port}"), 0.8));
                drivers.push(take(&format!("ends_{port}"), 0.8));
            }
            drivers
        },
        6000,
    );
}

#[test]
fn page_bridges() {
    lockstep(
        "page-bridge",
        PageBridge::default(),
        |mut model| {
            model = device_port!(
                model
                    .clock("clocks_0", |block| &mut block.clocks[0])
                    .clock("clocks_1", |block| &mut block.clocks[1])
                    .clock("storage_clock", |block| &mut block.storage_clock)
            );
            for port in 0..2 {
                model = page_requests!(model, port)
                    .input(&format!("slots_{port}_fetch_word"), move |block| &mut block.slots[port].fetch_word);
            }
            model
        },
        |_| {
            let mut drivers = device(0.02, 0.05);
            for port in 0..2 {
                drivers.extend(requests(port, 0.2));
                drivers.push(free(&format!("slots_{port}_fetch_word"), 1.0));
            }
            drivers
        },
        9000,
    );
}

/// Inputs of a card, and their words of 64 bits.
const INPUTS: [(&str, usize); 16] = [
    ("received_0", 1),
    ("received_1", 1),
    ("mailbox_request", 1),
    ("mailbox_write", 1),
    ("mailbox_address", 1),
    ("mailbox_data_in", 1),
    ("command_ready", 1),
    ("write_data_ready", 1),
    ("read_data_valid", 1),
    ("read_data_tag", 1),
    ("read_data_data", 2),
    ("read_data_last", 1),
    ("read_data_first_block", 1),
    ("completion_valid", 1),
    ("completion_tag", 1),
    ("completion_status", 1),
];

/// The inputs of a card, all of whose clocks are one, while a host logs in at one of its ports, writes and reads.
fn inputs_of_a_card() -> (Vec<String>, Vec<Vec<Vec<u64>>>) {
    let device = PageMemory::new(64, (5, 200), Pause::random(7, 0.1), 7);
    let mut card = card(1, 64, device, 4706, 7);
    let recorded = Rc::new(RefCell::new(vec![]));
    let seen = Rc::clone(&recorded);
    card.watch(Box::new(move |simulator| {
        let mut values = vec![];
        for (name, words) in &INPUTS {
            let port = simulator.port_named(name)?;
            let mut value = vec![0; *words];
            simulator.get_words(port, &mut value)?;
            values.push(value);
        }
        seen.borrow_mut().push(values);
        Ok(())
    }));
    card.log_in(100_000).expect("logins");
    for command in 0..2_u64 {
        for host in &mut card.attached {
            let data = (command == 0).then(|| vec![command as u8 + 1; 2 * 512]);
            let transfer = Transfer::new(Access::Ten, 7, 2, data);
            host.end.port.initiator().expect("logged in").start(transfer);
        }
    }
    card.run_until_idle(100_000).expect("answers");
    drop(card);
    (INPUTS.iter().map(|(name, _)| (*name).to_owned()).collect(), recorded.take())
}

#[test]
fn interface_cards() {
    let recorded = inputs_of_a_card();
    let count = recorded.1.len();
    let drivers = |_: &Interface| replayed(&recorded);
    let comparison = Lockstep {
        name: "interface-card".to_owned(),
        cycles: count,
        in_step: true,
        synthesized: false,
        drivers: &drivers,
    };
    comparison.run(InterfaceCard::new(link_times(TIMES)), |model| {
        device_port!(
            model
                .clock("line_clocks_0", |block| &mut block.line_clocks[0])
                .clock("line_clocks_1", |block| &mut block.line_clocks[1])
                .clock("clocks_0", |block| &mut block.clocks[0])
                .clock("clocks_1", |block| &mut block.clocks[1])
                .clock("storage_clock", |block| &mut block.storage_clock)
                .input("received_0", |block| &mut block.received[0])
                .input("received_1", |block| &mut block.received[1])
                .input("mailbox_request", |block| &mut block.mailbox.request)
                .input("mailbox_write", |block| &mut block.mailbox.write)
                .input("mailbox_address", |block| &mut block.mailbox.address)
                .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
        )
    });
}
