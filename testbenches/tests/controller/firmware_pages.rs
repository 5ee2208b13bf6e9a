//! Firmware's pages pass whole between the host's, and come back word by word.

use hardpath_rtl::flash_controller::mailbox::{FIRMWARE_PAGE_TAG, MailboxRegister, PAGE_REGISTERS, PageMailbox};
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::VecDeque;

/// Words of a page.
const WORDS: usize = 256;
/// Firmware's pages are numbered from here on.
const FIRMWARE: u64 = 1 << 23;

type Word = [u64; 2];

/// A page as the buffer took it: tag, number, words.
type Page = (u64, u64, Vec<Word>);

/// The port between a host, a buffer and the mover, all of which pause at random.
struct Rig {
    bench: Bench,
    random: StdRng,
    /// Pages that the host has not given, its words that have not passed, and the pages that they belong to.
    host: VecDeque<u64>,
    words: VecDeque<(Word, bool)>,
    owed: usize,
    offering: bool,
    sending: bool,
    taken: Vec<Page>,
    /// Firmware's page has passed whole and is not acknowledged.
    safe: bool,
    fetched: VecDeque<Word>,
}

fn word(page: u64, place: usize) -> Word {
    [page << 32 | place as u64, !(page << 16 | place as u64)]
}

impl Rig {
    fn new(host: Vec<u64>, fetched: Vec<Word>, seed: u64) -> Self {
        Self {
            bench: Bench::new(PageMailbox::default()),
            random: StdRng::seed_from_u64(seed),
            host: host.into(),
            words: VecDeque::new(),
            owed: 0,
            offering: false,
            sending: false,
            taken: vec![],
            safe: false,
            fetched: fetched.into(),
        }
    }

    /// One cycle. Whether an access is done, and what it read.
    fn cycle(&mut self) -> Option<u32> {
        let Self { bench, random, .. } = self;
        let mut often = || random.random_bool(0.7);
        self.offering |= !self.host.is_empty() && self.owed < 2 && often();
        self.sending |= !self.words.is_empty() && often();
        // A command is taken while the page before it passes, too.
        let passing = self.taken.iter().position(|(.., words)| words.len() < WORDS);
        let ahead = passing.is_some_and(|passing| passing + 1 < self.taken.len());
        let (command_ready, data_ready) = (!ahead && often(), passing.is_some() && often());
        bench.set("host_valid", u64::from(self.offering));
        bench.set("host_tag", 5);
        bench.set("host_logical_page", self.host.front().copied().unwrap_or(0));
        let (word_now, last) = self.words.front().copied().unwrap_or_default();
        bench.set("host_data_valid", u64::from(self.sending));
        bench.set_words("host_data_data", &word_now);
        bench.set("host_data_last", u64::from(last));
        bench.set("host_owes", u64::from(self.owed > 0));
        bench.set("buffer_ready", u64::from(command_ready));
        bench.set("buffer_data_ready", u64::from(data_ready));
        bench.set("fetched_valid", u64::from(!self.fetched.is_empty()));
        bench.set_words("fetched_data", &self.fetched.front().copied().unwrap_or_default());
        let acknowledged = self.safe && often();
        self.safe &= !acknowledged;
        bench.set("acknowledged", u64::from(acknowledged));
        bench.settle();
        if data_ready && bench.get("buffer_data_valid") == 1 {
            let (tag, _, words) = &mut self.taken[passing.expect("a page was taken")];
            words.push(bench.get_words("buffer_data_data"));
            assert_eq!(bench.get("buffer_data_last") == 1, words.len() == WORDS);
            self.safe |= words.len() == WORDS && *tag == FIRMWARE_PAGE_TAG;
        }
        if command_ready && bench.get("buffer_valid") == 1 {
            self.taken.push((bench.get("buffer_tag"), bench.get("buffer_logical_page"), vec![]));
        }
        if self.offering && bench.get("host_ready") == 1 {
            let page = self.host.pop_front().expect("the host offers a page");
            self.words.extend((0..WORDS).map(|place| (word(page, place), place + 1 == WORDS)));
            self.owed += 1;
            self.offering = false;
        }
        if self.sending && bench.get("host_data_ready") == 1 {
            self.owed -= usize::from(last);
            self.words.pop_front();
            self.sending = false;
        }
        if bench.get("fetched_ready") == 1 {
            self.fetched.pop_front();
        }
        let done = (bench.get("mailbox_done") == 1).then(|| bench.get("mailbox_data_out") as u32);
        bench.clock();
        done
    }

    fn access(&mut self, register: &str, write: Option<u32>) -> u32 {
        self.bench.set("mailbox_request", 1);
        self.bench.set("mailbox_write", u64::from(write.is_some()));
        self.bench.set("mailbox_address", MailboxRegister::find(PAGE_REGISTERS, register).offset.into());
        self.bench.set("mailbox_data_in", write.unwrap_or(0).into());
        let answer = (0..10_000).find_map(|_| self.cycle()).expect(register);
        self.bench.set("mailbox_request", 0);
        answer
    }

    fn wait_for(&mut self, mask: u32, value: u32) {
        assert!((0..20_000).any(|_| self.access("page_status", None) & mask == value), "page_status {mask}");
    }

    fn write_page(&mut self, page: u64) {
        self.wait_for(1, 0);
        self.access("page_write", Some(page as u32));
        self.wait_for(2, 2);
        for place in 0..WORDS {
            for half in word(page, place) {
                self.access("page_word", Some(half as u32));
                self.access("page_word", Some((half >> 32) as u32));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn pages_reach_the_buffer_whole_and_in_order(before in 0_u64..4, after in 0_u64..4, pause in 0..600_u32, seed: u64) {
        let mut rig = Rig::new((1..=before + after).collect(), vec![], seed);
        for _ in 0..pause {
            rig.cycle();
        }
        rig.write_page(FIRMWARE);
        rig.write_page(FIRMWARE + 1);
        for _ in 0..10_000 {
            rig.cycle();
        }
        for (tag, page, words) in &rig.taken {
            prop_assert_eq!(*tag, if *page >= FIRMWARE { FIRMWARE_PAGE_TAG } else { 5 });
            prop_assert_eq!(words, &(0..WORDS).map(|place| word(*page, place)).collect::<Vec<_>>());
        }
        let numbers = |own: bool| rig.taken.iter().map(|page| page.1).filter(move |page| (*page >= FIRMWARE) == own);
        prop_assert!(numbers(true).eq([FIRMWARE, FIRMWARE + 1]));
        prop_assert!(numbers(false).eq(1..=before + after));
        prop_assert_eq!(rig.access("page_status", None), 0);
    }
}

#[test]
fn words_come_back_in_quarters_and_zero_is_read_when_there_are_none() {
    let words: Vec<Word> = (0..20).map(|place| word(77, place)).collect();
    let mut rig = Rig::new(vec![], words.clone(), 3);
    for word in words {
        rig.wait_for(4, 4);
        for half in word {
            assert_eq!(rig.access("page_word", None), half as u32);
            assert_eq!(rig.access("page_word", None), (half >> 32) as u32);
        }
    }
    assert_eq!((rig.access("page_status", None), rig.access("page_word", None)), (0, 0));
    rig.access("page_fetch", Some(1));
    assert_eq!((rig.access("page_fetch", None), rig.bench.get("fetch")), (1, 1));
}
