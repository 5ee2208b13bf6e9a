//! What joins the write buffer: engine, `simulate()` and Verilator agree.

use crate::blocks::lockstep;
use crate::drivers::{below, free, pulse};
use hardpath_rtl::flash_controller::write_buffer::{
    HitDirectory, LaneDrainer, PageMapUpdater, PageReader, PageSelector, PairPacer, ProgramTracker, ReadScheduler,
    StripeGatherer, StripeRegister, WriteBuffer,
};
use hardpath_testbenches::cosimulation::{Driver, Sequence};
use hardpath_testbenches::write_buffer::{Surroundings, Traffic};
use rand::Rng;

/// High in nine of ten cycles.
fn mostly(name: &str) -> Box<dyn Driver> {
    Box::new(Sequence::new(name, |_, random| vec![u64::from(random.random_range(0..10) != 0)]))
}

#[test]
fn page_selectors() {
    lockstep(
        "page-selectors",
        PageSelector::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("host_valid", |block| &mut block.host.valid)
                .input("host_tag", |block| &mut block.host.tag)
                .input("host_logical_page", |block| &mut block.host.logical_page)
                .input("host_data_valid", |block| &mut block.host_data.valid)
                .input("host_data_data", |block| &mut block.host_data.data)
                .input("host_data_last", |block| &mut block.host_data.last)
                .input("mover_valid", |block| &mut block.mover.valid)
                .input("mover_tag", |block| &mut block.mover.tag)
                .input("mover_logical_page", |block| &mut block.mover.logical_page)
                .input("mover_data_valid", |block| &mut block.mover_data.valid)
                .input("mover_data_data", |block| &mut block.mover_data.data)
                .input("mover_data_last", |block| &mut block.mover_data.last)
                .input("take", |block| &mut block.take)
                .input("data_ready", |block| &mut block.data_ready)
        },
        |_| {
            vec![
                pulse("host_valid", 2),
                free("host_tag", 0.3),
                free("host_logical_page", 0.3),
                pulse("host_data_valid", 2),
                free("host_data_data", 0.3),
                free("host_data_last", 0.3),
                pulse("mover_valid", 3),
                free("mover_tag", 0.3),
                free("mover_logical_page", 0.3),
                pulse("mover_data_valid", 2),
                free("mover_data_data", 0.3),
                free("mover_data_last", 0.3),
                pulse("take", 4),
                pulse("data_ready", 2),
            ]
        },
        3000,
    );
}

#[test]
fn stripe_gatherers() {
    lockstep(
        "stripe-gatherers",
        StripeGatherer::new(16).unwrap(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("descriptor_valid", |block| &mut block.descriptor_valid)
                .input("descriptor_pair_first", |block| &mut block.descriptor_pair_first)
                .input("free", |block| &mut block.free)
                .input("data_slots", |block| &mut block.data_slots)
                .input("offer", |block| &mut block.offer)
                .input("offer_tag", |block| &mut block.offer_tag)
                .input("offer_page", |block| &mut block.offer_page)
                .input("offer_moved", |block| &mut block.offer_moved)
                .input("check_done", |block| &mut block.check_done)
                .input("check_current", |block| &mut block.check_current)
                .input("data_valid", |block| &mut block.data_valid)
                .input("data", |block| &mut block.data)
                .input("hold", |block| &mut block.hold)
                .input("copy_found", |block| &mut block.copy_found)
                .input("late", |block| &mut block.late)
                .input("flush", |block| &mut block.flush)
        },
        |_| {
            vec![
                pulse("descriptor_valid", 3),
                pulse("descriptor_pair_first", 3),
                free("free", 0.05),
                Box::new(Sequence::new("data_slots", |_, _| vec![4])),
                mostly("offer"),
                free("offer_tag", 0.3),
                free("offer_page", 0.3),
                pulse("offer_moved", 3),
                pulse("check_done", 9),
                pulse("check_current", 2),
                mostly("data_valid"),
                free("data", 0.3),
                pulse("hold", 20),
                pulse("copy_found", 3),
                pulse("late", 4),
                pulse("flush", 900),
            ]
        },
        6000,
    );
}

#[test]
fn stripe_registers() {
    lockstep(
        "stripe-registers",
        StripeRegister::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("load", |block| &mut block.load)
                .input("load_group", |block| &mut block.load_group)
                .input("load_stripe", |block| &mut block.load_stripe)
                .input("load_sequence_number", |block| &mut block.load_sequence_number)
                .input("load_members", |block| &mut block.load_members)
                .input("load_parity_lane", |block| &mut block.load_parity_lane)
                .input("load_die", |block| &mut block.load_die)
                .input("load_plane", |block| &mut block.load_plane)
                .input("load_block", |block| &mut block.load_block)
                .input("load_page", |block| &mut block.load_page)
                .input("load_pair_first", |block| &mut block.load_pair_first)
                .input("load_pair_second", |block| &mut block.load_pair_second)
        },
        |_| {
            vec![
                pulse("load", 20),
                free("load_group", 0.3),
                free("load_stripe", 0.3),
                free("load_sequence_number", 0.3),
                free("load_members", 0.3),
                below("load_parity_lane", 10),
                free("load_die", 0.3),
                free("load_plane", 0.3),
                free("load_block", 0.3),
                free("load_page", 0.3),
                free("load_pair_first", 0.3),
                free("load_pair_second", 0.3),
            ]
        },
        3000,
    );
}

#[test]
fn hit_directories() {
    lockstep(
        "hit-directories",
        HitDirectory::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("lookup", |block| &mut block.lookup)
                .input("lookup_page", |block| &mut block.lookup_page)
                .input("insert", |block| &mut block.insert)
                .input("insert_page", |block| &mut block.insert_page)
                .input("insert_buffer", |block| &mut block.insert_buffer)
                .input("insert_slot", |block| &mut block.insert_slot)
                .input("clear", |block| &mut block.clear)
                .input("check_page", |block| &mut block.check_page)
        },
        |_| {
            vec![
                pulse("lookup", 2),
                below("lookup_page", 12),
                Box::new(Sequence::new("insert", |cycle, random| {
                    vec![u64::from(cycle % 8 == 0 && random.random_bool(0.7))]
                })),
                below("insert_page", 12),
                free("insert_buffer", 0.3),
                below("insert_slot", 18),
                Box::new(Sequence::new("clear", |_, random| {
                    vec![if random.random_bool(0.01) { random.random_range(1..4) } else { 0 }]
                })),
                below("check_page", 12),
            ]
        },
        3000,
    );
}

#[test]
fn program_trackers() {
    lockstep(
        "program-trackers",
        ProgramTracker::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("opened", |block| &mut block.opened)
                .input("closed", |block| &mut block.closed)
                .input("members", |block| &mut block.members)
                .input("drained", |block| &mut block.drained)
                .input("walked", |block| &mut block.walked)
                .input("hold", |block| &mut block.hold)
                .input("unhold", |block| &mut block.unhold)
        },
        |_| {
            vec![
                pulse("opened", 5),
                pulse("closed", 5),
                free("members", 0.3),
                free("drained", 0.3),
                pulse("walked", 5),
                pulse("hold", 20),
                pulse("unhold", 20),
            ]
        },
        3000,
    );
}

#[test]
fn page_map_updaters() {
    lockstep(
        "page-map-updaters",
        PageMapUpdater::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("note", |block| &mut block.note)
                .input("note_buffer", |block| &mut block.note_buffer)
                .input("note_slot", |block| &mut block.note_slot)
                .input("note_page", |block| &mut block.note_page)
                .input("note_tag", |block| &mut block.note_tag)
                .input("note_moved", |block| &mut block.note_moved)
                .input("note_filler", |block| &mut block.note_filler)
                .input("start", |block| &mut block.start)
                .input("buffer", |block| &mut block.buffer)
                .input("group", |block| &mut block.group)
                .input("stripe", |block| &mut block.stripe)
                .input("data_lanes", |block| &mut block.data_lanes)
                .input("update_port_ready", |block| &mut block.update_port.ready)
        },
        |_| {
            vec![
                pulse("note", 3),
                Box::new(Sequence::new("note_buffer", |cycle, _| vec![cycle / 256 % 2])),
                below("note_slot", 18),
                free("note_page", 0.3),
                free("note_tag", 0.3),
                free("note_moved", 0.3),
                pulse("note_filler", 4),
                pulse("start", 3),
                Box::new(Sequence::new("buffer", |cycle, _| vec![1 - cycle / 256 % 2])),
                free("group", 0.3),
                free("stripe", 0.3),
                free("data_lanes", 0.01),
                pulse("update_port_ready", 3),
            ]
        },
        3000,
    );
}

#[test]
fn page_readers() {
    lockstep(
        "page-readers",
        PageReader::new(16).unwrap(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("request_valid", |block| &mut block.request_valid)
                .input("request_buffer", |block| &mut block.request_buffer)
                .input("request_slot", |block| &mut block.request_slot)
                .input("source_ready", |block| &mut block.source.ready)
                .input("granted", |block| &mut block.granted)
                .input("arrives", |block| &mut block.arrives)
                .input("word", |block| &mut block.word)
        },
        |_| {
            vec![
                pulse("request_valid", 3),
                free("request_buffer", 0.3),
                free("request_slot", 0.3),
                pulse("source_ready", 2),
                pulse("granted", 6),
                pulse("arrives", 6),
                free("word", 0.9),
            ]
        },
        3000,
    );
}

#[test]
fn read_schedulers() {
    lockstep(
        "read-schedulers",
        ReadScheduler::default(),
        |model| {
            let mut model = model
                .clock("clock", |block| &mut block.clock)
                .input("reader_wants", |block| &mut block.reader_wants)
                .input("reader_address", |block| &mut block.reader_address);
            for index in 0..10 {
                model = model
                    .input(&format!("lane_wants_{index}"), move |block| &mut block.lane_wants[index])
                    .input(&format!("lane_address_{index}"), move |block| &mut block.lane_address[index]);
            }
            model
        },
        |_| {
            let mut drivers: Vec<Box<dyn Driver>> = vec![pulse("reader_wants", 2), free("reader_address", 0.3)];
            drivers.extend((0..10).map(|index| pulse(&format!("lane_wants_{index}"), 2)));
            drivers.extend((0..10).map(|index| free(&format!("lane_address_{index}"), 0.9)));
            drivers
        },
        3000,
    );
}

#[test]
fn lane_drainers() {
    lockstep(
        "lane-drainers",
        LaneDrainer::new(16).unwrap(),
        |model| {
            let mut model = model
                .clock("clock", |block| &mut block.clock)
                .input("start", |block| &mut block.start)
                .input("older", |block| &mut block.older)
                .input("full", |block| &mut block.full)
                .input("command_ready", |block| &mut block.command.ready)
                .input("bytes_ready", |block| &mut block.bytes.ready)
                .input("granted", |block| &mut block.granted)
                .input("arrives", |block| &mut block.arrives)
                .input("word", |block| &mut block.word);
            for index in 0..2 {
                model = model
                    .input(&format!("slot_{index}"), move |block| &mut block.slot[index])
                    .input(&format!("chip_{index}"), move |block| &mut block.chip[index])
                    .input(&format!("die_{index}"), move |block| &mut block.die[index])
                    .input(&format!("planes_{index}"), move |block| &mut block.planes[index])
                    .input(&format!("block_{index}"), move |block| &mut block.block[index])
                    .input(&format!("page_{index}"), move |block| &mut block.page[index])
                    .input(&format!("tag_{index}"), move |block| &mut block.tag[index])
                    .input(&format!("pair_second_{index}"), move |block| &mut block.pair_second[index]);
            }
            model
        },
        |_| {
            let mut drivers: Vec<Box<dyn Driver>> = vec![
                Box::new(Sequence::new("start", |_, random| {
                    vec![if random.random_bool(0.01) { random.random_range(1..4) } else { 0 }]
                })),
                free("older", 0.3),
                free("full", 0.1),
                pulse("command_ready", 3),
                mostly("bytes_ready"),
                pulse("granted", 5),
                pulse("arrives", 5),
                free("word", 0.9),
            ];
            drivers.extend((0..2).map(|index| free(&format!("slot_{index}"), 0.3)));
            drivers.extend((0..2).map(|index| free(&format!("chip_{index}"), 0.3)));
            drivers.extend((0..2).map(|index| free(&format!("die_{index}"), 0.3)));
            drivers.extend((0..2).map(|index| free(&format!("planes_{index}"), 0.3)));
            drivers.extend((0..2).map(|index| free(&format!("block_{index}"), 0.3)));
            drivers.extend((0..2).map(|index| free(&format!("page_{index}"), 0.3)));
            drivers.extend((0..2).map(|index| free(&format!("tag_{index}"), 0.3)));
            drivers.extend((0..2).map(|index| free(&format!("pair_second_{index}"), 0.3)));
            drivers
        },
        6000,
    );
}

#[test]
fn write_buffers() {
    let traffic = Traffic {
        words: 16,
        host: 0.3,
        host_data: 0.9,
        mover: 0.05,
        current: 0.7,
        lane_ready: 0.95,
        lane_stall: 0.0001,
        full: 0.2,
        update_ready: 0.3,
        acknowledgement_ready: 0.5,
        descriptor: 0.1,
        pairs: 0.3,
        all_lanes: 0.3,
        lookup: 0.3,
        read_ready: 0.7,
        flush: 0.001,
        end: 6_000,
    };
    let events = lockstep(
        "write-buffers",
        WriteBuffer::new(16).unwrap(),
        |model| {
            let mut model = model
                .clock("clock", |block| &mut block.clock)
                .input("host_valid", |block| &mut block.host.valid)
                .input("host_tag", |block| &mut block.host.tag)
                .input("host_logical_page", |block| &mut block.host.logical_page)
                .input("host_data_valid", |block| &mut block.host_data.valid)
                .input("host_data_data", |block| &mut block.host_data.data)
                .input("host_data_last", |block| &mut block.host_data.last)
                .input("mover_valid", |block| &mut block.mover.valid)
                .input("mover_tag", |block| &mut block.mover.tag)
                .input("mover_logical_page", |block| &mut block.mover.logical_page)
                .input("mover_data_valid", |block| &mut block.mover_data.valid)
                .input("mover_data_data", |block| &mut block.mover_data.data)
                .input("mover_data_last", |block| &mut block.mover_data.last)
                .input("acknowledgement_ready", |block| &mut block.acknowledgement.ready)
                .input("descriptor_valid", |block| &mut block.descriptor.valid)
                .input("descriptor_group", |block| &mut block.descriptor.group)
                .input("descriptor_stripe", |block| &mut block.descriptor.stripe)
                .input("descriptor_sequence_number", |block| &mut block.descriptor.sequence_number)
                .input("descriptor_members", |block| &mut block.descriptor.members)
                .input("descriptor_parity_lane", |block| &mut block.descriptor.parity_lane)
                .input("descriptor_die", |block| &mut block.descriptor.die)
                .input("descriptor_plane", |block| &mut block.descriptor.plane)
                .input("descriptor_block", |block| &mut block.descriptor.block)
                .input("descriptor_page", |block| &mut block.descriptor.page)
                .input("descriptor_pair_first", |block| &mut block.descriptor.pair_first)
                .input("descriptor_pair_second", |block| &mut block.descriptor.pair_second)
                .input("flush", |block| &mut block.flush)
                .input("lookup", |block| &mut block.lookup)
                .input("lookup_page", |block| &mut block.lookup_page)
                .input("lookup_holds", |block| &mut block.lookup_holds)
                .input("read", |block| &mut block.read)
                .input("read_buffer", |block| &mut block.read_buffer)
                .input("read_slot", |block| &mut block.read_slot)
                .input("read_data_ready", |block| &mut block.read_data.ready)
                .input("check_done", |block| &mut block.check_done)
                .input("check_current", |block| &mut block.check_current)
                .input("updates_ready", |block| &mut block.updates.ready);
            for index in 0..10 {
                model = model
                    .input(&format!("commands_{index}_ready"), move |block| &mut block.commands[index].ready)
                    .input(&format!("bytes_{index}_ready"), move |block| &mut block.bytes[index].ready)
                    .input(&format!("full_{index}"), move |block| &mut block.full[index]);
            }
            model
        },
        |_| vec![Box::new(Surroundings::new(traffic).0)],
        6000,
    );
    assert!(events[0].1 > 50, "{events:?}");
}

#[test]
fn pair_pacers() {
    lockstep(
        "pair-pacers",
        PairPacer::new(16).unwrap(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("opened", |block| &mut block.opened)
                .input("open", |block| &mut block.open)
                .input("pair_first", |block| &mut block.pair_first)
                .input("pair_second", |block| &mut block.pair_second)
                .input("closed", |block| &mut block.closed)
                .input("record_ends", |block| &mut block.record_ends)
                .input("record_is_host", |block| &mut block.record_is_host)
                .input("host_waits", |block| &mut block.host_waits)
                .input("drained", |block| &mut block.drained)
        },
        |_| {
            vec![
                pulse("opened", 10),
                free("open", 0.05),
                pulse("pair_first", 3),
                pulse("pair_second", 2),
                pulse("closed", 90),
                pulse("record_ends", 20),
                mostly("record_is_host"),
                pulse("host_waits", 2),
                free("drained", 0.05),
            ]
        },
        20_000,
    );
}
