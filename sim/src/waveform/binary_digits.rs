//! Binary digits of words, eight at a time.

/// The eight digits of each byte, most significant first.
static DIGITS: [[u8; 8]; 256] = digits_of_all_bytes();

const fn digits_of_all_bytes() -> [[u8; 8]; 256] {
    let mut table = [[b'0'; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte][7 - bit] = b'1';
            }
            bit += 1;
        }
        byte += 1;
    }
    table
}

/// Writes all 64 digits.
#[inline]
pub(super) fn write_word(digits: &mut [u8; 64], word: u64) {
    for (eight, byte) in digits.as_chunks_mut::<8>().0.iter_mut().zip(word.to_be_bytes()) {
        *eight = DIGITS[usize::from(byte)];
    }
}

/// Writes the digits from the highest one bit on, at least one digit, and returns how many; the rest of `digits` is
/// overwritten with garbage.
#[inline]
pub(super) fn write_significant(digits: &mut [u8; 64], word: u64) -> usize {
    let leading = (word | 1).leading_zeros();
    let mut rest = word << leading;
    let count = 64 - leading as usize;
    if count > 32 {
        // Without a loop that counts, the processor works on all digits at once.
        write_word(digits, rest);
        return count;
    }
    for eight in digits.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
        *eight = DIGITS[(rest >> 56) as usize];
        rest <<= 8;
    }
    count
}

/// Writes exactly `digits.len()` digits of a value of `digits.len()` bits that starts at bit `low` of `words`.
pub(super) fn write_exact(digits: &mut [u8], words: &[u64], low: u32) {
    let mut rest = digits.len();
    let mut piece_digits = [0; 64];
    let mut at = 0;
    while rest > 0 {
        let piece = (rest - 1) % 64 + 1;
        rest -= piece;
        let value = extract(words, low + rest as u32, piece as u32);
        write_word(&mut piece_digits, value << (64 - piece));
        digits[at..at + piece].copy_from_slice(&piece_digits[..piece]);
        at += piece;
    }
}

/// Up to 64 bits from bit `low` of `words` on.
#[inline]
pub(super) fn extract(words: &[u64], low: u32, width: u32) -> u64 {
    let (word, shift) = ((low / 64) as usize, low % 64);
    let mut value = words[word] >> shift;
    if shift > 0 && shift + width > 64 {
        value |= words[word + 1] << (64 - shift);
    }
    if width < 64 { value & ((1 << width) - 1) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [u64; 6] = [0, 1, 0x80, 0x1234_5678_9abc_def0, u64::MAX, 1 << 63];

    #[test]
    fn words_have_the_digits_that_the_standard_library_prints() {
        for word in WORDS {
            let mut digits = [0; 64];
            write_word(&mut digits, word);
            assert_eq!(digits, format!("{word:064b}").as_bytes());
            let count = write_significant(&mut digits, word);
            assert_eq!(&digits[..count], format!("{word:b}").as_bytes());
        }
    }

    #[test]
    fn slices_across_words_keep_their_bits() {
        let words = [0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210];
        let whole = u128::from(words[1]) << 64 | u128::from(words[0]);
        for low in 0..128 {
            for width in 1..=64.min(128 - low) {
                let expected = (whole >> low) as u64 & (u64::MAX >> (64 - width));
                assert_eq!(extract(&words, low, width), expected, "{low} {width}");
                let mut digits = vec![0; width as usize];
                write_exact(&mut digits, &words, low);
                assert_eq!(digits, format!("{expected:0width$b}", width = width as usize).as_bytes());
            }
        }
    }
}
