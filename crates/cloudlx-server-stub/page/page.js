// The page's own script. All that comes from the journal is put in as text, never as HTML.
"use strict";

(() => {
  const stub = JSON.parse(document.getElementById("stub").textContent);
  const byId = (id) => document.getElementById(id);

  /** How many requests the list shows. */
  const SHOWN = 100;
  /** How long one question to the journal may wait, in milliseconds. */
  const WAIT = 25_000;
  /** How long to wait for a stub that does not answer, in milliseconds. */
  const PAUSE = 2_000;

  const state = { token: "", newest: undefined, oldest: 0 };

  // ── Elements

  /** An element with a class and children; strings become text. */
  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  const show = (id, shown) => { byId(id).hidden = !shown; };
  const say = (id, text) => { byId(id).textContent = text; };

  function statusBadge(status) {
    const kind = status === 0 ? "warn" : status < 300 ? "good" : status < 400 ? "warn" : "bad";
    return element("span", `status ${kind}`, status === 0 ? "no answer" : String(status));
  }

  // ── Start

  function start() {
    say("base-url", stub.base_url);
    say("client-id", stub.client_id);
    say("client-secret", stub.client_secret ?? "the one that the stub was started with");
    const secret = stub.client_secret ?? "<its secret>";
    say("curl", [
      `curl ${stub.base_url}${stub.token_path}`,
      "  -d grant_type=client_credentials",
      `  -d client_id=${stub.client_id} -d client_secret=${secret}`,
    ].join(" \\\n"));
    say("create-path", stub.create_path);
    byId("try-id").value = stub.client_id;
    byId("try-secret").value = stub.client_secret ?? "";
    byId("copy").addEventListener("click", copy);
    byId("try-form").addEventListener("submit", send);
    byId("load-sample").addEventListener("click", () => load(stub.sample));
    byId("load-mistakes").addEventListener("click", () => load(stub.mistakes));
    load(stub.sample);
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(byId("curl").textContent);
      say("copy", "Copied");
    } catch {
      say("copy", "Select it by hand");
    }
    setTimeout(() => say("copy", "Copy"), 2_000);
  }

  // ── Try it

  function load(body) {
    byId("try-body").value = JSON.stringify(body, null, 2);
  }

  async function send(event) {
    event.preventDefault();
    const button = event.target.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const token = await getToken();
      if (token) await create(token);
    } catch (error) {
      answered(0, `The stub did not answer: ${error.message}`, "");
    } finally {
      button.disabled = false;
    }
  }

  /** A new token, or undefined when there is none; then the answer is shown. */
  async function getToken() {
    const answer = await fetch(stub.token_path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        grant_type: "client_credentials",
        client_id: byId("try-id").value,
        client_secret: byId("try-secret").value,
      }),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text).access_token;
    answered(answer.status, `No token from POST ${stub.token_path}.`, text);
    return undefined;
  }

  async function create(token) {
    const answer = await fetch(stub.create_path, {
      method: "POST",
      headers: {
        Accept: stub.media_type,
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
      },
      body: byId("try-body").value,
    });
    const text = await answer.text();
    const verdict = answer.ok ? "Created: list and details show it from now on." : "Not created.";
    answered(answer.status, verdict, text);
  }

  function answered(status, summary, text) {
    show("answer", true);
    byId("answer-status").replaceWith(Object.assign(statusBadge(status), { id: "answer-status" }));
    say("answer-summary", summary);
    say("answer-body", pretty(text));
  }

  function pretty(text) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  }

  // ── The control API: requests, customers, faults

  async function control(path, options = {}) {
    const headers = state.token ? { Authorization: `Bearer ${state.token}` } : {};
    const answer = await fetch(`/__stub/${path}`, { ...options, headers });
    if (!answer.ok) throw Object.assign(new Error(`status ${answer.status}`), { status: answer.status });
    return answer.json();
  }

  function watch() {
    show("control-off", stub.control === "off");
    if (stub.control === "off") return;
    // Shown at once: who is between two questions to the journal when it is cleared hears of it with the next one only.
    byId("clear-requests").addEventListener("click", async () => {
      showRequests(await control("requests", { method: "DELETE" }));
    });
    byId("clear-faults").addEventListener("click", async () => {
      showFaults(await control("faults", { method: "DELETE" }));
      byId("faults-title").scrollIntoView({ block: "nearest" });
    });
    if (stub.control === "open") return void follow();
    show("control-token", true);
    byId("control-token").addEventListener("submit", (event) => {
      event.preventDefault();
      state.token = byId("control-token-value").value;
      follow();
    });
  }

  /** Asks for what is new, for as long as the page is open. */
  async function follow() {
    for (;;) {
      try {
        await round();
      } catch (error) {
        if (error.status === 401) return refused();
        say("live", "The stub does not answer; asking again.");
        state.newest = undefined;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  async function round() {
    const query = state.newest === undefined ? "" : `&after=${state.newest}&wait_ms=${WAIT}`;
    const seen = await control(`requests?limit=${SHOWN}${query}`);
    if (state.newest === undefined) {
      byId("request-list").replaceChildren();
      state.oldest = 0;
    }
    const last = seen.requests.at(-1);
    state.newest = last ? last.number : (state.newest ?? seen.newest);
    show("control-token", false);
    show("control-link", true);
    for (const part of document.querySelectorAll(".needs-control")) part.hidden = false;
    showRequests(seen);
    const [customers, faults] = await Promise.all([control("customers?limit=50"), control("faults")]);
    showCustomers(customers);
    showFaults(faults);
  }

  function refused() {
    state.token = "";
    say("control-refused", "The stub refused this token.");
    show("control-token", true);
    byId("control-token-value").focus();
  }

  function showRequests(seen) {
    const list = byId("request-list");
    // Answers may come in another order than they were given, and numbers only grow: what is gone stays so.
    state.oldest = Math.max(state.oldest, seen.newest - seen.kept + 1);
    for (const request of seen.requests) list.prepend(requestItem(request));
    for (const item of [...list.children]) {
      if (Number(item.dataset.number) < state.oldest) item.remove();
    }
    while (list.children.length > SHOWN) list.lastElementChild.remove();
    list.hidden = list.children.length === 0;
    show("no-requests", list.hidden);
    show("clear-requests", !list.hidden);
    const shown = list.children.length < seen.total ? `, the newest ${list.children.length} shown` : "";
    say("live", `${seen.total} seen${shown}`);
  }

  function requestItem(request) {
    const query = request.query === null ? "" : `?${request.query}`;
    const item = element("li", "",
      element("div", "line",
        element("span", "number", `#${request.number}`),
        element("code", "what", `${request.method} ${request.path}${query}`),
        statusBadge(request.status)),
      request.message && request.violations.length === 0 ? element("p", "why", request.message) : null,
      request.fault === null ? null : element("p", "why", "Hit by the fault ", element("code", "", request.fault)),
      request.violations.length === 0 ? null : violationList(request.violations),
      request.body === "" ? null : bodyOf(request));
    item.dataset.number = request.number;
    return item;
  }

  function violationList(violations) {
    const items = violations.map(({ pointer, rule, message, suggestion }) =>
      element("li", "",
        element("div", "place",
          element("code", "rule", rule),
          element("code", "pointer", pointer === "" ? "the whole body" : pointer)),
        element("p", "", message),
        suggestion === null ? null : element("p", "instead", "Write instead: ", element("code", "", suggestion))));
    return element("ul", "violations", ...items);
  }

  function bodyOf(request) {
    const block = element("pre", "", element("code", "", pretty(request.body)));
    block.tabIndex = 0;
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", `Body of request ${request.number}`);
    return element("details", "", element("summary", "", `Body, ${request.body_length} bytes`), block);
  }

  function showCustomers({ total, customers }) {
    const row = (customer) => element("tr", "",
      element("td", "", String(customer.id)),
      element("td", "", customer.name),
      element("td", "", customer.currency.iso_3),
      element("td", "", customer.country.iso_2),
      element("td", "", customer.realms.map((realm) => realm.id ?? realm.name).join(", ")));
    byId("customer-rows").replaceChildren(...customers.map(row).reverse());
    show("no-customers", total === 0);
    show("customers-scroll", total > 0);
    const shown = customers.length < total ? `, the last ${customers.length} shown` : "";
    say("customers-total", total === 0 ? "" : `${total}${shown}`);
  }

  function showFaults(report) {
    const armed = [
      ...report.connections.map((fault) => ["connections", fault]),
      ...report.requests.map((fault) => ["requests", fault]),
    ];
    const item = ([kind, { fault, matched, hit }]) => element("li", "",
      element("code", "", JSON.stringify(fault)),
      element("p", "muted", `Of ${kind}: ${matched} matched, ${hit} hit.`));
    byId("fault-list").replaceChildren(...armed.map(item));
    show("no-faults", armed.length === 0);
    show("clear-faults", armed.length > 0);
    say("faults-total", armed.length === 0 ? "" : String(armed.length));
  }

  // ── Endpoints and reference

  /** The OpenAPI document; asked for once. */
  let openapi;

  async function describe() {
    openapi = await (await fetch("/openapi.json")).json();
    const items = Object.entries(openapi.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => endpointItem(method, path, operation)));
    byId("endpoint-list").replaceChildren(...items);
    byId("show-reference").addEventListener("click", () => { location.hash = "#reference?route=overview"; });
    addEventListener("hashchange", showReference);
    showReference();
  }

  function endpointItem(method, path, operation) {
    const link = element("a", "", element("code", "", path));
    // The library that draws the reference finds an operation by this part of the address.
    link.href = `#reference?route=${method}-${path}`;
    return element("li", "",
      element("span", "method", method.toUpperCase()),
      link,
      element("div", "",
        element("p", "", operation.summary),
        operation.description === operation.summary ? null : element("p", "", operation.description)));
  }

  /** Draws the reference when the address asks for it. Not before: the library then takes the focus and scrolls. */
  function showReference() {
    if (!location.hash.startsWith("#reference?") || !byId("explorer").hidden) return;
    show("show-reference", false);
    show("explorer", true);
    const explorer = document.createElement("openapi-explorer");
    for (const attribute of [
      "collapse", "hide-authentication", "hide-console", "hide-search", "hide-server-selection", "table",
    ]) explorer.setAttribute(attribute, "");
    byId("explorer").append(explorer);
    explorer.loadSpec(openapi).catch((error) => say("reference-failed", `It could not be drawn: ${error.message}`));
  }

  start();
  watch();
  describe().catch((error) => say("reference-failed", `The OpenAPI document is not there: ${error.message}`));
})();
