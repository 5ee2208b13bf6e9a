//! A loop of hosts and the array.

use std::collections::VecDeque;

use super::port::LoopPort;
use crate::models::fibre_channel::host_port::HostPort;
use crate::models::fibre_channel::line::{
    Assembly, FrameAssembler, LineCounts, LineFrame, LineWord, Seen, Speed, WordReceiver, WordSender,
};
use crate::models::fibre_channel::neighbour::Neighbour;

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
    sender: WordSender,
    to_array: FrameAssembler,
    from_array: FrameAssembler,
    /// Frames that went to the array last.
    passed: VecDeque<LineFrame>,
    seen: Vec<Seen>,
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
            sender: WordSender::default(),
            to_array: FrameAssembler::default(),
            from_array: FrameAssembler::default(),
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
        let word = self.receiver.receive(bits);
        self.incoming.push_back(word);
        if let Assembly::Whole(frame) = self.from_array.take(word) {
            // What went to the array and came back, its end perhaps in another form, is not the array's.
            let is_same = |passed: &LineFrame| (&passed.bytes, passed.crc) == (&frame.bytes, frame.crc);
            match self.passed.iter().position(is_same) {
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
        if let Assembly::Whole(frame) = self.to_array.take(word) {
            self.passed.push_back(frame.clone());
            if self.passed.len() > REMEMBERED {
                self.passed.pop_front();
            }
            self.seen.push(Seen { is_sent: true, frame });
        }
        self.sender.send(word)
    }

    /// Loops have the same fill words at all speeds.
    fn set_speed(&mut self, _speed: Speed) {}

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
