//! Payloads of logins.

/// Names of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortNames {
    /// Name of the port (WWPN).
    pub port: u64,
    /// Name of the node (WWNN).
    pub node: u64,
}

/// Bytes of FLOGI, PLOGI and their acceptances.
pub const LOGIN_BYTES: usize = 116;

/// What a login says of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// Frames that it can take (buffer-to-buffer credit).
    pub credit: u16,
    /// Bytes of payload in a frame that it can take.
    pub payload: u16,
    /// Its names.
    pub names: PortNames,
    /// In a loop its buffers are told by R_RDY at the beginning of each circuit.
    pub has_alternate_credit: bool,
}

impl Login {
    /// Reads FLOGI or PLOGI; `None` if it is too short, or not of class 3.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LOGIN_BYTES] = bytes.get(..LOGIN_BYTES)?.try_into().ok()?;
        let two = |place: usize| u16::from_be_bytes([bytes[place], bytes[place + 1]]);
        let eight = |place: usize| u64::from_be_bytes(bytes[place..place + 8].try_into().expect("eight bytes"));
        let class_3 = 68;
        if two(class_3) & 0x8000 == 0 {
            return None;
        }
        let common = two(10) & 0x0FFF;
        let of_class = two(class_3 + 6) & 0x0FFF;
        let payload = if of_class == 0 { common } else { common.min(of_class) };
        let names = PortNames { port: eight(20), node: eight(28) };
        Some(Self { credit: two(6), payload, names, has_alternate_credit: bytes[8] & 0x08 != 0 })
    }

    /// A request: FLOGI (`is_fabric`), else PLOGI, from an N_Port.
    pub fn request(&self, is_fabric: bool) -> Vec<u8> {
        let mut bytes = self.bytes(is_fabric);
        bytes[0] = if is_fabric { 0x04 } else { 0x03 };
        if is_fabric {
            // A fabric's timers are its own to say.
            bytes[12..20].fill(0);
        }
        bytes
    }

    /// An acceptance (`is_fabric`: of FLOGI, else of PLOGI) from an N_Port.
    pub fn acceptance(&self, is_fabric: bool) -> Vec<u8> {
        let mut bytes = self.bytes(is_fabric);
        bytes[0] = 0x02;
        bytes
    }

    fn bytes(&self, is_fabric: bool) -> Vec<u8> {
        let mut bytes = vec![0; LOGIN_BYTES];
        let mut put = |place: usize, value: &[u8]| bytes[place..place + value.len()].copy_from_slice(value);
        put(4, &[0x20, 0x09]);
        put(6, &self.credit.to_be_bytes());
        // Continuously increasing relative offset.
        put(8, &[0x80 | u8::from(self.has_alternate_credit) << 3, 0x00]);
        put(10, &self.payload.to_be_bytes());
        if is_fabric {
            // R_A_TOV 10 s, E_D_TOV 2 s.
            put(12, &10_000_u32.to_be_bytes());
            put(16, &2000_u32.to_be_bytes());
        } else {
            put(12, &[0x00, 0xFF, 0x00, 0x1F]);
            put(16, &2000_u32.to_be_bytes());
        }
        put(20, &self.names.port.to_be_bytes());
        put(28, &self.names.node.to_be_bytes());
        // Class 3: valid, in order; payload, concurrent and open sequences.
        put(68, &[0x88, 0x00]);
        put(74, &self.payload.to_be_bytes());
        put(76, &[0x00, 0xFF]);
        put(80, &[0x00, 0x01]);
        bytes
    }
}
