//! An API that keeps customers, and stops where a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// An API that keeps customers, and says when a create has come before it is processed, and before it is answered.
pub(crate) struct Api {
    pub(crate) base_url: String,
    pub(crate) state: Arc<State>,
}

type Hook = Box<dyn Fn(&str, usize) -> bool + Send + Sync>;

pub(crate) struct State {
    pub(crate) customers: Mutex<Vec<Value>>,
    /// Called with the name, and how often it came before; false where the connection is to be closed without a word.
    before: Hook,
    after: Hook,
    pub(crate) creates: Mutex<Vec<String>>,
}

impl Api {
    pub(crate) fn start(
        before: impl Fn(&str, usize) -> bool + Send + Sync + 'static,
        after: impl Fn(&str, usize) -> bool + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            customers: Mutex::default(),
            before: Box::new(before),
            after: Box::new(after),
            creates: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                thread::spawn(move || state.serve(stream));
            }
        });
        Self { base_url, state }
    }

    /// The names of the customers, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let customers = self.state.customers.lock().unwrap();
        let mut names: Vec<_> =
            customers.iter().map(|customer| customer["name"].as_str().unwrap().to_owned()).collect();
        names.sort_unstable();
        names
    }
}

impl State {
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        loop {
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0_u8; length];
            if reader.read_exact(&mut body).is_err() {
                return;
            }
            let answer = if head.starts_with("POST /api/oauth2/access-token ") {
                json!({"token_type": "Bearer", "access_token": "a-token", "expires_in": 3600, "refresh_token": "b"})
            } else if head.starts_with("GET ") {
                json!({"customers": *self.customers.lock().unwrap()})
            } else {
                match self.create(&serde_json::from_slice(&body).unwrap()) {
                    Some(customer) => customer,
                    None => return,
                }
            };
            let answer = answer.to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
            if reader.get_mut().write_all(format!("{head}{answer}").as_bytes()).is_err() {
                return;
            }
        }
    }

    fn create(&self, request: &Value) -> Option<Value> {
        let name = request["name"].as_str().unwrap();
        let nth = {
            let mut creates = self.creates.lock().unwrap();
            creates.push(name.to_owned());
            creates.iter().filter(|create| *create == name).count() - 1
        };
        if !(self.before)(name, nth) {
            return None;
        }
        let customer = {
            let mut customers = self.customers.lock().unwrap();
            let customer = json!({
                "id": 100 + customers.len(),
                "name": name,
                "currency": {"name": "", "iso_2": "", "iso_3": request["currency_iso"]},
                "country": {"iso_2": request["country_iso"], "name": ""},
                "realms": [],
                "sub_realms": [],
            });
            customers.push(customer.clone());
            customer
        };
        (self.after)(name, nth).then_some(customer)
    }
}
