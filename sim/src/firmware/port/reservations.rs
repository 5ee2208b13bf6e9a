//! Who may use a logical unit: RESERVE and RELEASE, and persistent reservations, as SPC-3 and SPC-4 have them.

use std::cell::RefCell;
use std::rc::Rc;

use super::scsi::Sense;

/// What the ports of a card have of one logical unit.
pub type SharedReservations = Rc<RefCell<Reservations>>;

const INVALID_FIELD: Sense = (0x05, 0x24, 0x00);
const INVALID_PARAMETER: Sense = (0x05, 0x26, 0x00);
const INVALID_RELEASE: Sense = (0x05, 0x26, 0x04);
const RESERVATIONS_PREEMPTED: Sense = (0x06, 0x2A, 0x03);
const RESERVATIONS_RELEASED: Sense = (0x06, 0x2A, 0x04);
const REGISTRATIONS_PREEMPTED: Sense = (0x06, 0x2A, 0x05);

/// Bytes of the parameters of PERSISTENT RESERVE OUT.
pub const RESERVE_OUT_BYTES: usize = 24;

/// A host's port at a port of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nexus {
    /// Name of the host's port (WWPN).
    pub host: u64,
    /// Number of the card's port, from 0.
    pub port: usize,
}

/// What a persistent reservation keeps others from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    WriteExclusive = 1,
    ExclusiveAccess = 3,
    WriteExclusiveRegistrants = 5,
    ExclusiveAccessRegistrants = 6,
    WriteExclusiveAllRegistrants = 7,
    ExclusiveAccessAllRegistrants = 8,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::WriteExclusive,
        Self::ExclusiveAccess,
        Self::WriteExclusiveRegistrants,
        Self::ExclusiveAccessRegistrants,
        Self::WriteExclusiveAllRegistrants,
        Self::ExclusiveAccessAllRegistrants,
    ];

    fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }

    /// Others may read.
    fn lets_read(self) -> bool {
        matches!(self, Self::WriteExclusive | Self::WriteExclusiveRegistrants | Self::WriteExclusiveAllRegistrants)
    }

    /// Who is registered may do everything.
    fn is_of_registrants(self) -> bool {
        !matches!(self, Self::WriteExclusive | Self::ExclusiveAccess)
    }

    /// All who are registered hold it.
    fn is_of_all(self) -> bool {
        matches!(self, Self::WriteExclusiveAllRegistrants | Self::ExclusiveAccessAllRegistrants)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Registration {
    nexus: Nexus,
    key: u64,
}

/// Why PERSISTENT RESERVE OUT, RESERVE or RELEASE is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// RESERVATION CONFLICT.
    Conflict,
    /// CHECK CONDITION.
    Check(Sense),
}

/// Reservations of a logical unit, and who has to be told that his are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reservations {
    registrations: Vec<Registration>,
    /// Who reserved, and how; with kinds of all registrants, who was the first.
    holder: Option<(Nexus, Kind)>,
    /// Who has reserved with RESERVE.
    reserved: Option<Nexus>,
    generation: u32,
    attentions: Vec<(Nexus, Sense)>,
    /// Whose commands are to be aborted.
    aborted: Vec<Nexus>,
    /// Counts changes of what hosts may do.
    version: u64,
    /// The version that each port has made true.
    applied: Vec<u64>,
}

impl Reservations {
    /// Another port of the card; its number.
    pub fn add_port(&mut self) -> usize {
        self.applied.push(0);
        self.applied.len() - 1
    }

    /// Counts changes of what hosts may do.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// A port has made a version true.
    pub fn apply(&mut self, port: usize, version: u64) {
        self.applied[port] = version;
    }

    /// The version that a port has made true.
    pub fn applied(&self, port: usize) -> u64 {
        self.applied[port]
    }

    /// All ports have made a version true.
    pub fn is_applied(&self, version: u64) -> bool {
        self.applied.iter().all(|applied| *applied >= version)
    }

    /// The host may read.
    pub fn may_read(&self, nexus: Nexus) -> bool {
        self.may(nexus, false)
    }

    /// The host may write.
    pub fn may_write(&self, nexus: Nexus) -> bool {
        self.may(nexus, true)
    }

    fn may(&self, nexus: Nexus, is_write: bool) -> bool {
        if self.reserved.is_some_and(|holder| holder != nexus) {
            return false;
        }
        let Some((holder, kind)) = self.holder else { return true };
        holder == nexus || (kind.is_of_registrants() && self.key_of(nexus).is_some()) || (!is_write && kind.lets_read())
    }

    /// RESERVE of somebody else keeps the host from everything but a few commands.
    pub fn is_reserved_by_other(&self, nexus: Nexus) -> bool {
        self.reserved.is_some_and(|holder| holder != nexus)
    }

    /// Something has to be told to the host.
    pub fn has_attention(&self, nexus: Nexus) -> bool {
        self.attentions.iter().any(|(other, _)| *other == nexus)
    }

    /// What has to be told to the host next; it is told.
    pub fn take_attention(&mut self, nexus: Nexus) -> Option<Sense> {
        let place = self.attentions.iter().position(|(other, _)| *other == nexus)?;
        self.version += 1;
        Some(self.attentions.remove(place).1)
    }

    /// Hosts at a port whose commands are to be aborted.
    pub fn take_aborted(&mut self, port: usize) -> Vec<Nexus> {
        let (here, elsewhere) = self.aborted.iter().partition(|nexus| nexus.port == port);
        self.aborted = elsewhere;
        here
    }

    /// A host has logged out: what it reserved with RESERVE is free, and nothing is to be told.
    pub fn forget(&mut self, nexus: Nexus) {
        self.attentions.retain(|(other, _)| *other != nexus);
        self.reset(Some(nexus));
    }

    /// RESERVE is over: of a host, or, as by a reset of the unit, of anybody.
    pub fn reset(&mut self, nexus: Option<Nexus>) {
        if self.reserved.is_some_and(|holder| nexus.is_none_or(|nexus| holder == nexus)) {
            self.reserved = None;
            self.version += 1;
        }
    }

    /// RESERVE of the whole unit.
    ///
    /// # Errors
    /// If it is somebody else's, or anybody is registered.
    pub fn reserve(&mut self, nexus: Nexus) -> Result<(), Refusal> {
        if !self.registrations.is_empty() || self.is_reserved_by_other(nexus) {
            return Err(Refusal::Conflict);
        }
        self.reserved = Some(nexus);
        self.version += 1;
        Ok(())
    }

    /// RELEASE of the whole unit; nothing happens if it is somebody else's.
    ///
    /// # Errors
    /// If anybody is registered.
    pub fn release(&mut self, nexus: Nexus) -> Result<(), Refusal> {
        if !self.registrations.is_empty() {
            return Err(Refusal::Conflict);
        }
        self.reset(Some(nexus));
        Ok(())
    }

    fn key_of(&self, nexus: Nexus) -> Option<u64> {
        self.registrations.iter().find(|entry| entry.nexus == nexus).map(|entry| entry.key)
    }

    fn holds(&self, nexus: Nexus) -> bool {
        self.holder.is_some_and(|(holder, kind)| holder == nexus || (kind.is_of_all() && self.key_of(nexus).is_some()))
    }

    /// All who are registered, but for one, are told.
    fn tell_others(&mut self, nexus: Nexus, sense: Sense) {
        let others = self.registrations.iter().map(|entry| entry.nexus).filter(|other| *other != nexus);
        self.attentions.extend(others.map(|other| (other, sense)));
    }

    /// PERSISTENT RESERVE OUT: byte 1 and 2 of its command, and its parameters.
    ///
    /// # Errors
    /// A conflict, or what is wrong with it; then nothing has changed.
    pub fn reserve_out(
        &mut self,
        nexus: Nexus,
        action: u8,
        scope_and_kind: u8,
        parameters: &[u8; RESERVE_OUT_BYTES],
    ) -> Result<(), Refusal> {
        let eight = |place: usize| u64::from_be_bytes(parameters[place..place + 8].try_into().expect("eight bytes"));
        let (key, service_key) = (eight(0), eight(8));
        // Other ports, all ports and keeping over power loss are not supported.
        if parameters[20] & 0x0D != 0 {
            return Err(Refusal::Check(INVALID_PARAMETER));
        }
        if self.is_reserved_by_other(nexus) {
            return Err(Refusal::Conflict);
        }
        let own = self.key_of(nexus);
        match action {
            0x00 if own.unwrap_or(0) != key => return Err(Refusal::Conflict),
            0x00 | 0x06 => self.register(nexus, service_key),
            0x01..=0x05 if own != Some(key) => return Err(Refusal::Conflict),
            0x01 => self.take(nexus, self.kind(scope_and_kind)?)?,
            0x02 => self.give_up(nexus, self.kind(scope_and_kind)?)?,
            0x03 => {
                self.tell_others(nexus, RESERVATIONS_PREEMPTED);
                self.registrations.clear();
                self.holder = None;
                self.generation = self.generation.wrapping_add(1);
            }
            0x04 | 0x05 => {
                let removed = self.preempt(nexus, self.kind(scope_and_kind)?, service_key)?;
                if action == 0x05 {
                    self.aborted.extend(removed);
                }
            }
            _ => return Err(Refusal::Check(INVALID_FIELD)),
        }
        self.version += 1;
        Ok(())
    }

    fn kind(&self, scope_and_kind: u8) -> Result<Kind, Refusal> {
        // A scope other than the unit, or no such kind, has a bit or a code that none has.
        Kind::of(scope_and_kind).ok_or(Refusal::Check(INVALID_FIELD))
    }

    fn register(&mut self, nexus: Nexus, key: u64) {
        let place = self.registrations.iter().position(|entry| entry.nexus == nexus);
        match (place, key) {
            (None, 0) => return,
            (None, _) => self.registrations.push(Registration { nexus, key }),
            (Some(place), 0) => {
                self.registrations.remove(place);
                self.leave(nexus);
            }
            (Some(place), _) => self.registrations[place].key = key,
        }
        self.generation = self.generation.wrapping_add(1);
    }

    /// Who held the reservation is registered no more.
    fn leave(&mut self, nexus: Nexus) {
        let Some((holder, kind)) = self.holder else { return };
        if kind.is_of_all() {
            // The last one takes it with him.
            self.holder = self.registrations.first().map(|entry| (entry.nexus, kind));
        } else if holder == nexus {
            self.holder = None;
            if kind.is_of_registrants() {
                self.tell_others(nexus, RESERVATIONS_RELEASED);
            }
        }
    }

    fn take(&mut self, nexus: Nexus, kind: Kind) -> Result<(), Refusal> {
        match self.holder {
            None => self.holder = Some((nexus, kind)),
            Some((_, held)) if self.holds(nexus) && held == kind => {}
            Some(_) => return Err(Refusal::Conflict),
        }
        Ok(())
    }

    fn give_up(&mut self, nexus: Nexus, kind: Kind) -> Result<(), Refusal> {
        let Some((_, held)) = self.holder.filter(|_| self.holds(nexus)) else { return Ok(()) };
        if held != kind {
            return Err(Refusal::Check(INVALID_RELEASE));
        }
        self.holder = None;
        if kind.is_of_registrants() {
            self.tell_others(nexus, RESERVATIONS_RELEASED);
        }
        Ok(())
    }

    /// Takes the registrations with a key away, and the reservation if one of them has it; who is concerned.
    fn preempt(&mut self, nexus: Nexus, kind: Kind, key: u64) -> Result<Vec<Nexus>, Refusal> {
        let is_all = self.holder.is_some_and(|(_, held)| held.is_of_all());
        if key == 0 && !is_all {
            return Err(Refusal::Check(INVALID_PARAMETER));
        }
        let takes_over = match self.holder {
            Some((_, held)) if held.is_of_all() => key == 0,
            Some((holder, _)) => self.key_of(holder) == Some(key),
            None => false,
        };
        let meant = |entry: &Registration| if key == 0 { entry.nexus != nexus } else { entry.key == key };
        let removed: Vec<Nexus> =
            self.registrations.iter().filter(|entry| meant(entry)).map(|entry| entry.nexus).collect();
        if removed.is_empty() && !takes_over {
            return Err(Refusal::Conflict);
        }
        let others = removed.iter().copied().filter(|other| *other != nexus);
        self.attentions.extend(others.clone().map(|other| (other, REGISTRATIONS_PREEMPTED)));
        let others: Vec<Nexus> = others.collect();
        // Who preempts with his own key keeps his registration where he takes the reservation over.
        self.registrations.retain(|entry| !removed.contains(&entry.nexus) || (takes_over && entry.nexus == nexus));
        if takes_over {
            self.holder = Some((nexus, kind));
        } else if is_all && self.registrations.is_empty() {
            self.holder = None;
        }
        self.generation = self.generation.wrapping_add(1);
        Ok(others)
    }

    /// PERSISTENT RESERVE IN: what a service action tells; `None` if there is no such one.
    pub fn reserve_in(&self, action: u8) -> Option<Vec<u8>> {
        let with_length = |content: Vec<u8>| {
            [&self.generation.to_be_bytes(), (content.len() as u32).to_be_bytes().as_slice(), &content].concat()
        };
        match action {
            0x00 => Some(with_length(self.registrations.iter().flat_map(|entry| entry.key.to_be_bytes()).collect())),
            0x01 => Some(with_length(match self.holder {
                None => vec![],
                Some((holder, kind)) => {
                    let key = if kind.is_of_all() { 0 } else { self.key_of(holder).unwrap_or(0) };
                    let mut content = vec![0; 16];
                    content[..8].copy_from_slice(&key.to_be_bytes());
                    content[13] = kind as u8;
                    content
                }
            })),
            // The mask of kinds holds.
            0x02 => {
                let mask = Kind::ALL.iter().fold(0_u16, |mask, kind| mask | 1 << (*kind as u16));
                let [high, low] = mask.to_be_bytes();
                // Bits of the kinds up to 7 stand in the first byte.
                Some(vec![0, 8, 0, 0x80, low, high, 0, 0])
            }
            0x03 => Some(with_length(self.registrations.iter().flat_map(|entry| self.full_status(entry)).collect())),
            _ => None,
        }
    }

    fn full_status(&self, entry: &Registration) -> Vec<u8> {
        let mut descriptor = vec![0; 48];
        descriptor[..8].copy_from_slice(&entry.key.to_be_bytes());
        if let Some((_, kind)) = self.holder.filter(|_| self.holds(entry.nexus)) {
            (descriptor[12], descriptor[13]) = (1, kind as u8);
        }
        descriptor[18..20].copy_from_slice(&(entry.nexus.port as u16 + 1).to_be_bytes());
        descriptor[23] = 24;
        // TransportID of Fibre Channel: the name of the port.
        descriptor[32..40].copy_from_slice(&entry.nexus.host.to_be_bytes());
        descriptor
    }
}
