//! The registers of a port.

use crate::flash_controller::mailbox::{Access, MailboxRegister};

/// Registers of [`PortMailbox`](super::PortMailbox).
pub static PORT_REGISTERS: &[MailboxRegister] = &[
    MailboxRegister {
        name: "port_control",
        offset: 0x000,
        reset: 0,
        access: Access::ReadWrite,
        description: "bit 0: fill words of 8 Gb/s are ARB(FF), else IDLE; 3: the port is in a loop; 4: there it opens others half \
                      duplex; 6: frames of 8 Gb/s are scrambled; writing bit 1 as 1 resets the active link, bit 2 takes the link offline and up again, \
                      bit 5 initializes the loop (they read as 0)",
    },
    MailboxRegister {
        name: "port_status",
        offset: 0x004,
        reset: 0,
        access: Access::ReadOnly,
        description: "bits 3..0: state of the port; 15..8: frames sent and not answered by R_RDY; 16: an exchange \
                      ended early; 17: words of a frame wait; 18: the frame to send has not left",
    },
    MailboxRegister {
        name: "credit",
        offset: 0x008,
        reset: 1,
        access: Access::ReadWrite,
        description: "bits 7..0: frames that the other port can take",
    },
    MailboxRegister {
        name: "own_address",
        offset: 0x00c,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 23..0: address of the port",
    },
    MailboxRegister {
        name: "capacity_low",
        offset: 0x010,
        reset: 0,
        access: Access::ReadWrite,
        description: "blocks of the logical unit, bits 31..0",
    },
    MailboxRegister {
        name: "capacity_high",
        offset: 0x014,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 2..0: blocks of the logical unit, bits 34..32",
    },
    MailboxRegister {
        name: "login_address",
        offset: 0x018,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 23..0: address for `login_entry`",
    },
    MailboxRegister {
        name: "login_payload",
        offset: 0x01c,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 9..0: words of payload in a frame for `login_entry`",
    },
    MailboxRegister {
        name: "login_entry",
        offset: 0x020,
        reset: 0,
        access: Access::WriteOnly,
        description: "writing sets entry 3..0 of the logins to `login_address` and `login_payload`; bit 4: its \
                      commands are carried out by hardware; 5: it holds a login; 6: its writes are not",
    },
    MailboxRegister {
        name: "receive_word",
        offset: 0x024,
        reset: 0,
        access: Access::ReadOnly,
        description: "reading takes the next word of a received frame, its first byte in bits 31..24; zero if there is \
                      none",
    },
    MailboxRegister {
        name: "receive_status",
        offset: 0x028,
        reset: 0,
        access: Access::ReadOnly,
        description: "bit 0: a word waits; 1: it is the last of its frame; 2: the frame is the first of its sequence; \
                      3: the last; 25..16: words of the frame",
    },
    MailboxRegister {
        name: "transmit_word",
        offset: 0x02c,
        reset: 0,
        access: Access::WriteOnly,
        description: "writing gives the next word of a frame to send, its first byte in bits 31..24; only while \
                      `port_status` bit 18 is low",
    },
    MailboxRegister {
        name: "transmit_start",
        offset: 0x030,
        reset: 0,
        access: Access::WriteOnly,
        description: "writing sends the words given as a frame; bit 0: it is the first of its sequence; 1: the last; \
                      2: the words are forgotten instead",
    },
    MailboxRegister {
        name: "exchange_select",
        offset: 0x034,
        reset: 0,
        access: Access::WriteOnly,
        description: "writing looks at exchange 6..0; bit 8: and closes it; only while `exchange_state` bit 31 is low",
    },
    MailboxRegister {
        name: "exchange_state",
        offset: 0x038,
        reset: 0,
        access: Access::ReadOnly,
        description: "of the exchange that was looked at, bits 15..0: OX_ID; 19..16: login; 26..25: why it ended early \
                      (1 storage failed, 2 the sequence was cut short); 28: it ended early; 29: it is a write; 30: it \
                      was open; 31: it is not answered yet",
    },
    MailboxRegister {
        name: "failure",
        offset: 0x03c,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 6..0: an exchange that ended early, bit 31: there is one; writing takes notice of it",
    },
    MailboxRegister {
        name: "drop_counts",
        offset: 0x040,
        reset: 0,
        access: Access::ReadOnly,
        description: "bits 15..0: bad frames; 31..16: frames of data that nobody had asked for; modulo 65,536",
    },
    MailboxRegister {
        name: "loop_status",
        offset: 0x044,
        reset: 0,
        access: Access::ReadOnly,
        description: "bits 7..0: loop address (AL_PA); 8: the port has it; 9: the port was master of the \
                      initialization; 14..12: state in the loop; 16: LIP came since `port_control` was written",
    },
    MailboxRegister {
        name: "port_name_low",
        offset: 0x048,
        reset: 0,
        access: Access::ReadWrite,
        description: "name of the port (WWPN), bits 31..0",
    },
    MailboxRegister {
        name: "port_name_high",
        offset: 0x04c,
        reset: 0,
        access: Access::ReadWrite,
        description: "name of the port (WWPN), bits 63..32",
    },
    MailboxRegister {
        name: "hard_address",
        offset: 0x050,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 7..0: loop address to claim; 8: there is one",
    },
    MailboxRegister {
        name: "speed_control",
        offset: 0x054,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 1..0: the fastest speed of the line (0 for 8 Gb/s, 1 for 4, 2 or 3 for 2); 2: the speed is \
                      negotiated, else it is the fastest; writing begins the negotiation anew",
    },
    MailboxRegister {
        name: "speed_status",
        offset: 0x058,
        reset: 0,
        access: Access::ReadOnly,
        description: "bits 1..0: speed of the transmitter (0 for 8 Gb/s, 1 for 4, 2 for 2); 5..4: of the receiver; \
                      8: the speed is not settled yet",
    },
    MailboxRegister {
        name: "page_number",
        offset: 0x05c,
        reset: 0,
        access: Access::ReadWrite,
        description: "number of a page of 4 KB for `page_operation`",
    },
    MailboxRegister {
        name: "page_operation",
        offset: 0x060,
        reset: 0,
        access: Access::WriteOnly,
        description: "writing asks storage for the page; bits 1..0: 0 it is read into the processor's slot, 1 blocks of it are \
                      written from there, 2 it is trimmed, 3 one block of it is written if it is the one that stands in \
                      the place of its neighbour, whose number differs in the lowest bit; 6..4: first block; 10..8: last \
                      block (0 to 7 for reading and trimming); only while `page_status` bit 0 is low",
    },
    MailboxRegister {
        name: "page_status",
        offset: 0x064,
        reset: 0,
        access: Access::ReadOnly,
        description: "bit 0: a page of the processor is under way; 1: the last one could not be read or written; 2: or was not \
                      written, because the block was another one",
    },
    MailboxRegister {
        name: "page_place",
        offset: 0x068,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 9..0: place of the word in the processor's slot that `page_word` means",
    },
    MailboxRegister {
        name: "page_word",
        offset: 0x06c,
        reset: 0,
        access: Access::ReadWrite,
        description: "word of the processor's slot, its first byte in bits 31..24; each access moves on to the next; only while \
                      `page_status` bit 0 is low",
    },
    MailboxRegister {
        name: "exchange_moved",
        offset: 0x070,
        reset: 0,
        access: Access::ReadOnly,
        description: "bytes of data that were sent or received of the exchange that `exchange_state` tells of",
    },
];
