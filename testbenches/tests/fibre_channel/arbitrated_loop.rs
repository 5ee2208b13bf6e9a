//! A card whose first port is in a loop with hosts.

use hardpath_rtl::fibre_channel::FrameVerdict;
use hardpath_rtl::fibre_channel::arbitrated_loop::LoopInitializer;
use hardpath_sim::models::fibre_channel::arbitrated_loop::{LoopPort, LoopedHosts, loop_addresses};
use hardpath_sim::models::fibre_channel::{Access, HostPort, Outcome, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageMemory, Pause};
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{CardMachine, CardSettings};
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::fibre_channel::card_settings;
use hardpath_testbenches::golden::loop_address::loop_addresses as golden_addresses;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const PAGES: u64 = 512;
/// Below and above the names of the card's ports.
const LOW_NAME: u64 = 0x1000_0000_0000_0001;
const HIGH_NAME: u64 = 0x6000_0000_0000_0001;

type Card = CardMachine<PageMemory, LoopedHosts>;

fn card_in_a_loop(first_name: u64, hard_addresses: &[Option<u8>]) -> Card {
    let settings = CardSettings { host_ppm: -90, ..card_settings(PAGES, 7_500, 1) };
    let host = |(number, hard): (usize, &Option<u8>)| {
        let name = first_name + number as u64;
        (HostPort::new(name, 16, 2112), LoopPort::new(name, *hard, 16, 200_000))
    };
    let hosts = LoopedHosts::new(hard_addresses.iter().enumerate().map(host).collect());
    let memory = PageMemory::new(PAGES as u32, (10, 200), Pause::never(), 1);
    CardMachine::new(settings, vec![hosts], memory, &Trace::none()).expect("a card")
}

fn logged_in(first_name: u64, hard_addresses: &[Option<u8>]) -> Card {
    let mut card = card_in_a_loop(first_name, hard_addresses);
    card.log_in(200_000).expect("logins");
    card
}

fn ports(card: &Card) -> &[LoopPort] {
    card.attached[0].end.ports()
}

fn own_addresses(card: &Card) -> Vec<u8> {
    ports(card).iter().map(|port| port.address().expect("an address")).collect()
}

fn start(card: &mut Card, host: usize, transfer: Transfer) {
    let (_, port) = card.hosts_mut().nth(host).expect("a host");
    port.initiator().expect("logged in").start(transfer);
}

fn outcomes(card: &mut Card, host: usize) -> Vec<Outcome> {
    let (_, port) = card.hosts_mut().nth(host).expect("a host");
    port.initiator().expect("logged in").take_outcomes()
}

fn data(host: usize, command: u64) -> Vec<u8> {
    vec![(host as u8) << 6 ^ command as u8; 8 * BLOCK_BYTES]
}

/// Every host writes so many pages, and reads those that the host before it wrote.
fn exchange_data(card: &mut Card, hosts: usize, commands: u64) {
    let block = |host: usize, command: u64| (host as u64 * commands + command) * 8;
    for host in 0..hosts {
        for command in 0..commands {
            start(card, host, Transfer::new(Access::Ten, block(host, command), 8, Some(data(host, command))));
        }
    }
    card.run_until_idle(3_000_000).expect("answers");
    for host in 0..hosts {
        let ended = outcomes(card, host);
        assert_eq!(ended.len() as u64, commands);
        assert!(ended.iter().all(|outcome| outcome.status == 0 && outcome.residual == 0));
        for command in 0..commands {
            start(card, host, Transfer::new(Access::Ten, block((host + 1) % hosts, command), 8, None));
        }
    }
    card.run_until_idle(3_000_000).expect("answers");
    for host in 0..hosts {
        let mut ended = outcomes(card, host);
        ended.sort_by_key(|outcome| outcome.exchange);
        for (command, outcome) in ended.iter().enumerate() {
            assert!(outcome.data == data((host + 1) % hosts, command as u64), "host {host}, read {command}");
        }
    }
}

fn assert_no_violation(card: &Card) {
    for port in ports(card) {
        assert_eq!(port.violations(), &[] as &[String]);
        assert_eq!((port.counts().wrong_crc, port.counts().broken, port.counts().invalid_words), (0, 0, 0));
    }
}

#[test]
fn four_hosts_share_the_pages_of_an_array_in_their_loop() {
    let mut card = logged_in(LOW_NAME, &[None; 4]);
    // The master, which has the lowest name, claims first; then the map goes round: hosts, and the array last.
    assert_eq!(own_addresses(&card), [0x01, 0x02, 0x04, 0x08]);
    assert!(card.hosts().all(|(_, host)| host.addresses().1 == 0x0F));
    assert!(ports(&card)[0].is_master());
    exchange_data(&mut card, 4, 30);
    assert_no_violation(&card);
}

#[test]
fn the_array_is_master_of_a_loop_where_its_name_is_the_lowest() {
    let mut card = logged_in(HIGH_NAME, &[None, Some(0xEF), Some(0x45)]);
    assert!(ports(&card).iter().all(|port| !port.is_master()));
    // The array claims first of those that have no address of their own.
    assert_eq!(own_addresses(&card), [0x02, 0xEF, 0x45]);
    assert!(card.hosts().all(|(_, host)| host.addresses().1 == 0x01));
    exchange_data(&mut card, 3, 8);
    assert_no_violation(&card);
}

#[test]
fn ports_keep_their_addresses_when_a_loop_is_initialized_in_the_middle_of_data() {
    let mut card = logged_in(HIGH_NAME, &[None, None, Some(0x6A)]);
    let addresses = own_addresses(&card);
    let mut random = StdRng::seed_from_u64(7);
    for round in 0..6 {
        for host in 0..3 {
            for command in 0..6 {
                let written = (command % 2 == 0).then(|| data(host, command));
                start(&mut card, host, Transfer::new(Access::Ten, 3_000 + command * 8, 8, written));
            }
        }
        for _ in 0..random.random_range(500..15_000) {
            card.step().expect("a cycle");
        }
        card.attached[0].end.ports_mut()[round % 3].initialize();
        for _ in 0..2_000 {
            card.step().expect("a cycle");
        }
        card.log_in(200_000).expect("logins");
        assert_eq!(own_addresses(&card), addresses, "after initialization {round}");
        exchange_data(&mut card, 3, 4);
    }
    assert!(ports(&card).iter().all(|port| port.violations().is_empty()));
}

#[test]
fn nobody_sends_frames_to_a_port_that_opened_it_half_duplex() {
    let mut card = logged_in(LOW_NAME, &[None; 3]);
    for port in card.attached[0].end.ports_mut() {
        port.set_half_duplex(true);
    }
    exchange_data(&mut card, 3, 20);
    assert_no_violation(&card);
}

/// Four hosts that always have something to write or read: none is served half as much as another, and none waits longer than the
/// four others may have the loop.
fn assert_that_none_starves(first_name: u64) {
    let mut card = logged_in(first_name, &[None; 4]);
    let mut ended = [0; 4];
    for cycle in 0..300_000_u64 {
        for (host, ended) in ended.iter_mut().enumerate() {
            while card.hosts_mut().nth(host).expect("a host").1.initiator().expect("logged in").open() < 8 {
                let block = (host as u64 * 100 + cycle % 100) * 8;
                let written = (cycle % 3 > 0).then(|| data(host, cycle));
                start(&mut card, host, Transfer::new(Access::Ten, block, 8, written));
            }
            *ended += outcomes(&mut card, host).len();
        }
        card.step().expect("a cycle");
    }
    let waits: Vec<u64> = ports(&card).iter().map(|port| port.wins().1).collect();
    println!("commands {ended:?}, longest waits {waits:?} words");
    let fewest = *ended.iter().min().expect("hosts");
    assert!(fewest > 30 && ended.iter().all(|&ended| ended <= 2 * fewest), "commands {ended:?}");
    assert!(waits.iter().all(|&wait| wait < 5 * 6_000), "longest waits {waits:?}");
    assert_no_violation(&card);
}

#[test]
fn no_host_of_four_starves_in_a_loop_where_the_array_has_the_lowest_priority() {
    assert_that_none_starves(LOW_NAME);
}

#[test]
fn no_host_of_four_starves_in_a_loop_where_the_array_has_the_highest_priority() {
    assert_that_none_starves(HIGH_NAME);
}

#[test]
fn loop_addresses_and_their_bits_are_those_of_the_standard() {
    let listed = golden_addresses();
    assert_eq!(listed.len(), 127);
    assert_eq!(loop_addresses().collect::<Vec<_>>(), listed.iter().map(|row| row.address).collect::<Vec<_>>());
    for (number, row) in listed.iter().enumerate() {
        // The first bit of a map is no address.
        assert_eq!((row.word, row.bit as usize), ((number + 1) / 32, 31 - (number + 1) % 32), "{row:X?}");
    }
}

/// A map of LISA comes to a port; the words of the frame that it sends on.
fn map_through_a_port(bench: &mut Bench, map: [u32; 4]) -> Vec<u32> {
    let header = [0x2200_00EF, 0x0000_00EF, 0x0138_0000, 0, 0xFFFF_FFFF, 0, 0x1105_0000];
    for (name, value) in [("restarts", 1), ("valid", 0), ("ended", 0), ("frame_out_ready", 1)] {
        bench.set(name, value);
    }
    bench.clock();
    bench.set("restarts", 0);
    bench.clock();
    for (place, word) in header.into_iter().chain(map).enumerate() {
        bench.set("valid", 1);
        bench.set("first", u64::from(place == 0));
        bench.set("word", word.swap_bytes().into());
        bench.clock();
    }
    bench.set("valid", 0);
    bench.set("ended", 1);
    bench.clock();
    bench.set("ended", 0);
    let mut words = vec![];
    for _ in 0..1_000 {
        bench.settle();
        if bench.get("frame_out_valid") == 1 {
            words.push((bench.get("frame_out_data") as u32).swap_bytes());
        }
        bench.clock();
    }
    words
}

#[test]
fn a_port_claims_the_one_address_that_is_free_and_no_other() {
    let mut bench = Bench::new(LoopInitializer::default());
    bench.set("is_active", 1);
    bench.set("name", 0x5000);
    bench.set("verdict", FrameVerdict::Good as u64);
    for (number, free) in golden_addresses().into_iter().enumerate() {
        let mut map = [u32::MAX; 4];
        map[free.word] &= !(1 << free.bit);
        let sent = map_through_a_port(&mut bench, map);
        // The first address is a fabric's: nobody claims it.
        let claims = number > 0;
        assert_eq!(sent.len(), 11, "{free:X?}");
        assert_eq!(sent[7..], if claims { [u32::MAX; 4] } else { map }, "{free:X?}");
        bench.settle();
        assert_eq!(bench.get("has_address") == 1, claims, "{free:X?}");
        if claims {
            assert_eq!(bench.get("own"), u64::from(free.address), "{free:X?}");
        }
    }
}
