//! The server: difficult clients, and the end of the server.

mod deploy;
mod program;

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use self::program::{Connection, Program, SENDERS, planet, studio, wait};

#[test]
fn a_client_that_writes_a_request_and_closes_at_once_is_handled() {
    for (sender, request) in SENDERS {
        let program = Program::start();
        for id in 0..200 {
            let mut stream = TcpStream::connect(program.address).unwrap();
            stream.write_all(&request(id)).unwrap();
        }
        wait(&format!("{sender}: not all of them are handled"), || program.runs() == 200);
        program.stop();
        assert!(program.ended().is_complete(), "{sender}");
    }
}

#[test]
fn what_was_connected_before_the_end_is_served_and_who_comes_later_is_refused() {
    let program = Program::with(|serve| serve, 0);
    let mut running = Connection::open(program.address).unwrap();
    running.send(&studio(1)).unwrap();
    let mut idle = Connection::open(program.address).unwrap();
    wait("the handler has not started", || program.runs() == 1);
    program.stop();
    program.wait_until_closed();
    // No receiver drains yet, so no sender is told to retry.
    idle.send(&studio(2)).unwrap();
    wait("the handler has not started", || program.runs() == 2);
    program.open(2);
    assert_eq!(running.receive().unwrap(), (204, true));
    assert_eq!(idle.receive().unwrap(), (204, true));
    assert!(program.ended().is_complete());
}

#[test]
fn refusals_and_errors_at_the_end_are_the_last_responses_of_their_connections_too() {
    let program = Program::with(|serve| serve, 0);
    let mut running = Connection::open(program.address).unwrap();
    running.send(&studio(1)).unwrap();
    let mut forger = Connection::open(program.address).unwrap();
    let mut failing = Connection::open(program.address).unwrap();
    wait("the handler has not started", || program.runs() == 1);
    program.stop();
    program.wait_until_closed();
    forger.send(b"POST /qrstudio HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}").unwrap();
    assert_eq!(forger.receive().unwrap(), (401, true));
    failing.send(b"GET /fails HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    assert_eq!(failing.receive().unwrap(), (418, true));
    program.open(1);
    assert_eq!(running.receive().unwrap(), (204, true));
    assert!(program.ended().is_complete());
}

#[test]
fn requests_that_arrive_just_after_the_listener_was_closed_are_served() {
    let program = Program::start();
    let mut idle: Vec<_> = (0..50).map(|_| Connection::open(program.address).unwrap()).collect();
    for (id, connection) in idle.iter_mut().enumerate() {
        connection.send(&planet(id)).unwrap();
        assert_eq!(connection.receive().unwrap(), (204, false));
    }
    program.stop();
    program.wait_until_closed();
    for (id, connection) in idle.iter_mut().enumerate() {
        connection.send(&planet(100 + id)).unwrap();
        assert_eq!(connection.receive().unwrap(), (204, true));
    }
    assert!(program.ended().is_complete());
}

#[test]
fn a_listener_that_another_process_holds_too_serves_the_next_instance() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let first = Program::on(listener.try_clone().unwrap(), |serve| serve.with_shared_listener(), 1);
    let mut served = Connection::open(first.address).unwrap();
    served.send(&planet(1)).unwrap();
    assert_eq!(served.receive().unwrap(), (204, false));
    first.stop();
    assert!(first.ended().is_complete());

    let mut waiting = Connection::open(listener.local_addr().unwrap()).unwrap();
    waiting.send(&planet(2)).unwrap();
    let second = Program::on(listener, |serve| serve, 1);
    assert_eq!(waiting.receive().unwrap(), (204, false));
    second.stop();
    assert!(second.ended().is_complete());
}

#[test]
fn a_connection_that_waits_for_a_worker_at_the_end_is_served() {
    let program = Program::with(|serve| serve.with_workers(1).with_max_connections(1), 0);
    let mut first = Connection::open(program.address).unwrap();
    first.send(&studio(1)).unwrap();
    wait("the handler has not started", || program.runs() == 1);
    let mut second = Connection::open(program.address).unwrap();
    second.send(&planet(2)).unwrap();
    program.stop();
    // If the listener were closed too early, it would be closed by now.
    thread::sleep(Duration::from_secs(1));
    program.open(2);
    assert_eq!(first.receive().unwrap(), (204, true));
    assert_eq!(second.receive().unwrap(), (204, true));
    assert!(program.ended().is_complete());
}

#[test]
fn a_handler_whose_client_is_gone_finishes_before_the_workers_stop() {
    let program = Program::with(|serve| serve, 0);
    let mut client = Connection::open(program.address).unwrap();
    client.send(&planet(1)).unwrap();
    wait("the handler has not started", || program.runs() == 1);
    client.reset();
    program.stop();
    // A drain that did not wait would have ended by now: idle connections have 5 s.
    thread::sleep(Duration::from_secs(7));
    program.open(1);
    assert!(program.ended().is_complete());
}

#[test]
fn a_client_that_does_not_read_its_response_does_not_hold_up_the_end() {
    let program = Program::start();
    let mut client = Connection::open(program.address).unwrap();
    client.send(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    client.peek();
    program.stop();
    program.ended();
}

#[test]
fn what_is_not_finished_in_time_is_reported() {
    let program = Program::with(|serve| serve.with_drain_time(Duration::from_millis(1)), 0);
    let mut running = Connection::open(program.address).unwrap();
    running.send(&planet(1)).unwrap();
    wait("the handler has not started", || program.runs() == 1);
    program.stop();
    let stopped = program.ended();
    assert_eq!((stopped.connections, stopped.running, stopped.abandoned), (1, 1, 0));
    assert!(!stopped.is_complete());
}

#[test]
fn half_a_header_holds_up_neither_the_server_nor_its_end() {
    let program = Program::start();
    let mut first = Connection::open(program.address).unwrap();
    first.send(b"POST /qrstudio HTTP/1.1\r\nhos").unwrap();
    // The time limit on the header has passed.
    assert_eq!(first.receive().unwrap().0, 408);

    let mut fresh = Connection::open(program.address).unwrap();
    fresh.send(b"POST /qrstudio HTTP/1.1\r\nhos").unwrap();
    let mut used = Connection::open(program.address).unwrap();
    used.send(&studio(1)).unwrap();
    assert_eq!(used.receive().unwrap(), (204, false));
    used.send(b"POST /qrstudio HTTP/1.1\r\nhos").unwrap();
    program.stop();
    assert!(program.ended().is_complete());
}

#[test]
fn connections_beyond_the_most_wait_for_their_turn() {
    let program = Program::with(|serve| serve.with_workers(1).with_max_connections(1), 1);
    let mut first = Connection::open(program.address).unwrap();
    first.send(&studio(1)).unwrap();
    assert_eq!(first.receive().unwrap().0, 204);
    let mut second = Connection::open(program.address).unwrap();
    second.send(&studio(2)).unwrap();
    for id in 3..20 {
        first.send(&studio(id)).unwrap();
        assert_eq!(first.receive().unwrap().0, 204);
    }
    assert_eq!(program.runs(), 18, "the second client's handler has not started");
    drop(first);
    assert_eq!(second.receive().unwrap().0, 204);
    program.stop();
    assert!(program.ended().is_complete());
}

/// Requests that were sent without waiting for the response are refused one by one: actix-web reads on.
#[test]
fn the_connection_of_a_forged_request_is_closed_and_that_of_a_real_one_stays() {
    let program = Program::start();
    let mut platform = Connection::open(program.address).unwrap();
    for id in [1, 1, 2] {
        platform.send(&studio(id)).unwrap();
        assert!(matches!(platform.receive().unwrap(), (200..300, false)));
    }
    let forged = b"POST /qrstudio HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";
    let mut stranger = Connection::open(program.address).unwrap();
    stranger.send(forged).unwrap();
    assert_eq!(stranger.receive().unwrap(), (401, true));
    assert!(stranger.receive().is_err(), "the connection is closed");
    assert_eq!(program.runs(), 2);
    program.stop();
    assert!(program.ended().is_complete());
}
