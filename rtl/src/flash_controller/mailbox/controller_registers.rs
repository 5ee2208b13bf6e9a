//! The registers of a flash controller's mailbox, beside those of its tables and of firmware's pages.

use super::register::{Access, MailboxRegister};

/// Offset at which the registers of [`TABLE_REGISTERS`](super::TABLE_REGISTERS) begin.
pub const TABLE_WINDOW: u16 = 0x800;

/// Offset at which the registers of [`PAGE_REGISTERS`](super::PAGE_REGISTERS) begin.
pub const PAGE_WINDOW: u16 = 0x400;

const fn register(
    name: &'static str,
    offset: u16,
    reset: u32,
    access: Access,
    description: &'static str,
) -> MailboxRegister {
    MailboxRegister { name, offset, reset, access, description }
}

use Access::{ReadOnly, ReadWrite, WriteOnly};

/// Registers of [`ControllerMailbox`](super::ControllerMailbox).
///
/// A place is written as bits 7..0 page of the block, 8 plane, 11..9 die, 23..12 block, 24 RAID group (chip of the lane). A
/// location is written as the page map does.
pub static CONTROLLER_REGISTERS: &[MailboxRegister] = &[
    register("identification", 0x000, 0x4850_4643, ReadOnly, "the letters HPFC"),
    register(
        "control",
        0x004,
        0,
        ReadWrite,
        "writes go to the write buffer, else they wait: bit 0 those of the host, its trims too; 1 those of the mover",
    ),
    register(
        "status",
        0x008,
        0x15,
        ReadOnly,
        "bit 0: room for a stripe; 1: flushing; 2: no read of the epoch before is under way; 3: a lane command waits for \
         its lane; 4: room for an order to move; 5: a page of the host is offered to the write buffer, or in it without a place \
         in the page map, or a trim is under way, or a closed stripe is not with its lanes and in the map",
    ),
    register(
        "events",
        0x00C,
        0,
        ReadOnly,
        "what waits: bit 0 `lane_event`, 1 `lane_word`, 2 `move_event`, 3 `read_event`, 4 `read_sample`; any of them raises \
         `attention`",
    ),
    register("stripe_place", 0x010, 0, ReadWrite, "place of the next stripe's pages on its lanes"),
    register("stripe_sequence", 0x014, 0, ReadWrite, "its sequence number"),
    register(
        "stripe_open",
        0x018,
        0,
        WriteOnly,
        "writing opens the stripe: bits 9..0 member lanes, 13..10 parity lane, 16 first of a pair, 17 second of a pair; it \
         is entered in the stripe table as open",
    ),
    register("flush", 0x01C, 0, WriteOnly, "writing closes the open stripe with fillers"),
    register(
        "command_place",
        0x020,
        0,
        ReadWrite,
        "place of the next lane command; its page is an address byte for some",
    ),
    register("command_span", 0x024, 0, ReadWrite, "bits 13..0 first byte of the page or parameter, 29..16 bytes"),
    register(
        "command_issue",
        0x028,
        0,
        WriteOnly,
        "writing sends the command: bits 2..0 operation, 6..3 lane, 8..7 planes, 15..12 low bits of its tag",
    ),
    register("lanes_fast", 0x02C, 0, ReadWrite, "bit 2 x lane + chip: the chip has been brought into its run mode"),
    register(
        "lane_event",
        0x030,
        0,
        ReadOnly,
        "reading takes the oldest: bit 31 there was one, 30 it failed, 11..8 lane, 7..0 tag; of programs only failures",
    ),
    register(
        "lane_word",
        0x034,
        0,
        ReadOnly,
        "reading takes the oldest bytes of a command's data, up to four, the first in bits 7..0; zero if there are none",
    ),
    register(
        "lane_word_bytes",
        0x058,
        0,
        ReadOnly,
        "what `lane_word` holds: bits 2..0 number of bytes, 3 the last of a command's data is among them",
    ),
    register(
        "stripes_begun",
        0x038,
        0,
        ReadOnly,
        "stripes that the write buffer has begun to fill; all but the last two of them lie on flash and in the page map",
    ),
    register(
        "byte_lane",
        0x03C,
        0,
        ReadWrite,
        "bit 4 set: only the lane in bits 3..0 transfers what it has read; else all do. Bytes of one lane at a time",
    ),
    register(
        "move_order",
        0x040,
        0,
        WriteOnly,
        "writing orders the page at this location to be moved, or with bit 31 set, only to be read and checked",
    ),
    register(
        "move_event",
        0x044,
        0,
        ReadOnly,
        "reading takes the oldest: bit 31 there was one, 1..0 moved, superseded, no page, lost; of a check: good, weak, -, lost",
    ),
    register("move_event_location", 0x048, 0, ReadOnly, "what `move_order` was told of the event that was taken last"),
    register(
        "read_event",
        0x050,
        0,
        ReadOnly,
        "reading takes the oldest: bit 31 there was one, 8 the page is lost, else it was reconstructed; 7..0 tag",
    ),
    register(
        "read_event_place",
        0x054,
        0,
        ReadOnly,
        "place of the event taken last: bit 0 group, 3..1 die, 4 plane, 16..5 block, 24..17 page, 25 half, 29..26 lane",
    ),
    register(
        "read_sample",
        0x05C,
        0,
        ReadOnly,
        "reading takes the oldest: bit 31 there was one; 29..0 place of one of 64 pages that were read, as in `read_event_place`",
    ),
    register("map_page", 0x060, 0, ReadWrite, "logical page of the next operation on the page map"),
    register("map_location", 0x064, 0, ReadWrite, "location that it writes"),
    register("map_expected", 0x068, 0, ReadWrite, "location that a move expects"),
    register("map_operation", 0x06C, 0, WriteOnly, "writing does it: 0 lookup, 1 write, 2 move"),
    register("map_found", 0x070, 0, ReadOnly, "the page's location before the last operation"),
    register(
        "map_next",
        0x074,
        0,
        ReadOnly,
        "reading looks `map_page` up and shows its location as `map_found`; then `map_page` is one more",
    ),
    register("stripe_index", 0x080, 0, ReadWrite, "stripe, group on top, whose entry `stripe_entry` reads and writes"),
    register(
        "stripe_entry_sequence",
        0x084,
        0,
        ReadWrite,
        "its sequence number, read by `stripe_entry` and written with it",
    ),
    register(
        "stripe_entry",
        0x088,
        0,
        ReadWrite,
        "bits 1..0 state (free, open, closed, retired), 5..2 parity lane, 15..6 members",
    ),
    register(
        "fence_advance",
        0x0A0,
        0,
        WriteOnly,
        "writing begins a new epoch of reads; only while status bit 2 is high",
    ),
    register("page_limit", 0x0A4, 0, ReadWrite, "logical pages of the host"),
    register("corrected_bits", 0x0C0, 0, ReadOnly, "bits that chip-level correction has mended"),
    register("corrected_records", 0x0C4, 0, ReadOnly, "records in which it has"),
];
