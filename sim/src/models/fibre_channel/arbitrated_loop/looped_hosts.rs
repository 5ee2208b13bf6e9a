//! A loop of hosts and the array.

use std::collections::VecDeque;

use super::port::LoopPort;
use crate::models::fibre_channel::host_port::HostPort;
use crate::models::fibre_channel::line::{LineCounts, LineFrame, LineWord, Seen, WordReceiver};
use crate::models::fibre_channel::neighbour::Neighbour;
use crate::models::line_code::{Disparity, Symbol, encode_word};

const IDLE: [u8; 4] = [0xBC, 0x95, 0xB5, 0xB5];
/// Words in the buffer between the array's clock and that of the hosts: fewer are made more at a fill word, more are made fewer.
const FEWEST: usize = 4;
const MOST: usize = 12;
/// Frames that are remembered to tell what the array sends from what it repeats.
const REMEMBERED: usize = 16;

/// One to four hosts, one behind the other between what the array sends and what it receives. All have one clock; the lines
/// between them carry words, the two to the array bits.
#[derive(Clone, Debug)]
pub struct LoopedHosts {
    receiver: WordReceiver,
    incoming: VecDeque<LineWord>,
    last: LineWord,
    ports: Vec<LoopPort>,
    hosts: Vec<HostPort>,
    disparity: Disparity,
    to_array: FrameWatcher,
    from_array: FrameWatcher,
    /// Frames that went to the array last.
    passed: VecDeque<LineFrame>,
    seen: Vec<Seen>,
}

/// Puts the words of frames together.
#[derive(Clone, Debug, Default)]
struct FrameWatcher(Option<([u8; 4], Vec<u8>)>);

impl FrameWatcher {
    fn see(&mut self, word: LineWord) -> Option<LineFrame> {
        match word {
            LineWord::Data(bytes) => {
                if let Some((_, frame)) = &mut self.0 {
                    frame.extend(bytes);
                }
            }
            LineWord::Set(set) if LineFrame::is_end(set) => {
                let (start, mut bytes) = self.0.take()?;
                let place = bytes.len().checked_sub(4)?;
                let crc = bytes.split_off(place).try_into().ok()?;
                return Some(LineFrame { start, bytes, crc, end: set });
            }
            LineWord::Set(set) => self.0 = LineFrame::is_start(set).then(|| (set, vec![])),
            LineWord::Invalid | LineWord::Lost => self.0 = None,
        }
        None
    }
}

/// The form for negative running disparity of the end of a frame.
fn without_form(word: LineWord) -> LineWord {
    match word {
        LineWord::Set(mut set) if LineFrame::is_end(set) => {
            set[1] &= !0x20;
            LineWord::Set(set)
        }
        word => word,
    }
}

impl LoopedHosts {
    /// Hosts with their ports in the loop, in the order in which the array's words reach them.
    pub fn new(hosts: Vec<(HostPort, LoopPort)>) -> Self {
        let (hosts, ports) = hosts.into_iter().unzip();
        Self {
            receiver: WordReceiver::default(),
            incoming: VecDeque::from(vec![LineWord::Set(IDLE); 2 * FEWEST]),
            last: LineWord::Set(IDLE),
            ports,
            hosts,
            disparity: Disparity::Minus,
            to_array: FrameWatcher::default(),
            from_array: FrameWatcher::default(),
            passed: VecDeque::new(),
            seen: vec![],
        }
    }

    /// The hosts' ports in the loop.
    pub fn ports(&self) -> &[LoopPort] {
        &self.ports
    }

    /// The hosts' ports in the loop, to change them.
    pub fn ports_mut(&mut self) -> &mut [LoopPort] {
        &mut self.ports
    }

    /// A word of the array, by the hosts' clock.
    fn next_incoming(&mut self) -> LineWord {
        let is_spare = |word: LineWord| match word {
            LineWord::Set([_, second, third, _]) => matches!(second, 0x94 | 0x15) || (second == 0x95 && third == 0xB5),
            LineWord::Lost => true,
            _ => false,
        };
        if self.incoming.len() > MOST && self.incoming.front().is_some_and(|&word| is_spare(word)) {
            self.incoming.pop_front();
        }
        if self.incoming.len() >= FEWEST || !is_spare(self.last) {
            self.last = self.incoming.pop_front().unwrap_or(LineWord::Lost);
        }
        self.last
    }

    /// What a host's port and the host have for each other.
    fn exchange(port: &mut LoopPort, host: &mut HostPort) {
        match (port.address(), host.is_up()) {
            (Some(address), false) => host.loop_up(address),
            (None, true) => host.link_down(),
            _ => {}
        }
        for frame in port.take_frames() {
            host.receive(&frame);
        }
        for address in port.take_unreachable() {
            host.is_not_there(address.into());
        }
        if !port.is_sending()
            && port.address().is_some()
            && let Some(frame) = host.next_frame()
        {
            port.send(frame);
        }
    }
}

impl Neighbour for LoopedHosts {
    fn receive(&mut self, bits: u64) {
        let word = without_form(self.receiver.receive(bits));
        self.incoming.push_back(word);
        if let Some(frame) = self.from_array.see(word) {
            // What went to the array and came back is not the array's.
            match self.passed.iter().position(|passed| *passed == frame) {
                Some(place) => drop(self.passed.remove(place)),
                None => self.seen.push(Seen { is_sent: false, frame }),
            }
        }
    }

    fn transmit(&mut self) -> u64 {
        let mut word = self.next_incoming();
        for (port, host) in self.ports.iter_mut().zip(&mut self.hosts) {
            word = port.pass(word);
            Self::exchange(port, host);
        }
        if let Some(frame) = self.to_array.see(word) {
            self.passed.push_back(frame.clone());
            if self.passed.len() > REMEMBERED {
                self.passed.pop_front();
            }
            self.seen.push(Seen { is_sent: true, frame });
        }
        let (mut bytes, is_set) = match word {
            LineWord::Set(bytes) => (bytes, true),
            LineWord::Data(bytes) => (bytes, false),
            LineWord::Invalid | LineWord::Lost => (IDLE, true),
        };
        if is_set && LineFrame::is_end(bytes) && self.disparity == Disparity::Plus {
            bytes[1] |= 0x20;
        }
        let symbols = std::array::from_fn(|place| Symbol { byte: bytes[place], is_control: is_set && place == 0 });
        let (bits, disparity) = encode_word(symbols, self.disparity);
        self.disparity = disparity;
        bits
    }

    fn hosts(&self) -> &[HostPort] {
        &self.hosts
    }

    fn hosts_mut(&mut self) -> &mut [HostPort] {
        &mut self.hosts
    }

    fn take_seen(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.seen)
    }

    fn counts(&self) -> LineCounts {
        self.ports.iter().fold(LineCounts::default(), |sum, port| {
            let counts = port.counts();
            LineCounts {
                sent: sum.sent + counts.sent,
                received: sum.received + counts.received,
                wrong_crc: sum.wrong_crc + counts.wrong_crc,
                broken: sum.broken + counts.broken,
                invalid_words: sum.invalid_words + counts.invalid_words,
                activations: sum.activations + counts.activations,
            }
        })
    }

    fn state(&self) -> String {
        let states: Vec<_> = self.ports.iter().map(|port| (port.state(), port.address())).collect();
        format!("{states:X?}")
    }
}
