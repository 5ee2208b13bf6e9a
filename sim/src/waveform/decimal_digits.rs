//! Decimal digits of times.

/// The two digits of each number below 100.
static PAIRS: [[u8; 2]; 100] = digits_of_all_pairs();

const fn digits_of_all_pairs() -> [[u8; 2]; 100] {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
}

/// Writes a number from the start of `digits`, which has room for it, and returns how many digits it has.
pub(super) fn write(digits: &mut [u8], number: u64) -> usize {
    let count = number.checked_ilog10().unwrap_or(0) as usize + 1;
    let mut rest = number;
    let (first, pairs) = digits[..count].as_rchunks_mut::<2>();
    for pair in pairs.iter_mut().rev() {
        *pair = PAIRS[(rest % 100) as usize];
        rest /= 100;
    }
    if let [digit] = first {
        *digit = b'0' + rest as u8;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_the_standard_library_prints() {
        let powers = (0..20).map(|exponent| 10_u64.pow(exponent));
        for number in powers.flat_map(|power| [power - 1, power, power + 7]).chain([1_234_567_890, u64::MAX]) {
            let mut digits = [b' '; 21];
            let count = write(&mut digits, number);
            assert_eq!(&digits[..count], number.to_string().as_bytes());
        }
    }
}
