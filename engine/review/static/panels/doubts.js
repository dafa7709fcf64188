// Doubts as a queue: off until the clerk wants it.

import { button, make, say } from "../dom.js";
import { called } from "../look.js";
import { t } from "../i18n.js";

const MARGIN_S = 0.6;

export class Doubts {
  constructor(desk) {
    Object.assign(this, desk);
    this.place = null;
  }

  get on() {
    return this.preferences.get("doubts", false);
  }

  panel() {
    const box = make("input", { type: "checkbox", checked: this.on });
    box.addEventListener("change", () => {
      this.preferences.set("doubts", box.checked);
      this.mark();
      if (!box.checked) this.#choose(null);
      this.refresh();
    });
    const head = make("label", {}, box, ` ${t("doubts_on")}`);
    if (!this.on) return [head];
    const left = this.store.doubts();
    const counter = make("strong", { id: "doubts-left", text: left.length ? t("doubts_left", { count: left.length }) : t("doubts_none") });
    const steps = make("div", { class: "row" },
      button(t("previous"), () => this.step(-1), { disabled: !left.length }),
      button(t("next"), () => this.step(1), { disabled: !left.length }), counter);
    return [head, steps, this.place ? this.#card() : null].filter(Boolean);
  }

  // Show the marks in the transcript, or hide them.
  mark() {
    document.body.classList.toggle("doubts", this.on);
  }

  step(way) {
    if (!this.on) {
      this.preferences.set("doubts", true);
      this.mark();
    }
    const left = this.store.doubts();
    if (!left.length) {
      this.#choose(null);
      say(t("doubts_none"));
      this.open();
      return;
    }
    const rank = (place) => this.store.index(place.segment) * 1e6 + (place.word ?? -1) + 1;
    const here = this.#rank(rank);
    const next = way > 0
      ? left.find((place) => rank(place) > here) ?? left[0]
      : left.findLast((place) => rank(place) < here) ?? left.at(-1);
    this.#choose(next);
    this.open();
    this.hear();
  }

  #rank(rank) {
    if (this.place && this.store.index(this.place.segment) !== undefined) return rank(this.place);
    const here = this.store.at(this.player.time);
    return Math.max(0, here) * 1e6;
  }

  #choose(place) {
    this.place = place;
    this.transcript.choose(place);
    if (!place) return;
    const word = this.#word();
    say([word?.[0] ?? t("turn"), this.#why().join(", ")].join(": "));
  }

  #segment() {
    return this.place && this.store.segment(this.place.segment);
  }

  #word() {
    return this.place?.word === null ? null : this.#segment()?.words[this.place?.word];
  }

  #why() {
    const doubts = (this.#word()?.[6] ?? this.#segment()?.doubts ?? []).filter((doubt) => doubt !== "overlap");
    return doubts.map((doubt) => t(doubt === "language" ? "doubt-language" : doubt));
  }

  hear() {
    const segment = this.#segment();
    if (!segment) return;
    const [, start, end] = this.#word() ?? [null, segment.start, segment.end];
    this.player.setLoop(null);
    this.player.seek(Math.max(0, start - MARGIN_S));
    this.player.play(end + MARGIN_S);
  }

  async confirm() {
    const { place } = this;
    if (!this.#segment()) return;
    const operation = place.word === null
      ? { kind: "ConfirmTurn", segment: place.segment }
      : { kind: "ConfirmWords", segment: place.segment, first: place.word, last: place.word + 1 };
    await this.editor.do(operation);
    this.step(1);
  }

  async take(reading) {
    const { place } = this;
    if (!this.#word()?.[7]?.[reading]) return;
    await this.editor.do({ kind: "TakeReading", segment: place.segment, word: place.word, reading });
    this.step(1);
  }

  #card() {
    const segment = this.#segment();
    if (!segment) return null;
    const word = this.#word();
    const off = !this.editor.writable;
    const readings = (word?.[7] ?? []).map((text, i) => button(`${i + 1}. ${text}`, () => this.take(i), { disabled: off }));
    const who = `${this.clock.timecode(segment.start)} ${called(this.store, segment.speaker)}`;
    return make(
      "div", { class: "card", id: "doubt" },
      make("span", { class: "quiet small", text: who }),
      make("strong", { text: word ? word[0] : segment.words.map((item) => item[0]).join(" ") || t("empty") }),
      make("span", { text: `${t("why")}: ${this.#why().join(", ")}` }),
      readings.length ? make("span", { class: "small", text: t("readings") }) : null,
      readings.length ? make("div", { class: "row" }, ...readings) : null,
      make("div", { class: "row" },
        button(t("confirm"), () => this.confirm(), { class: "main", disabled: off }),
        button(t("hear_words"), () => this.hear()),
        button(t("write"), () => this.#write(), { disabled: off })),
    );
  }

  #write() {
    const words = this.#segment().words.slice(0, (this.place.word ?? 0) + 1);
    this.transcript.edit(this.place.segment, words.map((word) => word[0]).join(" ").length);
  }
}
