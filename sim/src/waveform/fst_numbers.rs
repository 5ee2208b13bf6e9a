//! Numbers of variable length in FST files: seven bits a byte, lowest first; all but the last byte have their top bit set.

/// Most bytes that a number takes.
pub(super) const MOST_NUMBER_BYTES: usize = 10;

/// Appends a number.
pub(super) fn write_number(out: &mut Vec<u8>, number: u64) {
    let mut bytes = [0; MOST_NUMBER_BYTES];
    let count = put_number(&mut bytes, number);
    out.extend_from_slice(&bytes[..count]);
}

/// Writes a number to the start of `out` and returns how many bytes it takes.
#[inline]
pub(super) fn put_number(out: &mut [u8], mut number: u64) -> usize {
    let mut count = 0;
    while number >= 0x80 {
        out[count] = number as u8 | 0x80;
        number >>= 7;
        count += 1;
    }
    out[count] = number as u8;
    count + 1
}

/// Appends a number where the format expects one with a sign: it takes another byte if its top bit looked like a sign.
pub(super) fn write_signed(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x40 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_seven_bits_a_byte_and_signs_one_of_them() {
        for (number, unsigned, signed) in [
            (0, &[0][..], &[0][..]),
            (0x3f, &[0x3f], &[0x3f]),
            (0x40, &[0x40], &[0xc0, 0]),
            (0x80, &[0x80, 1], &[0x80, 1]),
            (0x1fff, &[0xff, 0x3f], &[0xff, 0x3f]),
            (0x2000, &[0x80, 0x40], &[0x80, 0xc0, 0]),
        ] {
            let mut out = Vec::new();
            write_number(&mut out, number);
            assert_eq!(out, unsigned, "{number:x}");
            out.clear();
            write_signed(&mut out, number);
            assert_eq!(out, signed, "{number:x}");
        }
        let mut out = Vec::new();
        write_number(&mut out, u64::MAX);
        assert_eq!(out.len(), MOST_NUMBER_BYTES);
    }
}
