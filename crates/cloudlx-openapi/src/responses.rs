//! An operation's responses, and the links from them to other operations.

use cloudlx_model::{
    Auth, CreateCustomer, Endpoint, EndpointInfo, ErrorBody, FieldErrors, GetCustomer, ListCustomers,
    MEDIA_TYPE, Method,
};
use cloudlx_validate::Source;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::OpenApiError;
use crate::components::{docs, inlined};
use crate::media::{insert, labelled, media};

/// The headers of a 429, as the framework sends them on which the vendor's API is built, to judge by its errors.
const RATE_LIMIT: [(&str, &str); 4] = [
    ("Retry-After", "After how many seconds the client may call again."),
    ("X-RateLimit-Limit", "How many calls a client may make in a minute."),
    ("X-RateLimit-Remaining", "How many of them are left."),
    ("X-RateLimit-Reset", "When the client may call again, in seconds of Unix time."),
];

/// The responses that a caller must be ready for. All but the first are inferred: the page documents no errors. A server
/// that fails also answers 5xx, which no contract has to list.
pub(crate) fn responses<E: Endpoint<Response: JsonSchema>>(
    endpoint: &EndpointInfo,
    answer: &Value,
) -> Result<Value, OpenApiError> {
    let (has_body, has_token) = (endpoint.method == Method::Post, endpoint.auth == Auth::Bearer);
    let possible = [
        Refusal::new(400, "The body is not JSON.").only_if(has_body),
        Refusal::new(401, "The access token, or the client's secret, is missing, wrong or expired.")
            .headers(&[("WWW-Authenticate", "`Bearer`: how to be let in.")]),
        Refusal::new(403, "The client may read, and not create.").only_if(has_body && has_token),
        Refusal::new(404, "There is nothing with this id.").only_if(endpoint.path.contains('{')),
        Refusal::new(406, "`Accept` names another version or rules JSON out."),
        Refusal::new(408, "The body did not come in time.").only_if(has_body),
        Refusal::new(413, "The body is too large.").only_if(has_body),
        Refusal::new(415, "The body is of a type that the endpoint does not read.").only_if(has_body),
        Refusal::new(422, "The body breaks a rule; `errors` says which fields and why.")
            .errors(field_errors(endpoint))
            .only_if(has_body),
        Refusal::new(429, "The client has made too many calls; `Retry-After` says when it may go on.")
            .headers(&RATE_LIMIT)
            .only_if(has_token),
    ];
    // Which of the two a server names is documented nowhere; a client that asks for both is right with either.
    let body = labelled(media::<E::Response>(answer), Source::Inferred);
    let content = json!({ MEDIA_TYPE: body, "application/json": body });
    let mut responses = Map::new();
    let answered = inlined::<E::Response>();
    let mut success = json!({ "description": docs(&answered).0, "content": content });
    if endpoint.auth == Auth::None {
        let no_store = [("Cache-Control", "`no-store`: a token is not for caches.")];
        insert(&mut success, "headers", headers(&no_store));
    }
    let links = links(endpoint);
    if !links.is_empty() {
        insert(&mut success, "links", links.into());
    }
    responses.insert("200".to_owned(), success);
    for refusal in possible.into_iter().filter(|refusal| refusal.is_possible) {
        responses.insert(refusal.status.to_string(), refusal.response()?);
    }
    Ok(responses.into())
}

/// A response with an error.
struct Refusal {
    status: u16,
    description: &'static str,
    headers: &'static [(&'static str, &'static str)],
    /// What the example of the body says of single fields.
    errors: Option<FieldErrors>,
    /// Whether the endpoint has it.
    is_possible: bool,
}

impl Refusal {
    /// A response that every endpoint has, with no header of its own.
    fn new(status: u16, description: &'static str) -> Self {
        Self { status, description, headers: &[], errors: None, is_possible: true }
    }

    fn only_if(self, is_possible: bool) -> Self {
        Self { is_possible, ..self }
    }

    fn headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    fn errors(self, errors: FieldErrors) -> Self {
        Self { errors: Some(errors), ..self }
    }

    fn response(self) -> Result<Value, OpenApiError> {
        let mut body = ErrorBody::new(self.description).status_code(self.status);
        body.errors = self.errors;
        let content = json!({ "application/json": media::<ErrorBody>(&serde_json::to_value(body)?) });
        let mut response = json!({ "description": self.description, "content": content });
        if !self.headers.is_empty() {
            insert(&mut response, "headers", headers(self.headers));
        }
        insert(&mut response, "x-cloudlx-source", json!(Source::Inferred));
        Ok(response)
    }
}

/// The links from a response: with the id of a customer in it, a caller can get that customer.
fn links(endpoint: &EndpointInfo) -> Map<String, Value> {
    let id = match endpoint.name {
        CreateCustomer::NAME => "$response.body#/id",
        ListCustomers::NAME => "$response.body#/customers/0/id",
        _ => return Map::new(),
    };
    let parameters = json!({ "customer_id": id });
    let link = json!({
        "operationId": GetCustomer::NAME,
        "parameters": parameters,
        "description": "The customer with this id.",
        "x-cloudlx-source": Source::Sibling,
    });
    Map::from_iter([(GetCustomer::NAME.to_owned(), link)])
}

/// An example for a field that the endpoint has.
fn field_errors(endpoint: &EndpointInfo) -> FieldErrors {
    let (field, message) = if *endpoint == EndpointInfo::of::<CreateCustomer>() {
        ("enabled_sub_realms.0", "expected a sub-realm that is shown, found 328, which is not")
    } else {
        ("client_id", "expected the field client_id, found none")
    };
    FieldErrors(vec![(field.to_owned(), vec![message.to_owned()])])
}

fn headers(headers: &[(&str, &str)]) -> Value {
    let header = |(name, description): &(&str, &str)| {
        let header = json!({ "description": description, "schema": { "type": "string" }, "x-cloudlx-source": Source::Inferred });
        ((*name).to_owned(), header)
    };
    Value::Object(headers.iter().map(header).collect())
}
