//! What joins the parts of a flash controller: engine, `simulate()` and Verilator agree.

use crate::blocks::lockstep;
use crate::drivers::{below, between, free, one_of, pulse};
use crate::tables::requests;
use hardpath_rtl::flash_controller::host_interface::{HostOperation, HostPort, ReadFence};
use hardpath_rtl::flash_controller::mailbox::LaneReports;
use hardpath_rtl::flash_controller::mover::{MoveChecker, PlaceCommitter};
use hardpath_rtl::flash_controller::read_path::{
    ReadCollector, ReadDispatcher, ReadLookup, ReadSampler, Reconstructor,
};
use hardpath_testbenches::cosimulation::{Driver, StreamDriver};

pub fn send(name: &str, offer: f64) -> Box<dyn Driver> {
    Box::new(StreamDriver::new(name, offer))
}

pub fn host_operation(words: &[u64]) -> HostOperation {
    [HostOperation::Read, HostOperation::Write, HostOperation::Trim, HostOperation::Flush][words[0] as usize]
}

#[test]
fn read_fences() {
    lockstep(
        "read-fences",
        ReadFence::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("begins", |block| &mut block.begins)
                .input("begin_tag", |block| &mut block.begin_tag)
                .input("ends", |block| &mut block.ends)
                .input("end_tag", |block| &mut block.end_tag)
                .input("advance", |block| &mut block.advance)
        },
        |_| {
            let drivers = vec![
                pulse("begins", 3),
                below("begin_tag", 64),
                pulse("ends", 3),
                between("end_tag", 64, 128),
                pulse("advance", 3),
            ];
            drivers
        },
        3000,
    );
}

#[test]
fn host_ports() {
    lockstep(
        "host-ports",
        HostPort::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("commands_valid", |block| &mut block.commands.valid)
                .input_with("commands_operation", |block, words| block.commands.operation.next = host_operation(words))
                .input("commands_tag", |block| &mut block.commands.tag)
                .input("commands_page", |block| &mut block.commands.page)
                .input("write_data_valid", |block| &mut block.write_data.valid)
                .input("write_data_data", |block| &mut block.write_data.data)
                .input("write_data_last", |block| &mut block.write_data.last)
                .input("completions_ready", |block| &mut block.completions.ready)
                .input("page_limit", |block| &mut block.page_limit)
                .input("writes_allowed", |block| &mut block.writes_allowed)
                .input("reads_ready", |block| &mut block.reads.ready)
                .input("write_ready", |block| &mut block.write_ready)
                .input("buffer_data_ready", |block| &mut block.buffer_data.ready)
                .input("acknowledged", |block| &mut block.acknowledged)
                .input("acknowledged_tag", |block| &mut block.acknowledged_tag)
                .input("placed", |block| &mut block.placed)
                .input("firmware_given", |block| &mut block.firmware_given)
                .input("flushing", |block| &mut block.flushing)
                .input("probe_ready", |block| &mut block.probe_ready)
                .input("probe_hit", |block| &mut block.probe_hit)
                .input("trim_ready", |block| &mut block.trim_ready)
                .input("read_ends", |block| &mut block.read_ends)
                .input("read_tag", |block| &mut block.read_tag)
                .input("lost_valid", |block| &mut block.lost_valid)
                .input("lost_tag", |block| &mut block.lost_tag)
                .input("fence_advance", |block| &mut block.fence_advance)
        },
        |_| {
            let drivers = vec![
                requests("commands", 0.5, &[("operation", 4), ("tag", 64), ("page", 1000)]),
                send("write_data", 0.6),
                pulse("completions_ready", 2),
                one_of("page_limit", &[600, 1000, 10]),
                pulse("writes_allowed", 3),
                pulse("reads_ready", 2),
                pulse("write_ready", 3),
                pulse("buffer_data_ready", 2),
                pulse("acknowledged", 3),
                free("acknowledged_tag", 0.5),
                pulse("placed", 10),
                pulse("firmware_given", 20),
                pulse("flushing", 2),
                pulse("probe_ready", 2),
                pulse("probe_hit", 2),
                pulse("trim_ready", 3),
                pulse("read_ends", 3),
                between("read_tag", 64, 128),
                pulse("lost_valid", 3),
                between("lost_tag", 64, 128),
                pulse("fence_advance", 3),
            ];
            drivers
        },
        3000,
    );
}

#[test]
fn read_lookups() {
    lockstep(
        "read-lookups",
        ReadLookup::<22, 24>::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("reads_valid", |block| &mut block.reads.valid)
                .input("reads_data", |block| &mut block.reads.data)
                .input("reads_last", |block| &mut block.reads.last)
                .input("hit", |block| &mut block.hit)
                .input("hit_buffer", |block| &mut block.hit_buffer)
                .input("hit_slot", |block| &mut block.hit_slot)
                .input("hits_ready", |block| &mut block.hits.ready)
                .input("operations_ready", |block| &mut block.operations.ready)
                .input("results_valid", |block| &mut block.results.valid)
                .input("results_tag", |block| &mut block.results.tag)
                .input("results_found", |block| &mut block.results.found)
                .input("results_applied", |block| &mut block.results.applied)
                .input("located_ready", |block| &mut block.located.ready)
        },
        |_| {
            let drivers = vec![
                send("reads", 0.6),
                pulse("hit", 3),
                free("hit_buffer", 0.5),
                free("hit_slot", 0.5),
                pulse("hits_ready", 2),
                pulse("operations_ready", 2),
                pulse("results_valid", 2),
                free("results_tag", 0.5),
                free("results_found", 0.5),
                pulse("results_applied", 2),
                pulse("located_ready", 2),
            ];
            drivers
        },
        3000,
    );
}

#[test]
fn read_dispatchers() {
    lockstep(
        "read-dispatchers",
        ReadDispatcher::<24>::default(),
        |model| {
            let mut model = model
                .clock("clock", |block| &mut block.clock)
                .input("located_valid", |block| &mut block.located.valid)
                .input("located_data", |block| &mut block.located.data)
                .input("located_last", |block| &mut block.located.last)
                .input("moved_valid", |block| &mut block.moved.valid)
                .input("moved_data", |block| &mut block.moved.data)
                .input("moved_last", |block| &mut block.moved.last)
                .input("zeros_ready", |block| &mut block.zeros.ready)
                .input("lookups_ready", |block| &mut block.lookups.ready)
                .input("found_valid", |block| &mut block.found_valid)
                .input("found_tag", |block| &mut block.found_tag)
                .input("found_chip", |block| &mut block.found_chip)
                .input("found_lane", |block| &mut block.found_lane)
                .input("found_half", |block| &mut block.found_half)
                .input("found_die", |block| &mut block.found_die)
                .input("found_plane", |block| &mut block.found_plane)
                .input("found_block", |block| &mut block.found_block)
                .input("found_page", |block| &mut block.found_page)
                .input("found_members", |block| &mut block.found_members)
                .input("failed", |block| &mut block.failed)
                .input("unreadable_ready", |block| &mut block.unreadable.ready);
            for lane in 0..10 {
                model = model.input(&format!("lanes_{lane}_ready"), move |block| &mut block.lanes[lane].ready);
            }
            model
        },
        |_| {
            let mut drivers = vec![
                send("located", 0.6),
                send("moved", 0.6),
                pulse("zeros_ready", 2),
                pulse("lookups_ready", 2),
                pulse("found_valid", 3),
                free("found_tag", 0.9),
                free("found_chip", 0.5),
                below("found_lane", 10),
                free("found_half", 0.5),
                free("found_die", 0.5),
                free("found_plane", 0.5),
                free("found_block", 0.5),
                free("found_page", 0.5),
                free("found_members", 0.5),
                one_of("failed", &[0, 1, 0x200, 5]),
                pulse("unreadable_ready", 2),
            ];
            for lane in 0..10 {
                let name = format!("lanes_{lane}_ready");
                drivers.push(pulse(&name, 2));
            }
            drivers
        },
        3000,
    );
}

#[test]
fn read_collectors() {
    lockstep(
        "read-collectors",
        ReadCollector::new(16),
        |model| {
            let mut model = model
                .clock("clock", |block| &mut block.clock)
                .input("note", |block| &mut block.note)
                .input("note_tag", |block| &mut block.note_tag)
                .input("note_page", |block| &mut block.note_page)
                .input("hits_valid", |block| &mut block.hits.valid)
                .input("hits_data", |block| &mut block.hits.data)
                .input("hits_last", |block| &mut block.hits.last)
                .input("buffer_ready", |block| &mut block.buffer_ready)
                .input("buffer_data_valid", |block| &mut block.buffer_data.valid)
                .input("buffer_data_data", |block| &mut block.buffer_data.data)
                .input("buffer_data_last", |block| &mut block.buffer_data.last)
                .input("zeros_valid", |block| &mut block.zeros.valid)
                .input("zeros_data", |block| &mut block.zeros.data)
                .input("zeros_last", |block| &mut block.zeros.last)
                .input("bad_ready", |block| &mut block.bad.ready)
                .input("collect", |block| &mut block.collect)
                .input("discard", |block| &mut block.discard)
                .input("survivors", |block| &mut block.survivors)
                .input("collect_tag", |block| &mut block.collect_tag)
                .input("host_ready", |block| &mut block.host.ready);
            for lane in 0..10 {
                model = model.input(&format!("slot_ready_{lane}"), move |block| &mut block.slot_ready[lane]);
                model = model.input(&format!("slot_bad_{lane}"), move |block| &mut block.slot_bad[lane]);
                model = model.input(&format!("slot_weak_{lane}"), move |block| &mut block.slot_weak[lane]);
                model = model.input(&format!("first_tag_{lane}"), move |block| &mut block.first_tag[lane]);
                model = model.input(&format!("second_tag_{lane}"), move |block| &mut block.second_tag[lane]);
                model = model.input(&format!("first_page_{lane}"), move |block| &mut block.first_page[lane]);
                model = model.input(&format!("second_page_{lane}"), move |block| &mut block.second_page[lane]);
                model = model.input(&format!("lane_word_{lane}"), move |block| &mut block.lane_word[lane]);
            }
            model
        },
        |_| {
            let mut drivers = vec![
                pulse("note", 3),
                below("note_tag", 64),
                below("note_page", 2),
                send("hits", 0.6),
                pulse("buffer_ready", 3),
                send("buffer_data", 0.6),
                send("zeros", 0.6),
                pulse("bad_ready", 2),
                one_of("collect", &[0, 0, 0, 1]),
                one_of("discard", &[0, 0, 0, 0, 1]),
                one_of("survivors", &[7, 0x3FE, 0x155]),
                one_of("collect_tag", &[65, 0x83]),
                pulse("host_ready", 2),
            ];
            for lane in 0..10 {
                let name = format!("slot_ready_{lane}");
                drivers.push(one_of(&name, &[0, 1, 2, 3]));
                let name = format!("slot_bad_{lane}");
                drivers.push(one_of(&name, &[0, 0, 0, 1, 2]));
                let name = format!("slot_weak_{lane}");
                drivers.push(one_of(&name, &[0, 1, 2, 3]));
                let name = format!("first_tag_{lane}");
                drivers.push(one_of(&name, &[70, 100, 0x80, 0xA0]));
                let name = format!("second_tag_{lane}");
                drivers.push(one_of(&name, &[64, 127, 0x81, 0xA0]));
                let name = format!("first_page_{lane}");
                drivers.push(below(&name, 2));
                let name = format!("second_page_{lane}");
                drivers.push(below(&name, 2));
                let name = format!("lane_word_{lane}");
                drivers.push(free(&name, 0.9));
            }
            drivers
        },
        6000,
    );
}

#[test]
fn reconstructors() {
    lockstep(
        "reconstructors",
        Reconstructor::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("keep", |block| &mut block.keep)
                .input("keep_tag", |block| &mut block.keep_tag)
                .input("keep_word", |block| &mut block.keep_word)
                .input("unreadable_valid", |block| &mut block.unreadable.valid)
                .input("unreadable_data", |block| &mut block.unreadable.data)
                .input("unreadable_last", |block| &mut block.unreadable.last)
                .input("bad_valid", |block| &mut block.bad.valid)
                .input("bad_data", |block| &mut block.bad.data)
                .input("bad_last", |block| &mut block.bad.last)
                .input("read_ready", |block| &mut block.read_ready)
                .input("arrived", |block| &mut block.arrived)
                .input("arrived_bad", |block| &mut block.arrived_bad)
                .input("collected", |block| &mut block.collected)
                .input("collected_bad", |block| &mut block.collected_bad)
                .input("lost_ready", |block| &mut block.lost_ready)
                .input("events_ready", |block| &mut block.events.ready)
        },
        |_| {
            let drivers = vec![
                pulse("keep", 3),
                between("keep_tag", 128, 256),
                free("keep_word", 0.9),
                requests("unreadable", 0.3, &[("data", 128), ("last", 2)]),
                requests("bad", 0.3, &[("data", 128), ("last", 2)]),
                free("read_ready", 0.5),
                one_of("arrived", &[0, 0x3FF, 0x1FF]),
                one_of("arrived_bad", &[0, 0, 0x3FF, 4]),
                pulse("collected", 3),
                pulse("collected_bad", 3),
                pulse("lost_ready", 3),
                pulse("events_ready", 2),
            ];
            drivers
        },
        3000,
    );
}

#[test]
fn move_checkers() {
    lockstep(
        "move-checkers",
        MoveChecker::<22, 24>::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("keep", |block| &mut block.keep)
                .input("keep_number", |block| &mut block.keep_number)
                .input("keep_location", |block| &mut block.keep_location)
                .input("check", |block| &mut block.check)
                .input("check_number", |block| &mut block.check_number)
                .input("check_page", |block| &mut block.check_page)
                .input("operations_ready", |block| &mut block.operations.ready)
                .input("results_valid", |block| &mut block.results.valid)
                .input("results_tag", |block| &mut block.results.tag)
                .input("results_found", |block| &mut block.results.found)
                .input("results_applied", |block| &mut block.results.applied)
        },
        |_| {
            let drivers = vec![
                pulse("keep", 3),
                below("keep_number", 32),
                free("keep_location", 0.5),
                pulse("check", 3),
                between("check_number", 32, 64),
                free("check_page", 0.5),
                pulse("operations_ready", 2),
                pulse("results_valid", 2),
                free("results_tag", 0.5),
                free("results_found", 0.5),
                pulse("results_applied", 2),
            ];
            drivers
        },
        3000,
    );
}

#[test]
fn place_committers() {
    lockstep(
        "place-committers",
        PlaceCommitter::<22, 24>::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("keep", |block| &mut block.keep)
                .input("keep_number", |block| &mut block.keep_number)
                .input("keep_location", |block| &mut block.keep_location)
                .input("update_valid", |block| &mut block.update_valid)
                .input("update_page", |block| &mut block.update_page)
                .input("update_tag", |block| &mut block.update_tag)
                .input("update_moved", |block| &mut block.update_moved)
                .input("update_group", |block| &mut block.update_group)
                .input("update_stripe", |block| &mut block.update_stripe)
                .input("update_lane", |block| &mut block.update_lane)
                .input("update_half", |block| &mut block.update_half)
                .input("operations_ready", |block| &mut block.operations.ready)
                .input("results_valid", |block| &mut block.results.valid)
                .input("results_tag", |block| &mut block.results.tag)
                .input("results_found", |block| &mut block.results.found)
                .input("results_applied", |block| &mut block.results.applied)
                .input("events_ready", |block| &mut block.events.ready)
        },
        |_| {
            let drivers = vec![
                pulse("keep", 3),
                below("keep_number", 32),
                free("keep_location", 0.5),
                pulse("update_valid", 3),
                free("update_page", 0.5),
                between("update_tag", 160, 192),
                pulse("update_moved", 3),
                free("update_group", 0.5),
                free("update_stripe", 0.5),
                free("update_lane", 0.5),
                free("update_half", 0.5),
                pulse("operations_ready", 2),
                pulse("results_valid", 2),
                free("results_tag", 0.5),
                free("results_found", 0.5),
                pulse("results_applied", 2),
                pulse("events_ready", 2),
            ];
            drivers
        },
        3000,
    );
}

#[test]
fn lane_reports() {
    lockstep(
        "lane-reports",
        LaneReports::default(),
        |model| {
            let mut model =
                model.clock("clock", |block| &mut block.clock).input("events_ready", |block| &mut block.events.ready);
            for lane in 0..10 {
                model = model.input(&format!("done_{lane}"), move |block| &mut block.done[lane]);
                model = model.input(&format!("done_tag_{lane}"), move |block| &mut block.done_tag[lane]);
                model = model.input(&format!("done_failed_{lane}"), move |block| &mut block.done_failed[lane]);
                model = model.input(&format!("corrected_{lane}"), move |block| &mut block.corrected[lane]);
                model = model.input(&format!("corrected_bits_{lane}"), move |block| &mut block.corrected_bits[lane]);
            }
            model
        },
        |_| {
            let mut drivers = vec![pulse("events_ready", 2)];
            for lane in 0..10 {
                let name = format!("done_{lane}");
                drivers.push(pulse(&name, 9));
                let name = format!("done_tag_{lane}");
                drivers.push(free(&name, 0.3));
                let name = format!("done_failed_{lane}");
                drivers.push(pulse(&name, 9));
                let name = format!("corrected_{lane}");
                drivers.push(pulse(&name, 9));
                let name = format!("corrected_bits_{lane}");
                drivers.push(free(&name, 0.3));
            }
            drivers
        },
        3000,
    );
}

#[test]
fn read_samplers() {
    lockstep(
        "read-samplers",
        ReadSampler::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("read", |block| &mut block.read)
                .input("place", |block| &mut block.place)
                .input("samples_ready", |block| &mut block.samples.ready)
        },
        |_| vec![one_of("read", &[0, 1, 1, 1]), free("place", 0.9), one_of("samples_ready", &[0, 0, 0, 1])],
        8000,
    );
}
