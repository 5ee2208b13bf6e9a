//! Scrambled frames.

use hardpath_rtl::line::{FrameScrambler, ScramblerParameters};
use hardpath_testbenches::cosimulation::Bench;

/// What zeros become with x^16 + x^5 + x^4 + x^3 + 1 from FFFFh on: PCI Express Base Specification 2.1, appendix C.
const PUBLISHED: [u8; 16] =
    [0xFF, 0x17, 0xC0, 0x14, 0xB2, 0xE7, 0x02, 0x82, 0x72, 0x6E, 0x28, 0xA6, 0xBE, 0x6D, 0xBF, 0x8D];

fn pass(bench: &mut Bench, starts: bool, is_data: bool, word: u32) -> u32 {
    bench.set("starts", starts.into());
    bench.set("is_data", is_data.into());
    bench.set("word", word.into());
    bench.settle();
    let scrambled = bench.get("scrambled") as u32;
    bench.clock();
    scrambled
}

#[test]
fn every_frame_begins_anew_with_the_published_bytes() {
    let mut bench = Bench::new(FrameScrambler::new(ScramblerParameters::ASSUMED));
    bench.set("is_enabled", 1);
    for frame in 0..3 {
        assert_eq!(pass(&mut bench, true, false, 0x1234_5678), 0x1234_5678, "ordered sets stay as they are");
        for (number, bytes) in PUBLISHED.chunks_exact(4).enumerate().take(2 + frame) {
            let expected = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
            assert_eq!(pass(&mut bench, false, true, 0), expected, "word {number} of frame {frame}");
        }
    }
    bench.set("is_enabled", 0);
    pass(&mut bench, true, false, 0);
    assert_eq!(pass(&mut bench, false, true, 0x0102_0304), 0x0102_0304);
}
