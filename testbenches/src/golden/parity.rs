//! P parity: the bitwise exclusive or of the strips of a stripe.

/// The exclusive or of strips of equal length; an empty vector when there are no strips.
///
/// The same function yields parity from the data strips and a missing strip from all the others.
///
/// # Panics
/// When the strips differ in length.
pub fn xor_parity<S: AsRef<[u8]>>(strips: &[S]) -> Vec<u8> {
    let Some(first) = strips.first() else { return Vec::new() };
    let mut parity = vec![0; first.as_ref().len()];
    for strip in strips {
        let strip = strip.as_ref();
        assert_eq!(strip.len(), parity.len(), "strips of one stripe have one length");
        for (sum, byte) in parity.iter_mut().zip(strip) {
            *sum ^= byte;
        }
    }
    parity
}
