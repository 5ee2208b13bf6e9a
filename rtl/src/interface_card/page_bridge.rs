//! From the slots of two ports to page commands, and from one clock to another.

use rust_hdl::prelude::*;

use super::{CommandMerger, PageCommandSource, PageCrossing, PageDispatcher, PagePath, PageReadSink};
use crate::circuit::circuit_info;
use crate::fibre_channel::target::{SlotSource, StoragePageSink, StoragePageSource};
use crate::flash_controller::host_interface::HostCompletionSink;
use crate::stream::{AsynchronousFifo, StreamSource};

/// Joins the pages of two ports to one port of tagged page commands, such as a flash controller's.
///
/// ```text
///      clock of each port                        |  clock of storage
///  pages ──────────────────> [PageCrossing] ─────────> PageDispatcher ──reads──> CommandMerger ──> commands
///                                                │      │ writes  ^                  │  ^
///  slots <──> PagePath x 2 <────── [fifos] <────────────┘         │ends of writes    │  └── words read, ends
///                 ^   │                          │                │                  v
///                 │   └──commands, words, ends──────> [fifos] ────┴──────────────────┘──> words written
///                 └──words read, ends── [fifos] <────────────────────────────────────┘
/// ```
///
/// - Latency: that of [`AsynchronousFifo`] and 3 cycles from a read to its command, and 4 from a page's end to `done`.
/// - Throughput: a word of 128 bits for each port every 4 cycles of its clock, both ways; a word a cycle of storage's.
/// - Back-pressure: requests wait; see [`PageDispatcher`].
/// - Limits: pages that are written in part: one at a time of each port. A port that asks for a slot again after its write
///   has ended does so at least three cycles of storage's clock later, as [`FcpTarget`](crate::fibre_channel::target::FcpTarget)
///   does.
#[derive(LogicBlock)]
pub struct PageBridge {
    /// Clock of each port, rising edge.
    pub clocks: Vec<Signal<In, Clock>>,
    /// Clock of storage, rising edge.
    pub storage_clock: Signal<In, Clock>,
    /// Requests of each port; by its clock.
    pub pages: Vec<StoragePageSink>,
    /// Slots of each port; by its clock.
    pub slots: Vec<SlotSource>,
    /// Commands; by `storage_clock`, as all that follows.
    pub command: PageCommandSource,
    /// Words of writes; `last` at the end of each page.
    pub write_data: StreamSource<128>,
    /// Words of reads.
    pub read_data: PageReadSink,
    /// Ends of commands.
    pub completion: HostCompletionSink,

    dispatcher: PageDispatcher,
    crossings: Vec<PageCrossing>,
    paths: Vec<PagePath>,
    dispatched_fifos: Vec<AsynchronousFifo<45, 6>>,
    ended_fifos: Vec<AsynchronousFifo<5, 6>>,
    command_fifos: Vec<AsynchronousFifo<39, 4>>,
    write_fifos: Vec<AsynchronousFifo<128, 9>>,
    fill_fifos: Vec<AsynchronousFifo<137, 9>>,
    end_fifos: Vec<AsynchronousFifo<7, 6>>,
    merger: CommandMerger,
}

impl Default for PageBridge {
    fn default() -> Self {
        Self {
            clocks: vec![Default::default(), Default::default()],
            storage_clock: Default::default(),
            pages: vec![Default::default(), Default::default()],
            slots: vec![Default::default(), Default::default()],
            command: Default::default(),
            write_data: Default::default(),
            read_data: Default::default(),
            completion: Default::default(),
            dispatcher: Default::default(),
            paths: vec![Default::default(), Default::default()],
            crossings: vec![Default::default(), Default::default()],
            dispatched_fifos: vec![Default::default(), Default::default()],
            ended_fifos: vec![Default::default(), Default::default()],
            command_fifos: vec![Default::default(), Default::default()],
            write_fifos: vec![Default::default(), Default::default()],
            fill_fifos: vec![Default::default(), Default::default()],
            end_fifos: vec![Default::default(), Default::default()],
            merger: Default::default(),
        }
    }
}

impl Logic for PageBridge {
    #[hdl_gen]
    fn update(&mut self) {
        self.dispatcher.clock.next = self.storage_clock.val();
        self.merger.clock.next = self.storage_clock.val();
        StreamSource::<44>::join(&mut self.dispatcher.reads, &mut self.merger.reads);
        PageCommandSource::link(&mut self.command, &mut self.merger.command);
        StreamSource::<128>::link(&mut self.write_data, &mut self.merger.write_data);
        PageReadSink::link(&mut self.read_data, &mut self.merger.read_data);
        HostCompletionSink::link(&mut self.completion, &mut self.merger.completion);
        for i in 0..2 {
            self.paths[i].clock.next = self.clocks[i].val();
            self.crossings[i].clock.next = self.clocks[i].val();
            self.crossings[i].storage_clock.next = self.storage_clock.val();
            self.dispatched_fifos[i].clock.next = self.storage_clock.val();
            self.dispatched_fifos[i].source_clock.next = self.clocks[i].val();
            self.ended_fifos[i].clock.next = self.clocks[i].val();
            self.ended_fifos[i].source_clock.next = self.storage_clock.val();
            self.command_fifos[i].clock.next = self.clocks[i].val();
            self.command_fifos[i].source_clock.next = self.storage_clock.val();
            self.write_fifos[i].clock.next = self.clocks[i].val();
            self.write_fifos[i].source_clock.next = self.storage_clock.val();
            self.fill_fifos[i].clock.next = self.storage_clock.val();
            self.fill_fifos[i].source_clock.next = self.clocks[i].val();
            self.end_fifos[i].clock.next = self.storage_clock.val();
            self.end_fifos[i].source_clock.next = self.clocks[i].val();

            StoragePageSink::link(&mut self.pages[i], &mut self.crossings[i].asked);
            StoragePageSource::join(&mut self.crossings[i].page, &mut self.dispatcher.pages[i]);
            self.paths[i].asks.next =
                self.pages[i].valid.val() & self.crossings[i].asked.ready.val() & !self.pages[i].is_write.val();
            self.paths[i].asked_slot.next = self.pages[i].slot.val();
            self.paths[i].asked_first.next = self.pages[i].first.val();
            StreamSource::<45>::join(&mut self.dispatcher.writes[i], &mut self.dispatched_fifos[i].sink);
            StreamSource::<45>::join(&mut self.dispatched_fifos[i].source, &mut self.paths[i].writes);
            // Fewer writes are under way than find room.
            self.ended_fifos[i].sink.valid.next = self.paths[i].write_ended.val();
            self.ended_fifos[i].sink.data.next = self.paths[i].write_ended_slot.val();
            self.ended_fifos[i].sink.last.next = true;
            self.ended_fifos[i].source.ready.next = true;
            self.dispatcher.ended[i].next = self.ended_fifos[i].source.valid.val();
            self.dispatcher.ended_slot[i].next = self.ended_fifos[i].source.data.val();
            SlotSource::link(&mut self.slots[i], &mut self.paths[i].slots);
            StreamSource::<39>::join(&mut self.paths[i].commands, &mut self.command_fifos[i].sink);
            StreamSource::<39>::join(&mut self.command_fifos[i].source, &mut self.merger.writes[i]);
            StreamSource::<128>::join(&mut self.paths[i].write_words, &mut self.write_fifos[i].sink);
            StreamSource::<128>::join(&mut self.write_fifos[i].source, &mut self.merger.write_words[i]);
            StreamSource::<137>::join(&mut self.merger.read_words[i], &mut self.fill_fifos[i].sink);
            StreamSource::<137>::join(&mut self.fill_fifos[i].source, &mut self.paths[i].read_words);
            StreamSource::<7>::join(&mut self.merger.ends[i], &mut self.end_fifos[i].sink);
            StreamSource::<7>::join(&mut self.end_fifos[i].source, &mut self.paths[i].ends);
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
