//! A host at the other end of a TCP stream logs in, writes and reads.

use hardpath_sim::models::fibre_channel::fcoe::{from_ethernet, to_ethernet};
use hardpath_sim::models::fibre_channel::{Access, HostPort, LineFrame, Outcome, Transfer};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

const OWN_ADDRESS: [u8; 6] = [0x52, 0x54, 0x00, 0x00, 0x00, 0x02];
const LOGIN_ADDRESS: [u8; 6] = [0x0E, 0xFC, 0x00, 0xFF, 0xFF, 0xFE];

/// The server, ended when it is dropped.
struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hardpath"))
            .args(["serve", "--fcoe", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect(&line).to_owned();
        Self { child, output, address }
    }

    fn said(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A host that speaks FCoE.
struct Host {
    port: HostPort,
    stream: TcpStream,
}

impl Host {
    fn attach(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut port = HostPort::new(0x1000_5254_0000_0002, 16, 2048);
        port.link_up();
        let mut host = Self { port, stream };
        while !host.port.is_ready() {
            assert!(!host.port.is_refused(), "a login was refused");
            host.exchange();
        }
        host
    }

    /// Sends what there is to send, and takes a frame.
    fn exchange(&mut self) {
        while let Some(frame) = self.port.next_frame() {
            let ethernet = to_ethernet(&LineFrame::from(&frame), LOGIN_ADDRESS, OWN_ADDRESS);
            self.stream.write_all(&(ethernet.len() as u32).to_be_bytes()).unwrap();
            self.stream.write_all(&ethernet).unwrap();
        }
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).unwrap();
        let mut ethernet = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut ethernet).unwrap();
        let (frame, _) = from_ethernet(&ethernet).unwrap().expect("FCoE");
        self.port.receive(&frame.check().unwrap());
    }

    fn run(&mut self, transfer: Transfer) -> Outcome {
        self.port.initiator().unwrap().start(transfer);
        loop {
            self.exchange();
            let initiator = self.port.initiator().unwrap();
            assert_eq!(initiator.violations(), []);
            if let Some(outcome) = initiator.take_outcomes().pop() {
                return outcome;
            }
        }
    }
}

fn written_and_read_back(host: &mut Host) {
    let data: Vec<u8> = (0..20 * 512_u32).map(|byte| (byte / 7) as u8).collect();
    let written = host.run(Transfer::new(Access::Ten, 43, 20, Some(data.clone())));
    assert_eq!((written.status, written.residual), (0, 0));
    let read = host.run(Transfer::new(Access::Sixteen, 43, 20, None));
    assert!(read.status == 0 && read.data == data);
}

#[test]
fn a_host_at_a_stream_sees_a_disk_in_memory_or_flash() {
    for storage in ["memory", "slc"] {
        let directory = tempfile::tempdir().unwrap();
        let pcap = directory.path().join("frames.pcap");
        let mut server =
            Server::start(&["--once", "--storage", storage, "--pcap", pcap.to_str().unwrap(), "--logical-pages", "64"]);
        let mut host = Host::attach(&server.address);
        let capacity = host.run(Transfer::command(&[0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], 8));
        assert_eq!(capacity.data[..4], 511_u32.to_be_bytes());
        written_and_read_back(&mut host);
        drop(host);
        assert!(server.said().contains("is attached"));
        assert!(server.said().contains("is gone"));
        assert!(server.child.wait().unwrap().success());
        assert!(pcap.metadata().unwrap().len() > 20_000);
    }
}

#[test]
fn an_ill_formed_stream_is_closed_and_harms_nobody_else() {
    let mut server = Server::start(&[]);
    let mut host = Host::attach(&server.address);
    written_and_read_back(&mut host);
    drop(host);
    for (bytes, reason) in [
        (vec![0, 0, 0, 3, 1, 2, 3], "legal: 14..=16384"),
        (vec![0xFF; 64], "legal: 14..=16384"),
        // It says that it is FCoE, and has no SOF.
        ([vec![0, 0, 0, 60], vec![0; 12], vec![0x89, 0x06], vec![0; 46]].concat(), "legal are 2Eh"),
    ] {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(&bytes).unwrap();
        assert_eq!(stream.read(&mut [0; 16]).unwrap_or(0), 0);
        let said =
            std::iter::repeat_with(|| server.said()).find(|line| line.contains(": an") || line.contains(": SOF"));
        assert!(said.unwrap().contains(reason), "{reason}");
    }
    written_and_read_back(&mut Host::attach(&server.address));
}
