//! What the processor of a Fibre Channel port decides.

use hardpath_sim::firmware::port::{Failure, LogicalUnit, PortFirmware, PortNames, PortOrder, SharedReservations};
use hardpath_sim::models::fibre_channel::{Frame, Header};

fn firmware(name: u64) -> PortFirmware {
    let unit = LogicalUnit { blocks: 1000, name: 1, serial: "1".to_owned() };
    PortFirmware::new(PortNames { port: name, node: 2 }, 14, unit, SharedReservations::default())
}

fn login(code: u8, name: u64, payload: u16) -> Vec<u8> {
    let mut bytes = vec![0; 116];
    (bytes[0], bytes[7], bytes[68]) = (code, 9, 0x88);
    bytes[10..12].copy_from_slice(&payload.to_be_bytes());
    bytes[74..76].copy_from_slice(&payload.to_be_bytes());
    bytes[20..28].copy_from_slice(&name.to_be_bytes());
    bytes
}

fn service(source: u32, payload: Vec<u8>) -> Frame {
    let header = Header { r_ctl: 0x22, kind: 1, source, originator: 5, responder: 0xFFFF, ..Header::default() };
    Frame { header, payload, is_first: true, is_last: true }
}

fn sent(orders: &[PortOrder]) -> &Frame {
    let frames: Vec<_> = orders
        .iter()
        .filter_map(|order| match order {
            PortOrder::Send(frame) => Some(frame),
            _ => None,
        })
        .collect();
    assert_eq!(frames.len(), 1, "{orders:?}");
    frames[0]
}

/// A port to which the host at 010200 is logged in, with FCP.
fn logged_in() -> PortFirmware {
    let mut firmware = firmware(10);
    firmware.on_frame(&service(0x01_0200, login(0x03, 7, 2048)));
    let mut process = vec![0; 20];
    (process[0], process[4]) = (0x20, 0x08);
    let orders = firmware.on_frame(&service(0x01_0200, process));
    assert!(orders.contains(&PortOrder::SetLogin {
        entry: 0,
        address: 0x01_0200,
        payload: 512,
        is_fast: true,
        is_valid: true,
        is_read_only: false
    }));
    firmware
}

#[test]
fn of_two_ports_without_a_fabric_the_larger_name_gets_the_second_address() {
    for (name, own, other) in [(10, 0x01_0A02, 0x01_0A01), (5, 0x01_0501, 0x01_0502)] {
        let orders = firmware(name).on_frame(&service(0, login(0x04, 7, 2112)));
        assert!(orders.contains(&PortOrder::SetAddress(own)) && orders.contains(&PortOrder::SetCredit(9)));
        let answer = sent(&orders);
        assert_eq!((answer.header.source, answer.header.destination), (own, other));
        // Accepted, and not by a fabric.
        assert_eq!((answer.payload[0], answer.payload[8] & 0x10, answer.payload.len()), (0x02, 0, 116));
    }
}

#[test]
fn logins_that_cannot_be_are_rejected() {
    let mut firmware = firmware(10);
    for short in [login(0x03, 7, 2048)[..100].to_vec(), vec![0x04], login(0x03, 7, 256)] {
        assert_eq!(sent(&firmware.on_frame(&service(0x01_0200, short))).payload[0], 0x01);
    }
    for host in 0..16 {
        let orders = firmware.on_frame(&service(0x02_0000 + host, login(0x03, u64::from(host), 1024)));
        assert_eq!(sent(&orders).payload[0], 0x02);
    }
    let orders = firmware.on_frame(&service(0x03_0000, login(0x03, 99, 1024)));
    let rejected = &sent(&orders).payload;
    assert_eq!((rejected[0], rejected[5]), (0x01, 0x09));
    // One that is there logs in anew.
    let orders = firmware.on_frame(&service(0x02_0004, login(0x03, 4, 2048)));
    assert!(orders.contains(&PortOrder::Close { entry: 4, originator: None }));
    assert_eq!(sent(&orders).payload[0], 0x02);
    // What is not known.
    assert_eq!(sent(&firmware.on_frame(&service(0x02_0004, vec![0x78, 0, 0, 0]))).payload[5], 0x0B);
}

#[test]
fn an_abort_closes_the_exchange_before_it_is_accepted() {
    let mut firmware = logged_in();
    let header = Header { r_ctl: 0x81, source: 0x01_0200, originator: 0x33, responder: 4, ..Header::default() };
    let orders = firmware.on_frame(&Frame { header, ..Frame::default() });
    assert_eq!(orders[0], PortOrder::Close { entry: 0, originator: Some(0x33) });
    let answer = sent(&orders);
    assert_eq!((answer.header.r_ctl, answer.header.destination), (0x84, 0x01_0200));
    assert_eq!(answer.payload, [0, 0, 0, 0, 0, 0x33, 0, 4, 0, 0, 0xFF, 0xFF]);
}

#[test]
fn commands_of_strangers_are_answered_by_a_logout() {
    let mut firmware = logged_in();
    let command = |source: u32| {
        let header = Header { r_ctl: 0x06, kind: 0x08, source, ..Header::default() };
        Frame { header, payload: vec![0; 32], is_first: true, is_last: true }
    };
    assert_eq!(sent(&firmware.on_frame(&command(0x09_0000))).payload[0], 0x05);
    firmware.on_frame(&service(0x01_0300, login(0x03, 8, 2048)));
    assert_eq!(sent(&firmware.on_frame(&command(0x01_0300))).payload[0], 0x21);
    assert_eq!(sent(&firmware.on_frame(&command(0x01_0200))).header.r_ctl, 0x07);
}

#[test]
fn task_management_closes_exchanges_and_says_so() {
    let mut firmware = logged_in();
    for (flags, code, closed) in [(0x02, 0, 1), (0x10, 0, 1), (0x40, 4, 0)] {
        let header = Header { r_ctl: 0x06, kind: 0x08, source: 0x01_0200, ..Header::default() };
        let mut payload = vec![0; 32];
        payload[10] = flags;
        let orders = firmware.on_frame(&Frame { header, payload, is_first: true, is_last: true });
        assert_eq!(orders.len(), closed + 1);
        let answer = sent(&orders);
        assert_eq!((answer.payload[10], answer.payload[27]), (0x01, code));
    }
}

#[test]
fn exchanges_that_ended_early_are_answered_after_they_are_closed() {
    let mut firmware = logged_in();
    for (is_write, was_cut_short, sense) in [(false, false, 0x11), (true, false, 0x0C), (true, true, 0)] {
        let failure = Failure { exchange: 3, login: 0, originator: 0x44, is_write, was_cut_short };
        let orders = firmware.on_failure(&failure);
        assert_eq!(orders[0], PortOrder::Close { entry: 0, originator: Some(0x44) });
        let answer = sent(&orders);
        assert_eq!((answer.header.originator, answer.header.responder, answer.header.r_ctl), (0x44, 3, 0x07));
        if was_cut_short {
            assert_eq!((answer.payload[10], answer.payload[27]), (0x01, 1));
        } else {
            assert_eq!((answer.payload[11], answer.payload[24 + 12]), (0x02, sense));
        }
    }
}

#[test]
fn a_port_without_flogi_takes_the_address_that_plogi_gives_it() {
    let mut firmware = firmware(10);
    let mut frame = service(0x01_0001, login(0x03, 7, 2048));
    frame.header.destination = 0x01_0002;
    let orders = firmware.on_frame(&frame);
    assert!(orders.contains(&PortOrder::SetAddress(0x01_0002)) && orders.contains(&PortOrder::SetCredit(9)));
    assert_eq!(sent(&orders).header.source, 0x01_0002);
}
