//! An operation: its parameters, its request body and its responses.

use cloudlx_model::{Auth, Endpoint, EndpointInfo, Method};
use cloudlx_validate::Source;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::OpenApiError;
use crate::components::{docs, inlined};
use crate::media::{labelled, media};
use crate::responses::responses;

/// The operation of `E`. A GET's fields are the parameters of its path; a POST's are its body.
pub(crate) fn operation<E>(
    tag: &str,
    body: Option<Value>,
    answer: &Value,
) -> Result<(EndpointInfo, Value), OpenApiError>
where
    E: Endpoint<Response: JsonSchema> + JsonSchema,
{
    let endpoint = EndpointInfo::of::<E>();
    let schema = inlined::<E>();
    let (summary, description) = docs(&schema);

    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), endpoint.name.into());
    operation.insert("tags".to_owned(), json!([tag]));
    // Linters want both, also where one sentence says all.
    let description = if description.is_empty() { summary.clone() } else { description };
    operation.insert("summary".to_owned(), summary.into());
    operation.insert("description".to_owned(), description.into());
    operation.insert("security".to_owned(), security(&endpoint)?);
    match endpoint.method {
        Method::Get => {
            let parameters = parameters(&schema);
            if !parameters.is_empty() {
                operation.insert("parameters".to_owned(), parameters.into());
            }
        }
        Method::Post => {
            let content = content(&endpoint, media::<E>(&body.unwrap_or_default()))?;
            operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        _ => return Err(OpenApiError::UnknownKind(endpoint)),
    }
    operation.insert("responses".to_owned(), responses::<E>(&endpoint, answer)?);
    if let Some(source) = schema.get("x-cloudlx-source") {
        operation.insert("x-cloudlx-source".to_owned(), source.clone());
    }
    Ok((endpoint, operation.into()))
}

fn security(endpoint: &EndpointInfo) -> Result<Value, OpenApiError> {
    match endpoint.auth {
        Auth::None => Ok(json!([])),
        Auth::Bearer => Ok(json!([{ "bearer": [] }, { "clientCredentials": [] }])),
        _ => Err(OpenApiError::UnknownKind(*endpoint)),
    }
}

/// A request body by its media types: requests for tokens are also sent as forms.
fn content(endpoint: &EndpointInfo, body: Value) -> Result<Value, OpenApiError> {
    match endpoint.auth {
        Auth::Bearer => Ok(json!({ "application/json": labelled(body, Source::Page) })),
        Auth::None => {
            let body = labelled(body, Source::Sdk);
            Ok(json!({ "application/json": body, "application/x-www-form-urlencoded": body }))
        }
        _ => Err(OpenApiError::UnknownKind(*endpoint)),
    }
}

fn parameters(schema: &Schema) -> Vec<Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| {
            schema.shift_remove("format");
            schema.shift_remove("description")
        });
        json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
    };
    properties.into_iter().flatten().map(parameter).collect()
}
