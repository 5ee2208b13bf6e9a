//! The bits of a line where its ends differ in speed.

use super::speed::Speed;

/// Bits of a word.
const BITS: u32 = 40;

/// Carries the bits of a line from a transmitter to a receiver, in steps of the time of a word at 8 Gb/s. A receiver at another
/// speed than the transmitter takes bits twice or leaves some out.
#[derive(Clone, Debug, Default)]
pub struct Gearbox {
    /// Bits of the word that is being sent, and how many of them are left.
    sending: u64,
    left: u32,
    /// Bits of the word that is being received.
    received: u128,
    count: u32,
}

impl Gearbox {
    /// The word that was sent has gone.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// The next word to be sent.
    pub fn load(&mut self, word: u64) {
        (self.sending, self.left) = (word, BITS);
    }

    /// The time of a word at 8 Gb/s passes; the word that the receiver has complete by then.
    pub fn step(&mut self, transmitter: Speed, receiver: Speed) -> Option<u64> {
        let (slow_in, slow_out) = (transmitter.divisor(), receiver.divisor());
        let count = (BITS / slow_in).min(self.left);
        let taken = if slow_in == slow_out {
            u128::from(self.sending & ((1 << count) - 1))
        } else {
            let bit = |place: u32| u128::from(self.sending >> (place * slow_out / slow_in).min(BITS) & 1) << place;
            (0..BITS / slow_out).map(bit).sum()
        };
        self.sending >>= count;
        self.left -= count;
        self.received |= taken << self.count;
        self.count += BITS / slow_out;
        (self.count >= BITS).then(|| {
            let word = self.received as u64 & ((1 << BITS) - 1);
            self.received >>= BITS;
            self.count -= BITS;
            word
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(transmitter: Speed, receiver: Speed, sent: &[u64]) -> Vec<u64> {
        let mut gearbox = Gearbox::default();
        let mut sent = sent.iter();
        let mut got = vec![];
        while !(gearbox.is_empty() && sent.len() == 0) {
            if gearbox.is_empty() {
                gearbox.load(*sent.next().unwrap());
            }
            got.extend(gearbox.step(transmitter, receiver));
        }
        got
    }

    #[test]
    fn ends_of_one_speed_have_the_same_words() {
        let sent = [0x12_3456_789A, 0xFE_DCBA_9876];
        for speed in Speed::ALL {
            assert_eq!(words(speed, speed, &sent), sent, "{speed:?}");
        }
    }

    #[test]
    fn a_faster_receiver_takes_bits_twice_and_a_slower_one_every_other() {
        assert_eq!(words(Speed::Four, Speed::Eight, &[0b01 | 1 << 39]), [0b11, 3 << 38]);
        assert_eq!(words(Speed::Eight, Speed::Four, &[0b1_0110, 0b100]), [0b1_10 | 1 << 21]);
    }
}
