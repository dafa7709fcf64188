// Talking to the server: edits go one after the other, each with the version that it was made on.

import { language, t } from "./i18n.js";

export const desk = crypto.randomUUID();

export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function request(method, path, body, options = {}) {
  const headers = { "X-Desk": desk, "X-Language": language() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), ...options });
  if (answer.ok) return answer.json();
  const fault = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, fault.error ?? "failed", fault.message ?? t("failed"));
}

export const get = (path) => request("GET", path);
export const post = (path, body, options) => request("POST", path, body, options);
export const put = (path, body) => request("PUT", path, body);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The queue of acts on the record.
export class Editor extends EventTarget {
  constructor(store) {
    super();
    this.store = store;
    this.writable = false;
    this.holder = "";
    this.open = 0;
    this.last = Promise.resolve();
    this.before = [];
  }

  #act(path, body) {
    this.open += 1;
    this.#tell();
    const run = this.last.then(() => this.#send(path, body));
    this.last = run.catch(() => {});
    return run.finally(() => {
      this.open -= 1;
      this.#tell();
    });
  }

  async #send(path, body) {
    const again = typeof body === "function";
    let unheard = false;
    for (;;) {
      const values = again ? body() : body;
      if (values === null) return [];
      try {
        const answer = await post(path, { base: this.store.version, ...values });
        this.offline = false;
        const changes = this.store.apply(answer);
        this.dispatchEvent(new CustomEvent("answer", { detail: answer }));
        return changes;
      } catch (fault) {
        if (fault instanceof Refusal) {
          if (fault.code === "stale" && (await this.#catchUp()) && (again || unheard)) {
            // What was sent before the server went away may have been done: it is not done twice.
            if (unheard && !again) return [];
            continue;
          }
          this.#refused(fault);
          throw fault;
        }
        // The server is away: what was typed waits here (and in the page's own store) for it.
        unheard = true;
        this.offline = true;
        this.#tell();
        await pause(1000);
      }
    }
  }

  // Take the changes that this page has not seen; whether there were any.
  async #catchUp() {
    const answer = await get(`/api/changes?since=${this.store.version}`).catch(() => null);
    if (!answer?.patches.length) return false;
    this.store.apply(answer);
    return true;
  }

  #refused(fault) {
    this.dispatchEvent(new CustomEvent("refused", { detail: fault }));
  }

  #tell() {
    this.dispatchEvent(new Event("progress"));
  }

  // Work that has to be sent before the next act: typing that waits for a pause.
  beforeEach(flush) {
    this.before.push(flush);
  }

  #flush() {
    this.before.forEach((flush) => flush());
  }

  do(operation, group = "") {
    this.#flush();
    return this.#act("/api/edit", { operation, group });
  }

  // Typing says what a turn shall be, so it can be sent again.
  type(operation, group) {
    return this.#act("/api/edit", () => {
      const made = operation();
      return made && { operation: made, group };
    });
  }

  undo() {
    this.#flush();
    return this.#act("/api/undo", {});
  }

  redo() {
    this.#flush();
    return this.#act("/api/redo", {});
  }

  rollBack(version) {
    this.#flush();
    return this.#act("/api/roll-back", { version });
  }

  sign(name) {
    this.#flush();
    return this.#act("/api/sign", { name });
  }
}
