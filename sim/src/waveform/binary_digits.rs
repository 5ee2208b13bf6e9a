//! Binary digits of words.

/// Writes all 64 digits.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
pub(super) fn write_word(digits: &mut [u8; 64], word: u64) {
    for (eight, byte) in digits.as_chunks_mut::<8>().0.iter_mut().zip(word.to_be_bytes()) {
        // A copy of the byte for every digit, shifted so that the digit's bit is the highest of its eight.
        let spread = u64::from(byte).wrapping_mul(0x8040_2010_0804_0201) >> 7 & 0x0101_0101_0101_0101;
        *eight = (spread | 0x3030_3030_3030_3030).to_le_bytes();
    }
}

/// Writes all 64 digits.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn write_word(digits: &mut [u8; 64], word: u64) {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { write_word_by_sixteens(digits, word) }
}

/// Writes all 64 digits, sixteen at a time: every byte is spread over eight lanes, each of which looks at one of its bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
fn write_word_by_sixteens(digits: &mut [u8; 64], word: u64) {
    use std::arch::x86_64::*;
    let bits = _mm_set1_epi64x(0x0102_0408_1020_4080);
    let zeros = _mm_set1_epi8(b'0' as i8);
    let bytes = _mm_cvtsi64_si128(word as i64);
    let twice = _mm_unpacklo_epi8(bytes, bytes);
    let (low, high) = (_mm_unpacklo_epi16(twice, twice), _mm_unpackhi_epi16(twice, twice));
    let sixteens = [
        _mm_shuffle_epi32::<0b10_10_11_11>(high),
        _mm_shuffle_epi32::<0b00_00_01_01>(high),
        _mm_shuffle_epi32::<0b10_10_11_11>(low),
        _mm_shuffle_epi32::<0b00_00_01_01>(low),
    ];
    for (sixteen, spread) in digits.as_chunks_mut::<16>().0.iter_mut().zip(sixteens) {
        // All ones where the bit is set, which is minus one.
        let ones = _mm_cmpeq_epi8(_mm_and_si128(spread, bits), bits);
        let text = _mm_sub_epi8(zeros, ones);
        // SAFETY: sixteen bytes are there, and no alignment is asked for.
        unsafe { _mm_storeu_si128(sixteen.as_mut_ptr().cast(), text) };
    }
}

/// Writes the digits from the highest one bit on, at least one digit, and returns how many; the rest of `digits` is
/// overwritten with garbage.
#[inline]
pub(super) fn write_significant(digits: &mut [u8; 64], word: u64) -> usize {
    let leading = (word | 1).leading_zeros();
    // Always all of them: a number of digits that differs from time to time would cost more.
    write_word(digits, word << leading);
    64 - leading as usize
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
            }
        }
    }
}
