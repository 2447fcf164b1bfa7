//! An API that processes creates and loses answers as a test says.

use std::sync::{Arc, Mutex};

use cloudlx_client::{Client, Credentials};
use cloudlx_model::{
    Country, CreateCustomer, Currency, Customer, CustomerId, CustomerList, CustomerSubRealm, Realm,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing: it is processed and answered.
    None,
    /// It is not processed, and the connection is closed.
    LostBefore,
    /// It is processed, and the connection is closed.
    LostAfter,
    /// It is processed, and answered with what is no customer.
    Unreadable,
    /// It is not processed, and answered with what is no customer.
    UnreadableLie,
    /// It is processed, and answered with the id of the first customer that was made.
    Twice,
    /// It is not processed, and answered with that id.
    TwiceLie,
    /// It is processed under a name in capitals, and answered.
    Shouted,
    /// It is processed under a name in capitals, and the connection is closed.
    ShoutedLost,
    /// It is not processed, and the API refuses it with this status.
    Status(u16),
    /// It is not processed, and somebody in between answers with a page that has this status.
    Page(u16),
    /// It is processed, and somebody in between puts such a page in the place of the answer.
    PageAfter(u16),
    /// It is processed, and a gateway says 503 and when to come back, as JSON of its own.
    GatewayAfter,
    /// It is not processed, and answered with 429 that asks to come back after so many seconds.
    Later(u32),
    /// The same, once the test has let go so many times. It counts as one that hangs.
    HeldLater(u32, usize),
    /// Another customer with the same content is made as well, by somebody else, and the connection is closed.
    LostAmongOthers,
    /// It is not processed until the test ends.
    Hangs,
}

type Script = Box<dyn Fn(&CreateCustomer, usize) -> Fault + Send + Sync>;

/// Of a request for the list, its query and how many came before: the status, with a header behind it perhaps, and the body.
type ListScript = Box<dyn Fn(&str, usize, Vec<Customer>) -> (String, String) + Send + Sync>;

struct State {
    customers: Mutex<Vec<Customer>>,
    /// Every create that was made, in order.
    creates: Mutex<Vec<CreateCustomer>>,
    lists: Mutex<usize>,
    /// How many requests hang.
    hanging: watch::Sender<usize>,
    /// How often the test has let go.
    let_go: watch::Sender<usize>,
    script: Script,
    list_script: ListScript,
}

/// The API. It stops when it is dropped.
pub(crate) struct Api {
    base_url: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Api {
    /// `script` says what happens to the nth create that asks for the same name.
    pub(crate) async fn start(
        script: impl Fn(&CreateCustomer, usize) -> Fault + Send + Sync + 'static,
    ) -> Self {
        Self::with_list(script, |_, customers| Some(customers)).await
    }

    /// `list_script` says what the nth list shows; a list of none is answered 403.
    pub(crate) async fn with_list(
        script: impl Fn(&CreateCustomer, usize) -> Fault + Send + Sync + 'static,
        list_script: impl Fn(usize, Vec<Customer>) -> Option<Vec<Customer>> + Send + Sync + 'static,
    ) -> Self {
        Self::with_answers(script, move |_, nth, customers| match list_script(nth, customers) {
            Some(customers) => (status(200), serde_json::to_string(&CustomerList::new(customers)).unwrap()),
            None => (status(403), "{}".to_owned()),
        })
        .await
    }

    /// `list_script` says what is answered to a request for the list, of which it is told the query.
    pub(crate) async fn with_answers(
        script: impl Fn(&CreateCustomer, usize) -> Fault + Send + Sync + 'static,
        list_script: impl Fn(&str, usize, Vec<Customer>) -> (String, String) + Send + Sync + 'static,
    ) -> Self {
        Self::follow(Box::new(script), Box::new(list_script)).await
    }

    /// With boxed scripts, so that the API is compiled once and not for each test.
    async fn follow(script: Script, list_script: ListScript) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            customers: Mutex::default(),
            creates: Mutex::default(),
            lists: Mutex::default(),
            hanging: watch::Sender::new(0),
            let_go: watch::Sender::new(0),
            script,
            list_script,
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { base_url, state, task }
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder(&self.base_url, Credentials::access_token("a-token")).no_retries().build().unwrap()
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn customers(&self) -> Vec<Customer> {
        self.state.customers.lock().unwrap().clone()
    }

    /// The names of the customers, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.customers().into_iter().map(|customer| customer.name).collect();
        names.sort_unstable();
        names
    }

    /// How often a create with this name came.
    pub(crate) fn sends(&self, name: &str) -> usize {
        self.state.creates.lock().unwrap().iter().filter(|create| create.name == name).count()
    }

    pub(crate) fn lists(&self) -> usize {
        *self.state.lists.lock().unwrap()
    }

    /// Waits until a request hangs that does not do so yet.
    pub(crate) async fn hangs(&self) {
        self.state.hanging.subscribe().changed().await.unwrap();
    }

    /// Waits until so many requests hang.
    pub(crate) async fn hang(&self, count: usize) {
        self.state.hanging.subscribe().wait_for(|hanging| *hanging >= count).await.unwrap();
    }

    /// Lets what is held be answered.
    pub(crate) fn let_go(&self) {
        self.state.let_go.send_modify(|times| *times += 1);
    }

    /// Somebody else makes a customer.
    pub(crate) fn make(&self, request: &CreateCustomer) -> CustomerId {
        self.state.make(request)
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn make(&self, request: &CreateCustomer) -> CustomerId {
        let mut customers = self.customers.lock().unwrap();
        let id = CustomerId(100 + customers.len() as u64);
        customers.push(customer(id, request));
        id
    }

    /// What is answered: the status, with a header behind it perhaps, and the body. None where the connection is closed, no
    /// status where nothing is answered.
    fn answer(&self, head: &str, body: &str) -> Option<(String, String)> {
        if let Some(query) = head.strip_prefix("GET /api/customers") {
            let query = query.split(' ').next().unwrap_or_default();
            let nth = {
                let mut lists = self.lists.lock().unwrap();
                *lists += 1;
                *lists - 1
            };
            let customers = self.customers.lock().unwrap().clone();
            return Some((self.list_script)(query, nth, customers));
        }
        let request: CreateCustomer = serde_json::from_str(body).unwrap();
        let nth = {
            let mut creates = self.creates.lock().unwrap();
            creates.push(request.clone());
            creates.iter().filter(|create| create.name == request.name).count() - 1
        };
        let mut shouted = request.clone();
        shouted.name = shouted.name.to_uppercase();
        match (self.script)(&request, nth) {
            Fault::None => Some((status(200), self.made(&request))),
            Fault::Shouted => Some((status(200), self.made(&shouted))),
            Fault::ShoutedLost => {
                self.make(&shouted);
                None
            }
            Fault::LostBefore => None,
            Fault::LostAfter => {
                self.make(&request);
                None
            }
            Fault::LostAmongOthers => {
                self.make(&request);
                self.make(&request);
                None
            }
            Fault::Unreadable => {
                self.make(&request);
                Some((status(200), "<html>".to_owned()))
            }
            Fault::UnreadableLie => Some((status(200), "<html>".to_owned())),
            Fault::Twice => {
                self.make(&request);
                Some((status(200), serde_json::to_string(&customer(CustomerId(100), &request)).unwrap()))
            }
            Fault::TwiceLie => {
                Some((status(200), serde_json::to_string(&customer(CustomerId(100), &request)).unwrap()))
            }
            Fault::Status(code) => Some((status(code), by_api(code))),
            Fault::Page(code) => Some((status(code), "<html>No.</html>".to_owned())),
            Fault::PageAfter(code) => {
                self.make(&request);
                Some((status(code), "<html>No.</html>".to_owned()))
            }
            Fault::GatewayAfter => {
                self.make(&request);
                let head = format!("{}\r\nretry-after: 0", status(503));
                Some((head, r#"{"message": "Service Unavailable"}"#.to_owned()))
            }
            Fault::Later(seconds) => Some((later(seconds), by_api(429))),
            Fault::HeldLater(seconds, times) => {
                self.hanging.send_modify(|hanging| *hanging += 1);
                Some((format!("{times}{HELD}{}", later(seconds)), by_api(429)))
            }
            Fault::Hangs => {
                self.hanging.send_modify(|hanging| *hanging += 1);
                Some((String::new(), String::new()))
            }
        }
    }

    fn made(&self, request: &CreateCustomer) -> String {
        let id = self.make(request);
        let mut customer = customer(id, request);
        // As the page shows it.
        customer.realms.iter_mut().for_each(|realm| realm.id = None);
        serde_json::to_string(&customer).unwrap()
    }
}

/// What stands between how often the test has to let go before a status is answered, and the status.
const HELD: &str = " times ";

fn later(seconds: u32) -> String {
    format!("{}\r\nretry-after: {seconds}", status(429))
}

/// An error as the API's framework writes it.
fn by_api(code: u16) -> String {
    format!(r#"{{"message": "no", "status_code": {code}}}"#)
}

pub(crate) fn status(code: u16) -> String {
    format!("{code} X")
}

async fn serve(mut stream: TcpStream, state: Arc<State>) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                let Some((status, answer)) = state.answer(head, body) else { return };
                if status.is_empty() {
                    std::future::pending::<()>().await;
                }
                let (times, status) = status.split_once(HELD).unwrap_or(("0", &status));
                let times: usize = times.parse().unwrap();
                state.let_go.subscribe().wait_for(|let_go| *let_go >= times).await.unwrap();
                let length = answer.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{answer}"
                );
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
                bytes.clear();
                continue;
            }
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn customer(id: CustomerId, request: &CreateCustomer) -> Customer {
    let realm = |id| Realm::new("R").id(id);
    let enabled = request.enabled_sub_realms.clone().unwrap_or_default();
    let sub_realm = |id| CustomerSubRealm::new(id, "S", enabled.contains(&id));
    Customer::new(
        id,
        &request.name,
        Currency::new("", "", &request.currency_iso),
        Country::new(&request.country_iso, ""),
        request.realms.iter().copied().map(realm).collect(),
        request.shown_sub_realms.iter().flatten().copied().map(sub_realm).collect(),
    )
}
