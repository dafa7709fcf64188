// Typing: kept in the browser at each key, sent at each word's end or short pause.

import { textOf, wordsOf } from "./store.js";

const PAUSE_MS = 350;
const STEP_MS = 4000;

export class Typing {
  constructor(store, editor, record) {
    this.store = store;
    this.editor = editor;
    this.pending = new Map();
    this.kept = `hattama-typing-${record.media.sha256.slice(0, 16)}-${record.name}`;
    this.groups = 0;
    this.last = { id: null, time: 0 };
    editor.beforeEach(() => this.flush());
  }

  // `typed` is what the key added to the text, null where it took something away.
  input(id, text, typed) {
    const now = performance.now();
    // What is typed in one go is undone in one go.
    if (id !== this.last.id || now - this.last.time > STEP_MS) this.groups += 1;
    this.last = { id, time: now };
    this.pending.set(id, { text, group: `t${performance.timeOrigin.toFixed(0)}-${this.groups}` });
    this.#keep();
    clearTimeout(this.timer);
    if (/[\s.,;:!?…]$/.test(typed ?? "")) queueMicrotask(() => this.flush());
    else this.timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  isTyping(id) {
    return this.pending.has(id) || this.sending?.has(id);
  }

  flush() {
    clearTimeout(this.timer);
    if (this.keeping) this.#write();
    const work = [...this.pending];
    this.pending.clear();
    for (const [id, { text, group }] of work) this.#send(id, text, group);
    return this.editor.last;
  }

  #send(id, text, group) {
    this.sending ??= new Map();
    this.sending.set(id, text);
    const operation = () => {
      const segment = this.store.segment(id);
      const wanted = wordsOf(text).join(" ");
      if (!segment || textOf(segment) === wanted) return null;
      const last = segment.words.length;
      return { kind: "ReplaceWords", segment: id, first: 0, last, text: wanted };
    };
    const done = () => {
      if (this.sending.get(id) === text) this.sending.delete(id);
      this.#keep();
    };
    // Where another page edits now, the text is kept until this one may again.
    this.editor.type(operation, group).then(done, (fault) => fault.status === 423 || done());
  }

  // After the key is on the screen: writing to the browser's store must not hold it up.
  #keep() {
    this.keeping ??= setTimeout(() => {
      this.keeping = null;
      this.#write();
    }, 0);
  }

  #write() {
    const all = Object.fromEntries(this.sending ?? []);
    for (const [id, { text }] of this.pending) all[id] = text;
    if (Object.keys(all).length) localStorage.setItem(this.kept, JSON.stringify(all));
    else localStorage.removeItem(this.kept);
  }

  // What was typed and never reached the server, after a crash.
  recover() {
    const all = JSON.parse(localStorage.getItem(this.kept) ?? "{}");
    const lost = [];
    let found = 0;
    for (const [id, text] of Object.entries(all)) {
      const segment = this.store.segment(id);
      if (!segment) lost.push(text);
      else if (textOf(segment) !== wordsOf(text).join(" ")) {
        found += 1;
        this.#send(id, text, "recovered");
      }
    }
    if (!found) localStorage.removeItem(this.kept);
    return { found, lost };
  }
}
