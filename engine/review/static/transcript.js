// The transcript: only the turns in sight are in the page, however long the record.

import { $, attribute, make, write } from "./dom.js";
import * as caret from "./caret.js";
import { chip, called, roleName } from "./look.js";
import { t } from "./i18n.js";
import { textOf, unsure, wordsOf } from "./store.js";

const AHEAD_PX = 600;
const LINE_PX = 27;
const HEAD_PX = 34;

export class Transcript extends EventTarget {
  constructor(store, clock) {
    super();
    this.store = store;
    this.clock = clock;
    this.view = $("transcript");
    this.lines = $("lines");
    this.rows = new Map();
    this.measured = new Map();
    this.now = { turn: null, word: -1 };
    this.chosen = null;
    this.view.addEventListener("scroll", () => this.#schedule(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(this.view);
    store.addEventListener("load", () => this.reset());
    store.addEventListener("change", (event) => this.#changed(event.detail));
  }

  reset() {
    this.measured.clear();
    this.rows.forEach((row) => row.remove());
    this.rows.clear();
    this.#layout();
    this.#render();
  }

  // Draw again what may look different: language, theme, speakers.
  redraw() {
    for (const row of this.rows.values()) this.#fill(row);
    this.#measure();
  }

  #resized() {
    if (this.view.clientWidth !== this.width) {
      this.width = this.view.clientWidth;
      this.measured.clear();
      this.#layout();
    }
    this.#render();
  }

  #heads(index) {
    const { segments } = this.store;
    return index === 0 || segments[index].speaker !== segments[index - 1].speaker;
  }

  #guess(index) {
    const room = Math.max(20, ((this.lines.clientWidth || 800) - 190) / 9);
    let letters = 0;
    for (const word of this.store.segments[index].words) letters += word[0].length + 1;
    return Math.max(1, Math.ceil(letters / room)) * LINE_PX + 8 + (this.#heads(index) ? HEAD_PX : 0);
  }

  #layout() {
    const { segments } = this.store;
    this.tops = new Float64Array(segments.length + 1);
    let top = 8;
    for (let i = 0; i < segments.length; i += 1) {
      this.tops[i] = top;
      top += this.measured.get(segments[i].id) ?? this.#guess(i);
    }
    this.tops[segments.length] = top;
    this.lines.style.height = `${top + 200}px`;
  }

  // Index of the turn at a height.
  #under(y) {
    let low = 0;
    let high = this.store.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle] <= y) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #schedule() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.#render();
    });
  }

  #render() {
    const { segments } = this.store;
    if (!segments) return;
    const top = this.view.scrollTop;
    const first = segments.length ? this.#under(top - AHEAD_PX) : 0;
    const last = segments.length ? this.#under(top + this.view.clientHeight + AHEAD_PX) : -1;
    const wanted = new Map();
    for (let i = first; i <= last; i += 1) wanted.set(segments[i].id, i);
    const focused = this.focused?.id;
    if (focused && this.store.index(focused) !== undefined) {
      wanted.set(focused, this.store.index(focused));
    }
    for (const [id, row] of this.rows) {
      if (!wanted.has(id)) {
        row.remove();
        this.rows.delete(id);
      }
    }
    const fresh = [];
    for (const [id, index] of wanted) {
      let row = this.rows.get(id);
      if (!row) {
        row = this.#row(id);
        this.rows.set(id, row);
        fresh.push([index, row]);
      }
      row.index = index;
      row.style.top = `${this.tops[index]}px`;
    }
    for (const [, row] of fresh) this.#fill(row);
    this.#insert(fresh);
    if (fresh.length) this.#measure();
  }

  // In the order of the record, for those who hear the page or walk it by keys.
  #insert(fresh) {
    fresh.sort((a, b) => a[0] - b[0]);
    const standing = [...this.lines.children].sort((a, b) => a.index - b.index);
    let place = 0;
    for (const [index, row] of fresh) {
      while (place < standing.length && standing[place].index < index) place += 1;
      this.lines.insertBefore(row, standing[place] ?? null);
    }
  }

  // Take the real heights; what stands in sight stays where it is.
  #measure() {
    let moved = false;
    const anchor = this.#anchor();
    for (const [id, row] of this.rows) {
      const height = row.offsetHeight;
      if (height && this.measured.get(id) !== height) {
        this.measured.set(id, height);
        moved = true;
      }
    }
    if (!moved) return;
    this.#layout();
    for (const row of this.rows.values()) row.style.top = `${this.tops[row.index]}px`;
    if (anchor) {
      const wanted = this.tops[this.store.index(anchor.id)] + anchor.rest;
      if (Math.abs(wanted - this.view.scrollTop) > 0.5) this.view.scrollTop = wanted;
    }
    this.#schedule();
  }

  #anchor() {
    const index = this.#under(this.view.scrollTop);
    const segment = this.store.segments[index];
    return segment && { id: segment.id, rest: this.view.scrollTop - this.tops[index] };
  }

  #changed({ changes, speakers, moved }) {
    if (moved || speakers) {
      this.#layout();
      this.#render();
      for (const row of this.rows.values()) this.#fill(row);
    } else {
      for (const { at, insert } of changes) {
        for (const { id } of this.store.segments.slice(at, at + insert)) {
          const row = this.rows.get(id);
          if (row) this.#fill(row);
          else this.measured.delete(id);
        }
        // Whether the next turn names its speaker depends on the one before it.
        const next = this.rows.get(this.store.segments[at + insert]?.id);
        if (next) this.#head(next);
      }
    }
    this.#measure();
  }

  #row(id) {
    const row = make("div", { class: "turn", role: "listitem" });
    row.turn = id;
    row.who = make("div", { class: "who" });
    row.at = make("button", { type: "button", class: "at mono" });
    row.text = make("div", { class: "text", role: "textbox", "aria-multiline": "true" });
    row.text.spellcheck = false;
    row.more = make("button", { type: "button", class: "more flat", text: "⋯", "aria-haspopup": "dialog" });
    row.append(row.who, row.at, row.text, row.more);
    row.at.onclick = () => this.#tell("seek", { time: this.store.segment(id).start });
    row.more.onclick = () => this.#tell("actions", { id, word: row.lastWord ?? 0, span: row.lastSpan });
    this.#wire(row, id);
    return row;
  }

  #wire(row, id) {
    const { text } = row;
    text.addEventListener("click", (event) => {
      const position = caret.offset(text);
      if (position === null || !getSelection().isCollapsed) return;
      const word = caret.wordAt(text.textContent, position);
      if (!event.altKey) this.#tell("word", { id, word });
    });
    text.addEventListener("focus", () => {
      this.focused = { id, row };
      this.#tell("focus", { id });
    });
    text.addEventListener("blur", () => {
      if (this.focused?.id === id) this.focused = null;
      this.#remember(row);
      this.#tell("leave", { id });
      if (row.isConnected && this.store.segment(id)) this.#fill(row);
    });
    text.addEventListener("input", (event) => {
      this.#tell("input", { id, text: text.textContent, typed: event.data });
      const height = row.offsetHeight;
      if (this.measured.get(id) !== height) this.#measure();
    });
    text.addEventListener("compositionstart", () => (row.composing = true));
    text.addEventListener("compositionend", () => (row.composing = false));
    text.addEventListener("beforeinput", (event) => {
      if (event.inputType.startsWith("history")) {
        event.preventDefault();
        this.#tell(event.inputType === "historyUndo" ? "undo" : "redo", {});
      }
    });
    text.addEventListener("keydown", (event) => this.#key(event, row, id));
  }

  #remember(row) {
    const span = caret.span(row.text);
    if (!span) return;
    const text = row.text.textContent;
    row.lastWord = caret.wordAt(text, span[0]);
    row.lastSpan = [row.lastWord, span[1] > span[0] ? caret.wordAt(text, span[1]) + 1 : row.lastWord + 1];
  }

  #key(event, row, id) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const position = caret.offset(row.text);
    const length = row.text.textContent.length;
    const single = getSelection().isCollapsed;
    if (event.key === "Enter") {
      event.preventDefault();
      if (position > 0 && position < length) this.#tell("split", { id, position });
    } else if (event.key === "Backspace" && position === 0 && single) {
      event.preventDefault();
      if (row.index > 0) this.#tell("join", { id: this.store.segments[row.index - 1].id });
    } else if (event.key === "Delete" && position === length && single) {
      event.preventDefault();
      if (row.index + 1 < this.store.segments.length) this.#tell("join", { id });
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.#step(event, row, event.key === "ArrowUp" ? -1 : 1);
    }
  }

  // Up in the first line and down in the last lead to the next turn.
  #step(event, row, way) {
    const selection = getSelection();
    if (!selection.rangeCount) return;
    const here = selection.getRangeAt(0).getBoundingClientRect();
    const box = row.text.getBoundingClientRect();
    const y = here.height ? here : box;
    const edge = way < 0 ? y.top - box.top < LINE_PX : box.bottom - y.bottom < LINE_PX;
    const next = this.store.segments[row.index + way];
    if (!edge || !next || event.shiftKey) return;
    event.preventDefault();
    const target = this.show(next.id);
    const column = caret.offset(row.text) ?? 0;
    target.text.focus();
    caret.place(target.text, Math.min(column, target.text.textContent.length));
  }

  #fill(row) {
    const { store } = this;
    const segment = store.segment(row.turn);
    if (!segment) return;
    row.index = store.index(row.turn);
    const time = this.clock.timecode(segment.start);
    const who = called(store, segment.speaker);
    write(row.at, time);
    attribute(row, "aria-setsize", String(store.segments.length));
    attribute(row, "aria-posinset", String(row.index + 1));
    attribute(row.text, "aria-label", t("at", { time, who }));
    attribute(row.text, "data-empty", t("empty"));
    attribute(row.text, "contenteditable", this.writable ? "plaintext-only" : "false");
    attribute(row.text, "tabindex", "0");
    attribute(row.text, "aria-readonly", String(!this.writable));
    attribute(row.more, "aria-label", t("actions", { time }));
    row.classList.toggle("unsure", unsure(segment.doubts));
    this.#head(row);
    if (document.activeElement === row.text) {
      // What is being written stays untouched: drawing it anew would eat the space just typed.
      row.stale = row.drawn !== segment.words;
      const written = wordsOf(row.text.textContent).join(" ");
      if (this.isTyping?.(row.turn) || row.composing || written === textOf(segment)) return;
    }
    this.#words(row, segment);
  }

  #head(row) {
    const segment = this.store.segment(row.turn);
    const heads = this.#heads(row.index);
    row.who.hidden = !heads;
    row.who.style.display = heads ? "" : "none";
    if (!heads) return;
    const speaker = this.store.speaker(segment.speaker);
    const role = roleName(this.store.record.roles, speaker?.role ?? "");
    const who = called(this.store, segment.speaker);
    const name = make("span", { text: who });
    const shown = role && role.toLowerCase() !== who.toLowerCase() ? role : "";
    const mark = chip(this.store.number(segment.speaker));
    const head = [mark, name, make("span", { class: "role", text: shown })];
    if (head.map((node) => node.outerHTML).join("") !== row.who.innerHTML) row.who.replaceChildren(...head);
  }

  #words(row, segment) {
    const focused = document.activeElement === row.text;
    const position = focused ? caret.offset(row.text) : null;
    const nodes = [];
    const main = segment.words.find((word) => word[4])?.[4];
    row.text.lang = main ?? "";
    segment.words.forEach((word, i) => {
      if (i) nodes.push(" ");
      const span = document.createElement("span");
      span.className = "w";
      if (unsure(word[6])) span.classList.add("d");
      if (word[5] >= 2) span.classList.add("n");
      if (word[4] && word[4] !== main) span.lang = word[4];
      span.textContent = word[0];
      nodes.push(span);
    });
    row.text.replaceChildren(...nodes);
    row.drawn = segment.words;
    row.stale = false;
    if (position !== null) caret.place(row.text, Math.min(position, row.text.textContent.length));
    if (this.now.turn === row.turn) this.#light(row, this.now.word);
    if (this.chosen?.segment === row.turn) this.#mark(row);
  }

  #spans(row) {
    return row.text.querySelectorAll(".w");
  }

  #light(row, word) {
    row.text.querySelector(".now")?.classList.remove("now");
    row.classList.add("playing");
    const fresh = !row.stale && !this.isTyping?.(row.turn);
    if (fresh) this.#spans(row)[word]?.classList.add("now");
  }

  // The word that is heard now.
  follow(time, scroll) {
    const index = this.store.at(time);
    const segment = this.store.segments[index];
    let word = -1;
    if (segment && time < segment.end + 1) {
      word = segment.words.findLastIndex((item) => item[1] <= time);
    }
    const turn = segment?.id ?? null;
    if (turn === this.now.turn && word === this.now.word) return;
    const before = this.rows.get(this.now.turn);
    if (before && this.now.turn !== turn) {
      before.classList.remove("playing");
      before.text.querySelector(".now")?.classList.remove("now");
    }
    this.now = { turn, word };
    if (scroll && turn) this.show(turn, true);
    const row = this.rows.get(turn);
    if (row) this.#light(row, word);
  }

  choose(place) {
    this.lines.querySelectorAll(".chosen").forEach((node) => node.classList.remove("chosen"));
    this.chosen = place;
    if (!place) return;
    this.#mark(this.show(place.segment));
  }

  #mark(row) {
    if (this.chosen.word !== null) this.#spans(row)[this.chosen.word]?.classList.add("chosen");
  }

  // Bring a turn into sight; its row.
  show(id, gently = false) {
    const index = this.store.index(id);
    if (index === undefined) return null;
    const top = this.tops[index];
    const bottom = this.tops[index + 1];
    const { scrollTop, clientHeight } = this.view;
    const out = top < scrollTop + 20 || bottom > scrollTop + clientHeight - (gently ? 60 : 20);
    if (out) this.view.scrollTop = Math.max(0, top - clientHeight / 3);
    this.#render();
    return this.rows.get(id);
  }

  // Put the caret into a turn.
  edit(id, position) {
    const row = this.show(id);
    row.text.focus({ preventScroll: true });
    caret.place(row.text, position);
  }

  // The turn and words that the caret is in, or was last.
  here() {
    if (!this.focused) return null;
    this.#remember(this.focused.row);
    const { row, id } = this.focused;
    return { id, word: row.lastWord ?? 0, span: row.lastSpan ?? [0, 0], position: caret.offset(row.text) };
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
