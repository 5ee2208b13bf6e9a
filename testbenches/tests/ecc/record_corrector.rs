//! The corrector of several lanes finds what the golden model finds, tells the right lane, and knows what that does to checksums.

use crate::bench::{Bench, places, random};
use crate::codes::Code;
use hardpath_rtl::flash_controller::ecc::RecordCode;
use hardpath_rtl::flash_controller::flash_lane::RecordCorrector;
use hardpath_testbenches::golden::Decoded;
use hardpath_testbenches::golden::bch::flip;
use rand::Rng;
use std::collections::VecDeque;

const RECORD_BYTES: usize = 4112;

/// A codeword that a lane asks for.
#[derive(Clone, Debug)]
struct Job {
    slot: u64,
    number: usize,
    received: Vec<u8>,
    syndromes: Vec<u64>,
    asked: Option<u64>,
}

/// What a lane was told of a codeword.
#[derive(Debug)]
struct Outcome {
    job: Job,
    /// Bits of the record that are wrong.
    errors: Vec<u8>,
    corrected: usize,
    uncorrectable: bool,
    /// Cycle of the verdict, and cycles since the codeword was asked for.
    cycle: u64,
    latency: u64,
}

fn job(code: &Code, codewords: usize, errors: usize, random: &mut rand::rngs::StdRng) -> Job {
    let data: Vec<u8> = (0..code.data_bytes()).map(|_| random.random()).collect();
    let mut received = code.golden.encode(&data);
    for place in places(random, 8 * received.len(), errors) {
        flip(&mut received, place);
    }
    let syndromes = code.golden.odd_syndromes(&received).into_iter().map(u64::from).collect();
    Job { slot: random.random_range(0..2), number: random.random_range(0..codewords), received, syndromes, asked: None }
}

/// Lets each lane ask for its jobs, one after the other, and collects the answers. Answers are taken in the share `taking`
/// of the cycles.
fn correct(code: &Code, bench: &mut Bench, mut lanes: Vec<VecDeque<Job>>, taking: f64) -> Vec<Vec<Outcome>> {
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
    let mut random = random(5);
    let mut waiting: Vec<VecDeque<Job>> = vec![VecDeque::new(); lanes.len()];
    let mut errors = vec![vec![0; RECORD_BYTES]; lanes.len()];
    let mut outcomes: Vec<Vec<Outcome>> = lanes.iter().map(|_| vec![]).collect();
    let mut number = 0;
    for cycle in 0.. {
        let mut ready = vec![];
        for (lane, jobs) in lanes.iter_mut().enumerate() {
            let port = |name: &str| format!("lanes_{lane}_{name}");
            bench.set(&port("asks"), u64::from(!jobs.is_empty()));
            if let Some(job) = jobs.front_mut() {
                job.asked.get_or_insert(cycle);
                bench.set(&port("codeword"), job.slot << 3 | job.number as u64);
                bench.set(&port("syndrome"), job.syndromes.get(number).copied().unwrap_or(0));
            }
            ready.push(random.random_bool(taking));
            bench.set(&port("answer_ready"), u64::from(ready[lane]));
        }
        bench.settle();
        number = bench.get("lanes_0_number") as usize;
        for lane in 0..lanes.len() {
            let mut get = |name: &str| bench.get(&format!("lanes_{lane}_{name}"));
            if get("taken") == 1 {
                waiting[lane].extend(lanes[lane].pop_front());
            }
            if get("answer_valid") == 0 || !ready[lane] {
                continue;
            }
            let answer = get("answer");
            let slot = waiting[lane].front().expect("an answer to nothing").slot;
            assert_eq!(answer & 1, slot);
            if answer >> 1 & 1 == 0 {
                errors[lane][(answer >> 2 & 0x1FFF) as usize] ^= (answer >> 15 & 0xFF) as u8;
                continue;
            }
            let errors = std::mem::replace(&mut errors[lane], vec![0; RECORD_BYTES]);
            let done_to_checksum = crc.checksum(&errors) ^ crc.checksum(&[0; RECORD_BYTES]);
            assert_eq!(answer >> 10, u64::from(done_to_checksum), "checksum");
            let job = waiting[lane].pop_front().expect("it is there");
            let (corrected, uncorrectable) = ((answer >> 2 & 0x7F) as usize, answer >> 9 & 1 == 1);
            let latency = cycle - job.asked.expect("it was asked for");
            outcomes[lane].push(Outcome { job, errors, corrected, uncorrectable, cycle, latency });
        }
        bench.clock();
        if lanes.iter().all(VecDeque::is_empty) && waiting.iter().all(VecDeque::is_empty) {
            break;
        }
        assert!(cycle < 1_000_000, "the corrector stands");
    }
    for outcome in outcomes.iter().flatten() {
        let (data, received) = (code.data_bytes(), &outcome.job.received);
        match code.golden.decode(received) {
            Decoded::Corrected { codeword, bits } => {
                assert_eq!((outcome.corrected, outcome.uncorrectable), (bits, false));
                let first = outcome.job.number * data;
                for (place, error) in outcome.errors.iter().enumerate() {
                    let expected = match place.checked_sub(first) {
                        Some(byte) if byte < data => codeword[byte] ^ received[byte],
                        _ => 0,
                    };
                    assert_eq!(*error, expected, "byte {place} of the record");
                }
            }
            Decoded::Uncorrectable => assert_eq!((outcome.corrected, outcome.uncorrectable), (0, true)),
        }
    }
    outcomes
}

/// Lanes ask for codewords with every number of errors up to three more than can be corrected.
fn finds_what_the_golden_model_finds(code: &Code, kind: RecordCode, lanes: usize, weights: &[usize]) {
    let mut bench = Bench::new(RecordCorrector::new(kind, lanes));
    let mut random = random(3);
    let jobs: Vec<VecDeque<Job>> = (0..lanes)
        .map(|_| weights.iter().map(|weight| job(code, kind.codewords(), *weight, &mut random)).collect())
        .collect();
    for taking in [1.0, 0.02] {
        let outcomes = correct(code, &mut bench, jobs.clone(), taking);
        assert!(outcomes.iter().all(|outcomes| outcomes.len() == weights.len()));
        assert!(outcomes.iter().flatten().any(|outcome| outcome.uncorrectable));
    }
}

#[test]
fn errors_of_five_lanes_of_slc_are_found() {
    finds_what_the_golden_model_finds(&Code::slc(), RecordCode::Slc, 5, &[1, 8, 11, 2, 3, 9, 4, 5, 6, 10, 7, 8]);
}

#[test]
fn errors_of_a_lane_of_emlc_are_found() {
    finds_what_the_golden_model_finds(&Code::emlc(), RecordCode::Emlc, 1, &[1, 40, 43, 2, 30, 41, 17]);
}

#[test]
fn codewords_take_the_cycles_that_the_documentation_says() {
    for (code, kind, latency, period) in
        [(Code::slc(), RecordCode::Slc, 690, 533), (Code::emlc(), RecordCode::Emlc, 2245, 1104)]
    {
        let mut bench = Bench::new(RecordCorrector::new(kind, 1));
        let mut random = random(8);
        let jobs: VecDeque<Job> = (0..5).map(|_| job(&code, kind.codewords(), 2, &mut random)).collect();
        let outcomes = correct(&code, &mut bench, vec![jobs], 1.0).remove(0);
        let last = &outcomes[3..];
        assert_eq!((outcomes[0].latency, last[1].cycle - last[0].cycle), (latency, period), "{kind:?}");
    }
}
