//! Which speed the other end has.

use std::cmp::Ordering;

use super::line_port::LineTimes;
use super::primitives::Primitive;
use super::speed::{Speed, SpeedSetting};
use super::word_receiver::{LineWord, WordReceiver};
use super::word_sender::WordSender;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Sends at one speed after the other, from the highest, and listens at all.
    Sweeping,
    /// Both ends were heard at one speed.
    Holding,
    Settled,
}

/// Negotiates the speed of an end, or keeps it as it is set.
#[derive(Clone, Debug)]
pub struct Negotiation {
    setting: SpeedSetting,
    times: LineTimes,
    stage: Stage,
    transmit: Speed,
    receive: Speed,
    /// Time at the present speeds.
    sent_for: u64,
    heard_for: u64,
    /// Time in and out of synchronization.
    synchronized_for: u64,
    lost_for: u64,
    receiver: WordReceiver,
    sender: WordSender,
}

impl Negotiation {
    /// An end of which this is set.
    pub fn new(setting: SpeedSetting, times: LineTimes) -> Self {
        let mut negotiation = Self {
            setting,
            times,
            stage: Stage::Settled,
            transmit: setting.fastest,
            receive: setting.fastest,
            sent_for: 0,
            heard_for: 0,
            synchronized_for: 0,
            lost_for: 0,
            receiver: WordReceiver::default(),
            sender: WordSender::default(),
        };
        if setting.negotiates {
            negotiation.sweep();
        }
        negotiation
    }

    /// Something else is set, and all begins anew.
    pub fn set(&mut self, setting: SpeedSetting) {
        *self = Self::new(setting, self.times);
    }

    /// The speed is found.
    pub fn is_settled(&self) -> bool {
        self.stage == Stage::Settled
    }

    /// Speed of the transmitter.
    pub fn transmit_speed(&self) -> Speed {
        self.transmit
    }

    /// Speed of the receiver.
    pub fn receive_speed(&self) -> Speed {
        self.receive
    }

    fn sweep(&mut self) {
        (self.stage, self.sent_for, self.lost_for) = (Stage::Sweeping, 0, 0);
        self.transmit = self.setting.fastest;
        self.listen(Speed::Two);
    }

    fn listen(&mut self, speed: Speed) {
        if speed != self.receive {
            self.receiver = WordReceiver::default();
        }
        (self.receive, self.heard_for, self.synchronized_for) = (speed, 0, 0);
    }

    /// The time of a word at 8 Gb/s passes.
    pub fn step(&mut self) {
        if !self.setting.negotiates {
            return;
        }
        self.sent_for += 1;
        self.heard_for += 1;
        if self.receiver.is_synchronized() {
            (self.synchronized_for, self.lost_for) = (self.synchronized_for + 1, 0);
        } else {
            (self.synchronized_for, self.lost_for) = (0, self.lost_for + 1);
        }
        match self.stage {
            Stage::Sweeping if self.sent_for > self.times.transmit_cycle => {
                self.transmit = self.transmit.below().unwrap_or(self.setting.fastest);
                self.sent_for = 0;
            }
            Stage::Sweeping if self.heard_for > self.times.receive_cycle => {
                match (self.synchronized_for > 0).then(|| self.receive.cmp(&self.transmit)) {
                    Some(Ordering::Greater) => {
                        (self.transmit, self.sent_for) = (self.receive, 0);
                        self.listen(self.receive);
                    }
                    Some(Ordering::Equal) => {
                        self.stage = Stage::Holding;
                        self.listen(self.receive);
                    }
                    Some(Ordering::Less) | None => {
                        let next = self.receive.above().filter(|&speed| speed <= self.setting.fastest);
                        self.listen(next.unwrap_or(Speed::Two));
                    }
                }
            }
            Stage::Holding if self.synchronized_for > self.times.stable => self.stage = Stage::Settled,
            Stage::Holding if self.lost_for > self.times.receive_cycle => self.sweep(),
            Stage::Settled if self.lost_for > self.times.stable => self.sweep(),
            _ => {}
        }
    }

    /// Forty bits that came.
    pub fn receive(&mut self, bits: u64) {
        if self.setting.negotiates {
            self.receiver.receive(bits);
        }
    }

    /// The forty bits to send while the speed is not settled.
    pub fn transmit(&mut self) -> u64 {
        self.sender.send(LineWord::Set(Primitive::Ols.bytes()))
    }
}
