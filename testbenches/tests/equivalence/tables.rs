//! Lookup tables: engine, `simulate()` and Verilator agree under random requests and memories of random latency.

use crate::blocks::{events_of, lockstep};
use crate::drivers::{below, free};
use anyhow::Result;
use hardpath_rtl::flash_controller::mailbox::TableMailbox;
use hardpath_rtl::flash_controller::tables::{
    BlockState, BlockTable, MemberSelect, PageDirectory, PageMap, PageMapArbiter, PageOperationBuffer,
    PageOperationKind, PlaneHealth, StripeState, StripeTable, TableBlockRam, ValidCounts,
};
use hardpath_sim::models::TableMemory;
use hardpath_testbenches::cosimulation::{Driver, Interface, Layout, LiveModel, Sequence, StreamListener};
use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::Block;

const CYCLES: usize = 3000;

fn kind(words: &[u64]) -> PageOperationKind {
    [PageOperationKind::Lookup, PageOperationKind::Write, PageOperationKind::Move][words[0] as usize]
}

fn place(ports: &[hardpath_testbenches::cosimulation::Port], name: &str) -> usize {
    ports.iter().position(|port| port.name == name).unwrap_or_else(|| panic!("no port {name}"))
}

/// Offers random requests, each until it is taken. The fields' values are below their limits.
struct Requests {
    name: String,
    offer: f64,
    fields: Vec<(String, u64)>,
    valid: usize,
    ready: Option<usize>,
    ports: Vec<usize>,
    taken: u64,
}

pub(crate) fn requests(name: &str, offer: f64, fields: &[(&str, u64)]) -> Box<dyn Driver> {
    let fields = fields.iter().map(|(field, limit)| (format!("{name}_{field}"), *limit)).collect();
    Box::new(Requests { name: name.to_owned(), offer, fields, valid: 0, ready: None, ports: vec![], taken: 0 })
}

impl Driver for Requests {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        self.valid = place(&interface.inputs, &format!("{}_valid", self.name));
        self.ready = Some(place(&interface.outputs, &format!("{}_ready", self.name)));
        self.ports = self.fields.iter().map(|(field, _)| place(&interface.inputs, field)).collect();
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        [vec![self.valid], self.ports.clone()].concat()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        let valid = layout.inputs.span(self.valid).start;
        let ready = self.ready.map_or(0, |ready| layout.outputs.span(ready).start);
        let offered = inputs[valid] == 1;
        let taken = offered && outputs.is_some_and(|outputs| outputs[ready] == 1);
        if offered && !taken {
            return;
        }
        self.taken += u64::from(taken);
        inputs[valid] = u64::from(random.random_bool(self.offer));
        for (port, (_, limit)) in self.ports.iter().zip(&self.fields) {
            inputs[layout.inputs.span(*port).start] = random.random_range(0..*limit);
        }
    }

    fn events(&self) -> Vec<(String, u64)> {
        vec![(self.name.clone(), self.taken)]
    }
}

/// The memory behind a table's port.
struct Memory {
    name: &'static str,
    model: TableMemory,
    /// Read ready, response valid, response data, write ready.
    inputs: [usize; 4],
    /// Read valid and address, write valid, address and data.
    outputs: [usize; 5],
    begun: bool,
    answers: u64,
}

fn memory(name: &'static str, latency: std::ops::RangeInclusive<u64>, ready: f64) -> Box<dyn Driver> {
    let model = TableMemory::new(latency, ready, 5);
    Box::new(Memory { name, model, inputs: [0; 4], outputs: [0; 5], begun: false, answers: 0 })
}

impl Driver for Memory {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        let input = |field| place(&interface.inputs, &format!("{}_{field}", self.name));
        let output = |field| place(&interface.outputs, &format!("{}_{field}", self.name));
        self.inputs = ["read_ready", "response_valid", "response_data", "write_ready"].map(input);
        self.outputs = ["read_valid", "read_address", "write_valid", "write_address", "write_data"].map(output);
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.inputs.to_vec()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        if let (Some(outputs), true) = (outputs, self.begun) {
            let [read, read_address, write, write_address, write_data] =
                self.outputs.map(|port| outputs[layout.outputs.span(port).start]);
            self.model.clock((read == 1).then_some(read_address), (write == 1).then_some((write_address, write_data)));
        }
        self.begun = true;
        let signals = self.model.drive();
        self.answers += u64::from(signals.response.is_some());
        let width = layout.inputs.ports()[self.inputs[2]].width;
        let mask = u64::MAX >> (64 - width);
        let values = [
            u64::from(signals.read_ready),
            u64::from(signals.response.is_some()),
            signals.response.unwrap_or_else(|| random.random()) & mask,
            u64::from(signals.write_ready),
        ];
        for (port, value) in self.inputs.iter().zip(values) {
            inputs[layout.inputs.span(*port).start] = value;
        }
    }

    fn events(&self) -> Vec<(String, u64)> {
        vec![(self.name.to_owned(), self.answers)]
    }
}

/// Names the inputs of the sink of page operations.
macro_rules! operations {
    ($model:expr, $name:expr, $field:ident $([$index:expr])?) => {{
        let name = $name;
        $model
            .input(&format!("{name}_valid"), move |block| &mut block.$field$([$index])?.valid)
            .input_with(&format!("{name}_kind"), move |block, words| block.$field$([$index])?.kind.next = kind(words))
            .input(&format!("{name}_tag"), move |block| &mut block.$field$([$index])?.tag)
            .input(&format!("{name}_page"), move |block| &mut block.$field$([$index])?.page)
            .input(&format!("{name}_expected"), move |block| &mut block.$field$([$index])?.expected)
            .input(&format!("{name}_location"), move |block| &mut block.$field$([$index])?.location)
    }};
}

/// Names the inputs of a table's memory port.
macro_rules! memory_port {
    ($model:expr, $field:ident) => {{
        let name = stringify!($field);
        $model
            .input(&format!("{name}_read_ready"), |block| &mut block.$field.read_ready)
            .input(&format!("{name}_response_valid"), |block| &mut block.$field.response_valid)
            .input(&format!("{name}_response_data"), |block| &mut block.$field.response_data)
            .input(&format!("{name}_write_ready"), |block| &mut block.$field.write_ready)
    }};
}

fn clocked<T: Block>(
    model: LiveModel<T>,
    clock: impl Fn(&mut T) -> &mut rust_hdl::prelude::Signal<rust_hdl::prelude::In, rust_hdl::prelude::Clock> + 'static,
) -> LiveModel<T> {
    model.clock("clock", clock)
}

/// Few pages and entries, so that Moves find what they expect.
const OPERATION: [(&str, u64); 5] = [("kind", 3), ("tag", 256), ("page", 6), ("expected", 4), ("location", 4)];

#[test]
fn page_maps() {
    for (latency, ready, changes) in [(2..=2, 1.0, 10), (1..=30, 0.7, 4)] {
        let events = lockstep(
            &format!("page-map-{changes}"),
            PageMap::<6, 12>::new(changes).unwrap(),
            |model| {
                let model = clocked(model, |block| &mut block.clock).input("requester", |block| &mut block.requester);
                memory_port!(operations!(model, "operations", operations), memory)
            },
            |_| {
                vec![
                    requests("operations", 0.9, &OPERATION),
                    free("requester", 0.5),
                    memory("memory", latency.clone(), ready),
                ]
            },
            CYCLES,
        );
        assert!(events_of(&events, "operations") > 300 && events_of(&events, "memory") > 300, "{events:?}");
    }
}

#[test]
fn page_operation_buffers() {
    let events = lockstep(
        "page-operation-buffer",
        PageOperationBuffer::<6, 12>::default(),
        |model| {
            let model = clocked(model, |block| &mut block.clock)
                .input("sink_requester", |block| &mut block.sink_requester)
                .input("source_ready", |block| &mut block.source.ready);
            operations!(model, "sink", sink)
        },
        |_| {
            vec![
                requests("sink", 0.8, &OPERATION),
                free("sink_requester", 0.5),
                Box::new(StreamListener::new("source", 0.6)),
            ]
        },
        CYCLES,
    );
    assert!(events_of(&events, "source") > 500, "{events:?}");
}

#[test]
fn page_map_arbiters() {
    let events = lockstep(
        "page-map-arbiter",
        PageMapArbiter::<6, 12>::default(),
        |model| {
            let mut model = clocked(model, |block| &mut block.clock)
                .input("paused", |block| &mut block.paused)
                .input("operations_ready", |block| &mut block.operations.ready)
                .input("results_valid", |block| &mut block.results.valid)
                .input("results_tag", |block| &mut block.results.tag)
                .input("results_found", |block| &mut block.results.found)
                .input("results_applied", |block| &mut block.results.applied)
                .input("result_requester", |block| &mut block.result_requester);
            for requester in 0..4 {
                model = operations!(model, format!("requests_{requester}"), requests[requester]);
            }
            model
        },
        |_| {
            let mut drivers = vec![
                free("paused", 0.1),
                Box::new(StreamListener::new("operations", 0.8)),
                free("results_valid", 0.5),
                free("results_tag", 0.5),
                free("results_found", 0.5),
                free("results_applied", 0.5),
                free("result_requester", 0.5),
            ];
            drivers.extend((0..4).map(|requester| requests(&format!("requests_{requester}"), 0.3, &OPERATION)));
            drivers
        },
        CYCLES,
    );
    assert!((0..4).all(|number| events_of(&events, &format!("requests_{number}")) > 100), "{events:?}");
}

#[test]
fn page_directories() {
    let mut block = PageDirectory::<6, 12, 4, 8>::new(8, 2).unwrap();
    block.connect_inputs();
    let events = lockstep(
        "page-directory",
        block,
        |model| {
            let mut model = clocked(model, |block| &mut block.clock)
                .input("counts_valid", |block| &mut block.counts.valid)
                .input("counts_index", |block| &mut block.counts.index)
                .input("counts_clear", |block| &mut block.counts.clear);
            for requester in 0..4 {
                model = operations!(model, format!("requests_{requester}"), requests[requester]);
            }
            memory_port!(model, memory)
        },
        |_| {
            let mut drivers =
                vec![requests("counts", 0.05, &[("index", 16), ("clear", 2)]), memory("memory", 2..=9, 0.9)];
            drivers.extend((0..4).map(|requester| {
                let operation = [("kind", 3), ("tag", 256), ("page", 6), ("expected", 4096), ("location", 4096)];
                requests(&format!("requests_{requester}"), 0.3, &operation)
            }));
            drivers
        },
        CYCLES,
    );
    assert!(events_of(&events, "counts") > 50 && events_of(&events, "memory") > 500, "{events:?}");
}

#[test]
fn table_block_rams() {
    lockstep(
        "table-block-ram",
        TableBlockRam::<4, 12>::default(),
        |model| {
            clocked(model, |block| &mut block.clock)
                .input("table_read_valid", |block| &mut block.table.read_valid)
                .input("table_read_address", |block| &mut block.table.read_address)
                .input("table_write_valid", |block| &mut block.table.write_valid)
                .input("table_write_address", |block| &mut block.table.write_address)
                .input("table_write_data", |block| &mut block.table.write_data)
        },
        |_| {
            ["table_read_valid", "table_read_address", "table_write_valid", "table_write_address", "table_write_data"]
                .map(|name| free(name, 0.7))
                .into_iter()
                .collect()
        },
        CYCLES,
    );
}

#[test]
fn valid_count_tables() {
    let events = lockstep(
        "valid-counts",
        ValidCounts::<12, 4, 7>::new(2),
        |model| {
            clocked(model, |block| &mut block.clock)
                .input("changes_added", |block| &mut block.changes.added)
                .input("changes_added_location", |block| &mut block.changes.added_location)
                .input("changes_removed", |block| &mut block.changes.removed)
                .input("changes_removed_location", |block| &mut block.changes.removed_location)
                .input("firmware_valid", |block| &mut block.firmware.valid)
                .input("firmware_index", |block| &mut block.firmware.index)
                .input("firmware_clear", |block| &mut block.firmware.clear)
        },
        |_| {
            vec![
                free("changes_added", 0.5),
                free("changes_added_location", 0.8),
                free("changes_removed", 0.5),
                free("changes_removed_location", 0.8),
                requests("firmware", 0.5, &[("index", 16), ("clear", 2)]),
            ]
        },
        CYCLES,
    );
    assert!(events_of(&events, "firmware") > 200, "{events:?}");
}

#[test]
fn stripe_tables() {
    let states = [StripeState::Free, StripeState::Open, StripeState::Closed, StripeState::Retired];
    let events = lockstep(
        "stripe-table",
        StripeTable::<10, 16>::new(2),
        |model| {
            let model = clocked(model, |block| &mut block.clock)
                .input("lookups_valid", |block| &mut block.lookups.valid)
                .input("lookups_tag", |block| &mut block.lookups.tag)
                .input("lookups_location", |block| &mut block.lookups.location)
                .input("firmware_valid", |block| &mut block.firmware.valid)
                .input("firmware_write", |block| &mut block.firmware.write)
                .input("firmware_stripe", |block| &mut block.firmware.stripe)
                .input_with("firmware_state", move |block, words| {
                    block.firmware.state.next = states[words[0] as usize];
                })
                .input("firmware_sequence", |block| &mut block.firmware.sequence)
                .input("firmware_members", |block| &mut block.firmware.members)
                .input("firmware_parity_lane", |block| &mut block.firmware.parity_lane);
            memory_port!(model, memory)
        },
        |_| {
            let firmware = [
                ("write", 2),
                ("stripe", 1024),
                ("state", 4),
                ("sequence", 1 << 32),
                ("members", 1024),
                ("parity_lane", 10),
            ];
            vec![
                requests("lookups", 0.8, &[("tag", 256), ("location", 1 << 16)]),
                requests("firmware", 0.2, &firmware),
                memory("memory", 1..=12, 0.8),
            ]
        },
        CYCLES,
    );
    assert!(events_of(&events, "lookups") > 500 && events_of(&events, "firmware") > 200, "{events:?}");
}

#[test]
fn block_tables() {
    let states = [BlockState::Bad, BlockState::Erased, BlockState::Open, BlockState::Full];
    let events = lockstep(
        "block-table",
        BlockTable::<4, 8>::default(),
        |model| {
            let model = clocked(model, |block| &mut block.clock)
                .input("row", |block| &mut block.row)
                .input("firmware_valid", |block| &mut block.firmware.valid)
                .input("firmware_write", |block| &mut block.firmware.write)
                .input("firmware_row", |block| &mut block.firmware.row)
                .input("firmware_lane", |block| &mut block.firmware.lane)
                .input_with("firmware_state", move |block, words| {
                    block.firmware.state.next = states[words[0] as usize];
                })
                .input("firmware_erase_count", |block| &mut block.firmware.erase_count);
            memory_port!(model, erase_counts)
        },
        |_| {
            let firmware = [("write", 2), ("row", 16), ("lane", 10), ("state", 4), ("erase_count", 1 << 20)];
            vec![free("row", 0.8), requests("firmware", 0.7, &firmware), memory("erase_counts", 1..=5, 0.7)]
        },
        CYCLES,
    );
    assert!(events_of(&events, "firmware") > 200, "{events:?}");
}

#[test]
fn plane_healths() {
    lockstep(
        "plane-health",
        PlaneHealth::default(),
        |model| {
            clocked(model, |block| &mut block.clock)
                .input("plane", |block| &mut block.plane)
                .input("firmware_plane", |block| &mut block.firmware_plane)
                .input("firmware_write", |block| &mut block.firmware_write)
                .input("firmware_mask", |block| &mut block.firmware_mask)
        },
        |_| {
            ["plane", "firmware_plane", "firmware_write", "firmware_mask"]
                .map(|name| free(name, 0.7))
                .into_iter()
                .collect()
        },
        CYCLES,
    );
}

#[test]
fn member_selections() {
    lockstep(
        "member-select",
        MemberSelect::<9>::default(),
        |model| {
            clocked(model, |block| &mut block.clock)
                .input("start", |block| &mut block.start)
                .input("stripe", |block| &mut block.stripe)
                .input("first_of_block", |block| &mut block.first_of_block)
                .input("failed", |block| &mut block.failed)
                .input("erased", |block| &mut block.erased)
                .input("open", |block| &mut block.open)
        },
        |_| {
            vec![
                free("start", 0.3),
                below("stripe", 512),
                free("first_of_block", 0.3),
                free("failed", 0.1),
                free("erased", 0.5),
                free("open", 0.5),
            ]
        },
        CYCLES,
    );
}

#[test]
fn table_mailboxes() {
    let events = lockstep(
        "table-mailbox",
        TableMailbox::<4, 6>::default(),
        |model| {
            clocked(model, |block| &mut block.clock)
                .input("mailbox_request", |block| &mut block.mailbox.request)
                .input("mailbox_write", |block| &mut block.mailbox.write)
                .input("mailbox_address", |block| &mut block.mailbox.address)
                .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
                .input("counts_ready", |block| &mut block.counts.ready)
                .input("counts_answer_valid", |block| &mut block.counts.answer_valid)
                .input("counts_answer_count", |block| &mut block.counts.answer_count)
                .input("plane_failed", |block| &mut block.plane_failed)
        },
        |_| {
            vec![
                free("mailbox_request", 0.2),
                free("mailbox_write", 0.1),
                Box::new(Sequence::new("mailbox_address", |_, random| vec![random.random_range(0..7) * 4])),
                free("mailbox_data_in", 0.5),
                Box::new(StreamListener::new("counts", 0.5)),
                free("counts_answer_valid", 0.5),
                free("counts_answer_count", 0.5),
                free("plane_failed", 0.5),
            ]
        },
        CYCLES,
    );
    assert!(events_of(&events, "counts") > 50, "{events:?}");
}
