//! Persistent reservations against a model of SPC-4's rules that keeps a table of keys and reads everything from it.

use std::collections::BTreeMap;

use hardpath_sim::firmware::port::{Nexus, Refusal, Reservations};
use proptest::prelude::*;

const HOSTS: usize = 4;
/// Kinds of SPC-4, and whether others read, registrants write, and all registrants hold.
const KINDS: [(u8, bool, bool, bool); 6] = [
    (1, true, false, false),
    (3, false, false, false),
    (5, true, true, false),
    (6, false, true, false),
    (7, true, true, true),
    (8, false, true, true),
];

#[derive(Clone, Copy, Debug)]
struct Request {
    host: usize,
    action: u8,
    kind: u8,
    key: u64,
    service_key: u64,
}

fn nexus(host: usize) -> Nexus {
    Nexus { host: 0x1000 + host as u64, port: host % 2 }
}

/// What SPC-4 has a logical unit know.
#[derive(Clone, Debug, Default, PartialEq)]
struct Golden {
    keys: BTreeMap<usize, u64>,
    reservation: Option<(usize, u8)>,
}

fn kind_of(code: u8) -> Option<(bool, bool, bool)> {
    KINDS.iter().find(|kind| kind.0 == code).map(|&(_, read, registrants, all)| (read, registrants, all))
}

impl Golden {
    fn is_all(&self) -> bool {
        self.reservation.and_then(|(_, kind)| kind_of(kind)).is_some_and(|kind| kind.2)
    }

    fn is_holder(&self, host: usize) -> bool {
        let is_registered = self.keys.contains_key(&host);
        self.reservation.is_some_and(|(holder, _)| is_registered && (holder == host || self.is_all()))
    }

    /// Whether the host may read, and write.
    fn rights(&self, host: usize) -> (bool, bool) {
        let Some((_, code)) = self.reservation else { return (true, true) };
        let (others_read, registrants, _) = kind_of(code).expect("a kind");
        let all = self.is_holder(host) || (registrants && self.keys.contains_key(&host));
        (all || others_read, all)
    }

    /// `Err(true)` is a conflict, `Err(false)` something that is not legal.
    fn apply(&mut self, request: Request) -> Result<(), bool> {
        let Request { host, action, kind, key, service_key } = request;
        let own = self.keys.get(&host).copied();
        let legal_kind = kind_of(kind);
        match action {
            0 | 6 => {
                if action == 0 && own.unwrap_or(0) != key {
                    return Err(true);
                }
                if service_key != 0 {
                    self.keys.insert(host, service_key);
                } else if own.is_some() {
                    let was_all = self.is_all();
                    self.keys.remove(&host);
                    let holder_left = self.reservation.is_some_and(|(holder, _)| holder == host);
                    if (was_all && self.keys.is_empty()) || (!was_all && holder_left) {
                        self.reservation = None;
                    }
                }
                Ok(())
            }
            _ if action <= 5 && own != Some(key) => Err(true),
            1 => {
                legal_kind.ok_or(false)?;
                match self.reservation {
                    None => self.reservation = Some((host, kind)),
                    Some((_, held)) if self.is_holder(host) && held == kind => {}
                    Some(_) => return Err(true),
                }
                Ok(())
            }
            2 => {
                legal_kind.ok_or(false)?;
                if self.is_holder(host) {
                    if self.reservation.is_some_and(|(_, held)| held != kind) {
                        return Err(false);
                    }
                    self.reservation = None;
                }
                Ok(())
            }
            3 => {
                *self = Self::default();
                Ok(())
            }
            4 | 5 => {
                legal_kind.ok_or(false)?;
                let holder_key = self.reservation.and_then(|(holder, _)| self.keys.get(&holder).copied());
                if service_key == 0 && !self.is_all() {
                    return Err(false);
                }
                let takes = if self.is_all() { service_key == 0 } else { holder_key == Some(service_key) };
                if service_key == 0 {
                    self.keys.retain(|&other, _| other == host);
                } else {
                    let before = self.keys.len();
                    let named = self.keys.values().filter(|&&other| other == service_key).count();
                    if named == 0 {
                        return Err(true);
                    }
                    self.keys.retain(|&other, other_key| *other_key != service_key || (takes && other == host));
                    assert!(self.keys.len() <= before);
                }
                if takes {
                    self.reservation = Some((host, kind));
                } else if self.is_all() && self.keys.is_empty() {
                    self.reservation = None;
                }
                Ok(())
            }
            _ => Err(false),
        }
    }
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let key = prop_oneof![Just(0_u64), 1_u64..5];
    let kind = prop_oneof![3 => prop::sample::select(vec![1_u8, 3, 5, 6, 7, 8]), 1 => 0_u8..16];
    let request = (0..HOSTS, 0_u8..8, kind, any::<bool>(), key.clone(), key);
    let request = request.prop_map(|(host, action, kind, is_own, key, service_key)| {
        // Hosts have the key of their number, mostly.
        let key = if is_own { host as u64 + 1 } else { key };
        Request { host, action, kind, key, service_key }
    });
    prop::collection::vec(request, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn reservations_are_those_of_the_standards_rules(requests in requests()) {
        let (mut unit, mut golden) = (Reservations::default(), Golden::default());
        for request in requests {
            let (before, mut after) = (unit.clone(), golden.clone());
            let mut parameters = [0; 24];
            parameters[..8].copy_from_slice(&request.key.to_be_bytes());
            parameters[8..16].copy_from_slice(&request.service_key.to_be_bytes());
            let got = unit.reserve_out(nexus(request.host), request.action, request.kind, &parameters);
            let expected = after.apply(request);
            let verdict = got.map_err(|refusal| refusal == Refusal::Conflict);
            prop_assert_eq!(verdict, expected, "{:?} of {:?}", request, golden);
            if expected.is_err() {
                prop_assert_eq!(&unit, &before, "a refused command changes nothing");
            } else {
                golden = after;
            }
            for host in 0..HOSTS {
                let rights = (unit.may_read(nexus(host)), unit.may_write(nexus(host)));
                prop_assert_eq!(rights, golden.rights(host), "host {} after {:?}", host, request);
            }
            let keys = unit.reserve_in(0).expect("READ KEYS");
            prop_assert_eq!(keys.len(), 8 + 8 * golden.keys.len());
            let told = unit.reserve_in(1).expect("READ RESERVATION");
            prop_assert_eq!(told.get(21).copied(), golden.reservation.map(|(_, kind)| kind));
        }
    }
}

#[test]
fn capabilities_and_full_status_have_the_layout_of_the_standard() {
    let mut unit = Reservations::default();
    let mut parameters = [0; 24];
    parameters[8..16].copy_from_slice(&7_u64.to_be_bytes());
    unit.reserve_out(nexus(1), 0, 0, &parameters).expect("registered");
    assert_eq!(unit.reserve_in(2).expect("REPORT CAPABILITIES"), [0, 8, 0, 0x80, 0xEA, 0x01, 0, 0]);
    let status = unit.reserve_in(3).expect("READ FULL STATUS");
    assert_eq!((status.len(), &status[..8]), (56, [0, 0, 0, 1, 0, 0, 0, 48].as_slice()));
    // The key, the second port of the card, and the name of the host's port.
    assert_eq!((&status[8..16], &status[26..28]), (7_u64.to_be_bytes().as_slice(), [0, 2].as_slice()));
    assert_eq!((status[31], &status[40..48]), (24, 0x1001_u64.to_be_bytes().as_slice()));
    assert_eq!(unit.reserve_in(4), None);
}
