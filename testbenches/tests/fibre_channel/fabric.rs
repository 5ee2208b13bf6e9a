//! A card whose first port is at a switch, with hosts behind it.

use hardpath_sim::models::fibre_channel::{Access, Fabric, Frame, Outcome, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageMemory, Pause};
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{CardMachine, CardSettings};
use hardpath_testbenches::fibre_channel::card_settings;

const PAGES: u64 = 256;

type Card = CardMachine<PageMemory, Fabric>;

fn card_at_a_switch(hosts: usize) -> Card {
    let settings = CardSettings { host_ppm: 80, ..card_settings(PAGES, 7_500, 1) };
    let hosts = (0..hosts).map(|number| settings.host_port(number)).collect();
    let fabric = Fabric::new(0x2A, hosts, settings.times);
    let memory = PageMemory::new(PAGES as u32, (10, 200), Pause::never(), 1);
    CardMachine::new(settings, vec![fabric], memory, &Trace::none()).expect("a card")
}

fn start(card: &mut Card, host: usize, transfer: Transfer) {
    let (_, port) = card.hosts_mut().nth(host).expect("a host");
    port.initiator().expect("logged in").start(transfer);
}

fn outcome(card: &mut Card, host: usize) -> Outcome {
    let (_, port) = card.hosts_mut().nth(host).expect("a host");
    port.initiator().expect("logged in").take_outcomes().pop().expect("an outcome")
}

fn exchange_data(card: &mut Card, hosts: usize, round: u64) {
    for host in 0..hosts {
        let data = vec![host as u8 ^ 0x5A; 9 * BLOCK_BYTES];
        start(card, host, Transfer::new(Access::Ten, round * 100 + host as u64 * 20, 9, Some(data)));
    }
    card.run_until_idle(500_000).expect("answers");
    for host in 0..hosts {
        assert_eq!((outcome(card, host).status, host), (0, host));
        let other = (host + 1) % hosts;
        start(card, host, Transfer::new(Access::Ten, round * 100 + other as u64 * 20, 9, None));
    }
    card.run_until_idle(500_000).expect("answers");
    for host in 0..hosts {
        let other = (host + 1) % hosts;
        assert!(outcome(card, host).data == vec![other as u8 ^ 0x5A; 9 * BLOCK_BYTES], "host {host} reads other data");
    }
}

#[test]
fn four_hosts_find_the_array_in_a_fabric_and_share_its_pages() {
    let mut card = card_at_a_switch(4);
    card.log_in(100_000).expect("logins");
    let addresses: Vec<_> = card.hosts().map(|(_, host)| host.addresses()).collect();
    for (number, (own, array)) in addresses.iter().enumerate() {
        assert_eq!((*own, *array), (0x2A_0200 + number as u32 * 0x100, 0x2A_0100));
    }
    exchange_data(&mut card, 4, 0);
}

#[test]
fn hosts_come_back_when_the_arrays_link_was_down() {
    let mut card = card_at_a_switch(2);
    card.log_in(100_000).expect("logins");
    for round in 0..3 {
        exchange_data(&mut card, 2, round);
        card.attached[0].end.line_mut().go_offline();
        for _ in 0..2_000 {
            card.step().expect("a cycle");
        }
        assert!(card.hosts().all(|(_, host)| !host.is_ready()), "a host did not hear that the array is gone");
        card.log_in(100_000).expect("logins");
    }
    exchange_data(&mut card, 2, 3);
}

/// What the port asks of the fabric is what a host's adapter of 2007 asked of its: the layout of the requests is of FC-GS and
/// FC-LS, the names and what is registered are the port's own.
#[test]
fn the_port_registers_itself_with_the_name_server_as_a_target() {
    let mut card = card_at_a_switch(1);
    card.log_in(100_000).expect("logins");
    let frames = card.take_seen().into_iter().map(|(_, frame)| frame.check().expect("a good frame"));
    let from_array =
        |frame: &Frame| matches!(frame.header.source, 0 | 0x2A_0100) && matches!(frame.header.r_ctl, 0x02 | 0x22);
    let requests: Vec<_> = frames.filter(from_array).collect();
    let header = |frame: &Frame| (frame.header.destination, frame.header.kind, frame.header.f_ctl, frame.payload.len());
    let headers: Vec<_> = requests.iter().map(header).collect();
    let expected = [
        (0xFF_FFFE, 0x01, 0x29_0000, 116),
        (0xFF_FFFC, 0x01, 0x29_0000, 116),
        (0xFF_FFFC, 0x20, 0x29_0000, 28),
        (0xFF_FFFC, 0x20, 0x29_0000, 52),
        (0xFF_FFFC, 0x20, 0x29_0000, 24),
        (0xFF_FFFD, 0x01, 0x29_0000, 8),
    ];
    assert_eq!(headers, expected);
    assert_eq!(requests[0].payload[0], 0x04);
    assert_eq!(requests[1].payload[0], 0x03);
    let transport = |code: u16| {
        [[1, 0, 0, 0, 0xFC, 2, 0, 0].as_slice(), &code.to_be_bytes(), &[0; 6], &0x2A_0100_u32.to_be_bytes()].concat()
    };
    assert_eq!(requests[2].payload, [transport(0x0213).as_slice(), &0x5000_0000_0000_0000_u64.to_be_bytes()].concat());
    assert_eq!(requests[3].payload, [transport(0x0217).as_slice(), &[0, 0, 1, 0], &[0; 28]].concat());
    assert_eq!(requests[4].payload, [transport(0x021F).as_slice(), &[0, 0, 1, 8]].concat());
    assert_eq!(requests[5].payload, [0x62, 0, 0, 0, 0, 0, 0, 3]);
}
