//! Firmware's registers: engine, `simulate()` and Verilator agree.

use crate::blocks::lockstep;
use crate::controller::send;
use crate::drivers::{below, free, one_of, pulse};
use crate::tables::requests;
use hardpath_rtl::flash_controller::mailbox::{BytePacker, ControllerMailbox, EventRegisters, PageMailbox};
use hardpath_rtl::flash_controller::tables::StripeState;
use hardpath_testbenches::cosimulation::{Driver, Sequence};
use rand::Rng;

/// Offsets of registers, those of the tables and of firmware's pages among them.
pub fn mailbox_address() -> Box<dyn Driver> {
    Box::new(Sequence::new("mailbox_address", |_, random| {
        vec![match random.random_range(0..8) {
            0 => random.random_range(0x200..0x208) * 4,
            1 => random.random_range(0x100..0x104) * 4,
            _ => random.random_range(0..0x34) * 4,
        }]
    }))
}

fn stripe_state(words: &[u64]) -> StripeState {
    [StripeState::Free, StripeState::Open, StripeState::Closed, StripeState::Retired][words[0] as usize]
}

#[test]
fn byte_packers() {
    lockstep(
        "byte-packers",
        BytePacker::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("sink_valid", |block| &mut block.sink.valid)
                .input("sink_data", |block| &mut block.sink.data)
                .input("sink_last", |block| &mut block.sink.last)
                .input("source_ready", |block| &mut block.source.ready)
        },
        |_| vec![send("sink", 0.7), pulse("source_ready", 2)],
        3000,
    );
}

#[test]
fn page_mailboxes() {
    let events = lockstep(
        "page-mailboxes",
        PageMailbox::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("mailbox_request", |block| &mut block.mailbox.request)
                .input("mailbox_write", |block| &mut block.mailbox.write)
                .input("mailbox_address", |block| &mut block.mailbox.address)
                .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
                .input("host_valid", |block| &mut block.host.valid)
                .input("host_tag", |block| &mut block.host.tag)
                .input("host_logical_page", |block| &mut block.host.logical_page)
                .input("host_data_valid", |block| &mut block.host_data.valid)
                .input("host_data_data", |block| &mut block.host_data.data)
                .input("host_data_last", |block| &mut block.host_data.last)
                .input("host_owes", |block| &mut block.host_owes)
                .input("buffer_ready", |block| &mut block.buffer.ready)
                .input("buffer_data_ready", |block| &mut block.buffer_data.ready)
                .input("acknowledged", |block| &mut block.acknowledged)
                .input("fetched_valid", |block| &mut block.fetched.valid)
                .input("fetched_data", |block| &mut block.fetched.data)
                .input("fetched_last", |block| &mut block.fetched.last)
        },
        |_| {
            vec![
                one_of("mailbox_request", &[1, 1, 1, 0]),
                one_of("mailbox_write", &[0, 1, 1]),
                // Words for the most part, so that pages end.
                Box::new(Sequence::new("mailbox_address", |_, random| {
                    vec![[4, 4, 4, 4, 4, 4, 4, 0, 8, 12, 16][random.random_range(0..11)]]
                })),
                free("mailbox_data_in", 0.9),
                requests("host", 0.5, &[("tag", 7), ("logical_page", 32)]),
                send("host_data", 0.6),
                pulse("host_owes", 3),
                pulse("buffer_ready", 2),
                one_of("buffer_data_ready", &[1, 1, 0]),
                pulse("acknowledged", 20),
                send("fetched", 0.6),
            ]
        },
        20_000,
    );
    assert!(events.iter().all(|(_, count)| *count > 10), "{events:?}");
}

#[test]
fn controller_mailboxes() {
    lockstep(
        "controller-mailboxes",
        ControllerMailbox::<22, 24, 18>::new(6),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("mailbox_request", |block| &mut block.mailbox.request)
                .input("mailbox_write", |block| &mut block.mailbox.write)
                .input("mailbox_address", |block| &mut block.mailbox.address)
                .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
                .input("tables_data_out", |block| &mut block.tables.data_out)
                .input("tables_done", |block| &mut block.tables.done)
                .input("pages_data_out", |block| &mut block.pages.data_out)
                .input("pages_done", |block| &mut block.pages.done)
                .input("flushing", |block| &mut block.flushing)
                .input("unplaced", |block| &mut block.unplaced)
                .input("fence_passed", |block| &mut block.fence_passed)
                .input("stripes_ready", |block| &mut block.stripes.ready)
                .input("entries_ready", |block| &mut block.entries.ready)
                .input("entries_answer_valid", |block| &mut block.entries.answer_valid)
                .input_with("found_state", |block, words| block.found_state.next = stripe_state(words))
                .input("found_sequence", |block| &mut block.found_sequence)
                .input("found_members", |block| &mut block.found_members)
                .input("found_parity_lane", |block| &mut block.found_parity_lane)
                .input("command_ready", |block| &mut block.command_ready)
                .input("lane_events_valid", |block| &mut block.lane_events.valid)
                .input("lane_events_data", |block| &mut block.lane_events.data)
                .input("lane_events_last", |block| &mut block.lane_events.last)
                .input("lane_words_valid", |block| &mut block.lane_words.valid)
                .input("lane_words_data", |block| &mut block.lane_words.data)
                .input("lane_words_last", |block| &mut block.lane_words.last)
                .input("move_orders_ready", |block| &mut block.move_orders.ready)
                .input("move_events_valid", |block| &mut block.move_events.valid)
                .input("move_events_data", |block| &mut block.move_events.data)
                .input("move_events_last", |block| &mut block.move_events.last)
                .input("read_events_valid", |block| &mut block.read_events.valid)
                .input("read_events_data", |block| &mut block.read_events.data)
                .input("read_events_last", |block| &mut block.read_events.last)
                .input("read_samples_valid", |block| &mut block.read_samples.valid)
                .input("read_samples_data", |block| &mut block.read_samples.data)
                .input("read_samples_last", |block| &mut block.read_samples.last)
                .input("operations_ready", |block| &mut block.operations.ready)
                .input("results_valid", |block| &mut block.results.valid)
                .input("results_tag", |block| &mut block.results.tag)
                .input("results_found", |block| &mut block.results.found)
                .input("results_applied", |block| &mut block.results.applied)
                .input("corrected_bits", |block| &mut block.corrected_bits)
                .input("corrected_records", |block| &mut block.corrected_records)
        },
        |_| {
            let drivers = vec![
                one_of("mailbox_request", &[1, 1, 0]),
                one_of("mailbox_write", &[0, 1]),
                mailbox_address(),
                free("mailbox_data_in", 0.9),
                free("tables_data_out", 0.5),
                pulse("tables_done", 2),
                free("pages_data_out", 0.5),
                pulse("pages_done", 2),
                pulse("flushing", 3),
                pulse("unplaced", 3),
                pulse("fence_passed", 3),
                pulse("stripes_ready", 2),
                pulse("entries_ready", 2),
                pulse("entries_answer_valid", 2),
                below("found_state", 4),
                free("found_sequence", 0.5),
                free("found_members", 0.5),
                free("found_parity_lane", 0.5),
                free("command_ready", 0.5),
                send("lane_events", 0.6),
                send("lane_words", 0.6),
                pulse("move_orders_ready", 2),
                send("move_events", 0.6),
                send("read_events", 0.6),
                send("read_samples", 0.6),
                pulse("operations_ready", 2),
                pulse("results_valid", 2),
                free("results_tag", 0.5),
                free("results_found", 0.5),
                pulse("results_applied", 2),
                free("corrected_bits", 0.5),
                free("corrected_records", 0.5),
            ];
            drivers
        },
        6000,
    );
}

#[test]
fn event_registers() {
    lockstep(
        "event-registers",
        EventRegisters::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("read", |block| &mut block.read)
                .input("address", |block| &mut block.address)
                .input("lane_events_valid", |block| &mut block.lane_events.valid)
                .input("lane_events_data", |block| &mut block.lane_events.data)
                .input("lane_events_last", |block| &mut block.lane_events.last)
                .input("lane_words_valid", |block| &mut block.lane_words.valid)
                .input("lane_words_data", |block| &mut block.lane_words.data)
                .input("lane_words_last", |block| &mut block.lane_words.last)
                .input("move_events_valid", |block| &mut block.move_events.valid)
                .input("move_events_data", |block| &mut block.move_events.data)
                .input("move_events_last", |block| &mut block.move_events.last)
                .input("read_events_valid", |block| &mut block.read_events.valid)
                .input("read_events_data", |block| &mut block.read_events.data)
                .input("read_events_last", |block| &mut block.read_events.last)
                .input("read_samples_valid", |block| &mut block.read_samples.valid)
                .input("read_samples_data", |block| &mut block.read_samples.data)
                .input("read_samples_last", |block| &mut block.read_samples.last)
        },
        |_| {
            vec![
                pulse("read", 2),
                one_of("address", &[0x0C, 0x30, 0x34, 0x44, 0x48, 0x50, 0x54, 0x58, 0x5C, 0x60]),
                send("lane_events", 0.6),
                send("lane_words", 0.6),
                send("move_events", 0.6),
                send("read_events", 0.6),
                send("read_samples", 0.6),
            ]
        },
        3000,
    );
}
