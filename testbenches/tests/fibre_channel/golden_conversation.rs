//! Recorded conversations of hosts with other targets, their hosts' parts played to our port: of Linux with Linux, and of an
//! adapter of 2007 with a disk array in a fabric.
//!
//! The recordings lie outside the project; where they are missing the tests say so. Addresses are ours, and so is the burst that
//! XFER_RDY asks for: data that a recording has in one sequence is sent in as many as are asked for. What the standard leaves
//! to a target (inquiry data, mode pages) is not compared.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use hardpath_sim::models::fibre_channel::{Frame, Header, LineFrame};
use hardpath_sim::models::{PageStorage, Pause};
use hardpath_testbenches::fibre_channel::PortMachine;

/// Logical blocks of the recorded targets.
const BLOCKS: u64 = 0x1_0000;

fn recording(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/facts/golden").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("{} is not here: the conversation is not replayed", path.display());
    None
}

fn frames_of(text: &str) -> Vec<Frame> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let frame = |line: &str| {
        let fields: HashMap<&str, &str> = names.iter().copied().zip(line.split(',')).collect();
        let number = |name: &str| u32::from_str_radix(fields[name], 16).expect(name);
        let payload = fields["payload_hex"];
        Frame {
            header: Header {
                r_ctl: number("r_ctl") as u8,
                destination: number("d_id"),
                source: number("s_id"),
                kind: number("type") as u8,
                f_ctl: number("f_ctl"),
                sequence: number("seq_id") as u8,
                df_ctl: number("df_ctl") as u8,
                count: number("seq_cnt") as u16,
                originator: number("ox_id") as u16,
                responder: number("rx_id") as u16,
                parameter: number("parameter"),
            },
            payload: (0..payload.len() / 2)
                .map(|place| u8::from_str_radix(&payload[2 * place..2 * place + 2], 16).expect("a byte"))
                .collect(),
            is_first: fields["sof"] == "SOFi3",
            is_last: fields["eof"] == "EOFt",
        }
    };
    lines.map(frame).collect()
}

/// A request of the host and all that belongs to it.
struct Conversation {
    request: Frame,
    data_out: Vec<Frame>,
    answers: Vec<Frame>,
}

impl Conversation {
    fn data_in(frames: &[Frame]) -> Vec<u8> {
        let without_fill = |frame: &Frame| {
            let fill = (frame.header.f_ctl & 3) as usize;
            frame.payload[..frame.payload.len() - fill].to_vec()
        };
        frames.iter().filter(|frame| frame.header.r_ctl == 0x01).flat_map(without_fill).collect()
    }
}

/// The conversations that this host began with this target, in order.
fn conversations(frames: Vec<Frame>, host: u32, target: u32) -> Vec<Conversation> {
    let mut all: Vec<Conversation> = vec![];
    for frame in frames {
        let Header { r_ctl, source, destination, originator, .. } = frame.header;
        let is_meant = [source, destination] == [host, target] || [source, destination] == [target, host];
        if !is_meant {
            continue;
        }
        let is_answer = matches!(r_ctl, 0x01 | 0x05 | 0x07 | 0x23);
        let open = |all: &mut Vec<Conversation>| {
            let kind = if r_ctl == 0x23 { 0x22 } else { 0x06 };
            all.iter().rposition(|one| one.request.header.r_ctl == kind && one.request.header.originator == originator)
        };
        match (source == host, is_answer) {
            (true, false) => all.push(Conversation { request: frame, data_out: vec![], answers: vec![] }),
            (true, true) if r_ctl == 0x01 => {
                let place = open(&mut all).expect("a write");
                all[place].data_out.push(frame);
            }
            (false, true) => {
                let place = open(&mut all).expect("a request");
                all[place].answers.push(frame);
            }
            // What the recorded target asked of the host, and its answers.
            _ => {}
        }
    }
    all
}

struct Replay {
    machine: PortMachine,
    host: u32,
    target: u32,
}

impl Replay {
    fn new() -> Self {
        let mut machine = PortMachine::new(2112, PageStorage::new((0, 200), Pause::never(), 1), BLOCKS, 1);
        machine.log_in(60_000).expect("a login");
        machine.take_seen();
        let (host, target) = machine.host.end.port.addresses();
        Self { machine, host, target }
    }

    fn send(&mut self, frame: &Frame) {
        let header = Header { source: self.host, destination: self.target, ..frame.header };
        self.machine.host.end.line.send(LineFrame::from(&Frame { header, ..frame.clone() }));
    }

    /// Plays the host's part; what our port answers.
    fn play(&mut self, conversation: &Conversation) -> Vec<Frame> {
        self.send(&conversation.request);
        let mut answers: Vec<Frame> = vec![];
        for _ in 0..200_000 {
            self.machine.step().expect("a cycle");
            for (_, seen) in self.machine.take_seen() {
                let frame = seen.check().expect("a good frame");
                if frame.header.source != self.target {
                    continue;
                }
                assert_eq!(frame.header.destination, self.host);
                assert_eq!(frame.header.originator, conversation.request.header.originator);
                if frame.header.r_ctl == 0x05 {
                    self.send_data(conversation, &frame);
                }
                let is_end = matches!(frame.header.r_ctl, 0x07 | 0x23);
                answers.push(frame);
                if is_end {
                    return answers;
                }
            }
        }
        panic!("no answer to {:X?}", conversation.request.header);
    }

    /// The recorded data for a burst.
    fn send_data(&mut self, conversation: &Conversation, ready: &Frame) {
        let word = |place: usize| {
            u32::from_be_bytes(ready.payload[place..place + 4].try_into().expect("four bytes of XFER_RDY"))
        };
        let (offset, end) = (word(0), word(0) + word(4));
        let frames = conversation.data_out.iter().filter(|frame| (offset..end).contains(&frame.header.parameter));
        let frames: Vec<_> = frames.cloned().collect();
        let sent: usize = frames.iter().map(|frame| frame.payload.len()).sum();
        assert_eq!(sent as u32, end - offset, "the recording has data for the burst");
        for (count, frame) in frames.iter().enumerate() {
            let is_last = count + 1 == frames.len();
            let f_ctl = if is_last { 0x09_0008 } else { 0x00_0008 };
            let header = Header {
                f_ctl,
                count: count as u16,
                sequence: (offset / 4096) as u8,
                responder: ready.header.responder,
                ..frame.header
            };
            self.send(&Frame { header, is_first: count == 0, is_last, ..frame.clone() });
        }
    }
}

/// Whether a standard fixes what a command returns, for a device of this size.
fn is_fixed(conversation: &Conversation) -> bool {
    let code = conversation.request.payload[12];
    matches!(code, 0x00 | 0x28 | 0x2A | 0x9E | 0xA0)
}

fn compare_link_service(ours: &[Frame], recorded: &[Frame]) {
    let (ours, recorded) = (&ours[0], &recorded[0]);
    assert_eq!(ours.header.r_ctl, 0x23);
    assert_eq!(ours.header.kind, 0x01);
    assert!(matches!(ours.header.f_ctl & !3, 0x98_0000 | 0x99_0000), "F_CTL {:06X}", ours.header.f_ctl);
    assert_eq!(ours.payload[0], recorded.payload[0], "another answer to {:X?}", recorded.header);
    assert_eq!(ours.payload.len(), recorded.payload.len());
    assert!(ours.is_first && ours.is_last);
}

fn compare_command(conversation: &Conversation, ours: &[Frame]) {
    let recorded = &conversation.answers;
    let descriptor = &conversation.request.payload[12..28];
    let responder = ours[0].header.responder;
    let fields = |frame: &Frame| (frame.header.r_ctl, frame.header.f_ctl & !3, frame.header.kind, frame.header.df_ctl);
    for frame in ours {
        assert_eq!(frame.header.responder, responder);
        let of_kind: Vec<_> = recorded.iter().filter(|other| other.header.r_ctl == frame.header.r_ctl).collect();
        let fits = of_kind.iter().any(|other| fields(other) == fields(frame));
        assert!(fits || of_kind.is_empty(), "{:X?} for {descriptor:02X?}", frame.header);
    }
    let (end, recorded_end) = (ours.last().expect("RSP"), recorded.last().expect("RSP"));
    assert_eq!(fields(end), fields(recorded_end));
    // Flags and status, sense key and code.
    assert_eq!(end.payload[11], recorded_end.payload[11], "status of {descriptor:02X?}");
    if end.payload[11] == 2 {
        let sense = |frame: &Frame| {
            let sense = frame.payload[24..].to_vec();
            (sense[0], sense[2], sense[12], sense[13])
        };
        assert_eq!(sense(end), sense(recorded_end), "sense of {descriptor:02X?}");
    }
    let moved = Conversation::data_in(ours);
    let length = u32::from_be_bytes(conversation.request.payload[28..32].try_into().expect("four bytes"));
    let residual = u32::from_be_bytes(end.payload[12..16].try_into().expect("four bytes"));
    if conversation.data_out.is_empty() {
        assert_eq!(residual, length - moved.len() as u32, "residual of {descriptor:02X?}");
        assert_eq!(end.payload[10] & 0x08 != 0, residual > 0);
    }
    if is_fixed(conversation) && end.payload[11] == 0 {
        let recorded_moved = Conversation::data_in(recorded);
        assert_eq!(moved.len(), recorded_moved.len(), "bytes for {descriptor:02X?}");
        assert_eq!(end.payload[10..20], recorded_end.payload[10..20], "flags and residual of {descriptor:02X?}");
    }
}

#[test]
fn a_recorded_linux_host_finds_what_it_expects() {
    let Some(path) = recording("fc-linux-libfc-vs-lio.csv") else { return };
    let frames = frames_of(&std::fs::read_to_string(path).expect("a readable recording"));
    // FLOGI has no addresses yet; the port is logged in before.
    let all = conversations(frames, 2, 1);
    assert!(all.len() > 30, "{} conversations", all.len());
    let mut replay = Replay::new();
    let mut written: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    let mut compared = 0;
    for conversation in &all {
        let ours = replay.play(conversation);
        if conversation.request.header.r_ctl == 0x22 {
            compare_link_service(&ours, &conversation.answers);
        } else {
            compare_command(conversation, &ours);
            // What is read back is what was written.
            let place = conversation.request.payload[14..21].to_vec();
            let data: Vec<u8> = conversation.data_out.iter().flat_map(|frame| frame.payload.clone()).collect();
            match conversation.request.payload[12] {
                0x2A => drop(written.insert(place, data)),
                0x28 if written.contains_key(&place) && ours.len() > 1 => {
                    assert!(written[&place] == Conversation::data_in(&ours), "other data was read back");
                    assert!(written[&place] == Conversation::data_in(&conversation.answers));
                    compared += 1;
                }
                _ => {}
            }
        }
    }
    assert!(compared >= 2, "{compared} reads of what was written before");
}

#[test]
fn a_recorded_adapter_of_2007_finds_what_it_expects() {
    let Some(path) = recording("fc-real-2007-emulex-cisco.csv") else { return };
    let frames = frames_of(&std::fs::read_to_string(path).expect("a readable recording"));
    let all = conversations(frames, 0xED_0100, 0xED_0000);
    assert!(all.len() > 10, "{} conversations", all.len());
    let mut replay = Replay::new();
    for conversation in &all {
        let ours = replay.play(conversation);
        match (conversation.request.header.r_ctl, conversation.request.payload[12]) {
            (0x22, _) => compare_link_service(&ours, &conversation.answers),
            // The recorded target has other units: their list is compared by its form.
            (_, 0xA0) => {
                let units = Conversation::data_in(&ours);
                assert_eq!(units.len() as u32, u32::from_be_bytes([units[0], units[1], units[2], units[3]]) + 8);
                assert_eq!(ours.last().expect("RSP").payload[10..12], [0x08, 0]);
            }
            // Units that our port has not.
            _ if conversation.request.payload[..8] != [0; 8] => {
                let end = ours.last().expect("RSP");
                assert_eq!((end.payload[11], end.payload[26], end.payload[36]), (0x02, 0x05, 0x25));
            }
            _ => compare_command(conversation, &ours),
        }
    }
}
