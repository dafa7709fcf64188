// What can be done with a turn: a small dialog, and the same by keys.

import { button, labelled, make, say, select } from "./dom.js";
import { get, post } from "./api.js";
import { ask, line, sure } from "./dialogs.js";
import { called } from "./look.js";
import { t } from "./i18n.js";
import { BREAK } from "./store.js";

const POLL_MS = 500;

export class Actions {
  constructor(desk) {
    Object.assign(this, desk);
  }

  async menu({ id, word, span }) {
    const segment = this.store.segment(id);
    if (!segment) return;
    const time = this.clock.timecode(segment.start);
    const [first, last] = span ?? [0, segment.words.length];
    const words = segment.words.slice(first, last).map((item) => item[0]).join(" ");
    const off = { disabled: !this.editor.writable };
    const act = (text, work, options = off) => button(text, () => {
      document.getElementById("dialog").close();
      work();
    }, options);
    const edges = word > 0 && word < segment.words.length;
    await ask(`${time} · ${called(this.store, segment.speaker)}`, [
      labelled(t("set_speaker"), this.#speakers(segment)),
      act(`${t("split")}: ${segment.words.slice(word, word + 3).map((item) => item[0]).join(" ")}…`, () => this.split(id, word), { disabled: off.disabled || !edges }),
      act(t("join"), () => this.join(id), { disabled: off.disabled || this.store.index(id) + 1 >= this.store.segments.length }),
      act(`${t("unintelligible")}: ${words || t("turn")}`, () => this.unintelligible(id, first, Math.min(last, segment.words.length))),
      act(t("note"), () => this.note(id, word)),
      act(t("insert"), () => this.insert(id)),
      act(t("times"), () => this.times(id)),
      act(t("again"), () => this.again(id)),
      this.player.info.aligners?.length ? act(t("place"), () => this.place(id), { disabled: off.disabled || !this.player.info.ready }) : null,
      act(t("delete"), () => this.remove(id)),
    ].filter(Boolean), []);
  }

  #speakers(segment) {
    const options = [["", t("unknown")], ...this.store.speakers.map((speaker) => [speaker.id, called(this.store, speaker.id)])];
    const node = select(options, segment.speaker ?? "", (value) => {
      this.editor.do({ kind: "SetSpeaker", segments: [segment.id], speaker: value || null });
    });
    node.disabled = !this.editor.writable;
    return node;
  }

  async speaker(id) {
    const segment = this.store.segment(id);
    if (segment) await ask(t("set_speaker"), [this.#speakers(segment)], []);
  }

  split(id, word) {
    return this.editor.do({ kind: "SplitTurn", segment: id, word });
  }

  // Split at the caret: a word that it stands in becomes two first.
  async splitAt(id, position, text) {
    const inside = /\S/.test(text[position - 1] ?? " ") && /\S/.test(text[position] ?? " ");
    if (inside) this.typing.input(id, `${text.slice(0, position)} ${text.slice(position)}`);
    await this.typing.flush();
    const word = text.slice(0, position).split(BREAK).filter(Boolean).length;
    const segment = this.store.segment(id);
    if (word < 1 || word >= segment.words.length) return;
    await this.split(id, word);
    const next = this.store.segments[this.store.index(id) + 1];
    this.transcript.edit(next.id, 0);
  }

  async join(id) {
    await this.typing.flush();
    const length = this.store.segment(id).words.map((word) => word[0]).join(" ").length;
    await this.editor.do({ kind: "MergeTurns", segment: id });
    this.transcript.edit(id, length);
  }

  unintelligible(id, first, last) {
    return this.editor.do({ kind: "MarkUnintelligible", segment: id, first, last });
  }

  async note(id, at) {
    const text = await line(t("note"), t("note_text"));
    if (text?.trim()) this.editor.do({ kind: "InsertNote", segment: id, at, text });
  }

  async insert(id) {
    const segment = this.store.segment(id);
    const next = this.store.segments[this.store.index(id) + 1];
    const end = next && next.start > segment.end ? next.start : segment.end + 2;
    const span = await this.#span(t("insert"), segment.end, Math.min(end, segment.end + 10), t("words"));
    if (!span) return;
    this.editor.do({ kind: "InsertTurn", start: span.start, end: span.end, speaker: segment.speaker, text: span.text });
  }

  async times(id) {
    const segment = this.store.segment(id);
    const span = await this.#span(t("times"), segment.start, segment.end);
    if (span) this.editor.do({ kind: "SetTurnTimes", segment: id, start: span.start, end: span.end });
  }

  async #span(title, start, end, text) {
    const { duration } = this.store.record.media;
    const from = make("input", { type: "text", class: "mono", value: this.clock.timecode(start) });
    const to = make("input", { type: "text", class: "mono", value: this.clock.timecode(end) });
    const words = make("textarea", { rows: 3 });
    const body = [labelled(t("from"), from), labelled(t("to"), to)];
    if (text) body.push(labelled(text, words));
    const answer = await ask(title, body, [[t("apply"), () => true, "main"]]);
    if (!answer) return null;
    // A timecode that was not touched keeps its time to the millisecond.
    const time = (field, was) => (field.value === this.clock.timecode(was) ? was : this.clock.seconds(field.value) ?? was);
    return { start: time(from, start), end: Math.min(time(to, end), duration), text: words.value };
  }

  async remove(id) {
    if (await sure(t("delete_ask"))) this.editor.do({ kind: "DeleteTurn", segment: id });
  }

  // Another recogniser or language; its words are shown beside those that stand.
  async again(id) {
    const segment = this.store.segment(id);
    const name = select(this.player.info.recognisers.map((item) => [item, item]), this.player.info.recognisers[0] ?? "");
    const tongue = select([["", t("both")], ["kk", t("kk")], ["ru", t("ru")]], "");
    const heard = make("p", { role: "status" });
    let result = null;
    const run = button(t("hear"), async () => {
      run.disabled = true;
      heard.textContent = t("hearing");
      try {
        result = await this.#heard(id, name.value, tongue.value || null);
        heard.textContent = result.map((word) => word.text).join(" ") || t("empty");
      } catch (fault) {
        heard.textContent = fault.message;
      }
      run.disabled = false;
    }, { disabled: !this.player.info.ready });
    const standing = make("p", { class: "quiet", text: segment.words.map((word) => word[0]).join(" ") });
    const taken = await ask(t("again"), [standing, labelled(t("recogniser"), name), labelled(t("language"), tongue), run, heard], [[t("take"), () => result, "main"]]);
    if (taken?.length) this.editor.do({ kind: "TakeHearing", segment: id, source: name.value, words: taken });
  }

  // The words of a turn are looked for in its sound; those that are found get their times from it.
  async place(id) {
    await this.typing.flush();
    say(t("hearing"));
    try {
      const { operation, found, rough } = await this.#fetched("/api/place", { segment: id });
      if (operation) await this.editor.do(operation);
      say(t("placed", { found, rough }));
    } catch (fault) {
      say(fault.message);
    }
  }

  async #heard(segment, recogniser, language) {
    return (await this.#fetched("/api/rerun", { segment, recogniser, language })).words;
  }

  async #fetched(path, body) {
    const { job } = await post(path, body);
    for (;;) {
      const answer = await get(`${path}/${job}`);
      if (answer.done) return answer;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
