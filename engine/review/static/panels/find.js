// Find and replace, with every place shown before anything is replaced.

import { button, labelled, make, say } from "../dom.js";
import { post } from "../api.js";
import { t } from "../i18n.js";

export class Find {
  constructor(desk) {
    Object.assign(this, desk);
    this.values = { pattern: "", replacement: "", case: false, exact: false, whole: false };
    this.found = null;
  }

  panel() {
    const field = (key) => {
      const input = make("input", { type: "text", value: this.values[key], maxLength: 500, id: `find-${key}` });
      input.addEventListener("input", () => (this.values[key] = input.value));
      return labelled(t(key), input);
    };
    const flag = (key) => {
      const box = make("input", { type: "checkbox", checked: this.values[key] });
      box.addEventListener("change", () => (this.values[key] = box.checked));
      return make("label", { class: "small" }, box, ` ${t(key)}`);
    };
    const form = make("form", { class: "card" }, field("pattern"), field("replacement"), flag("whole"), flag("case"), flag("exact"),
      make("div", { class: "row" }, make("button", { class: "main", text: t("search") })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    return [form, ...this.#results()];
  }

  async search() {
    await this.typing.flush();
    const { pattern } = this.values;
    if (!pattern.trim()) return;
    this.found = await post("/api/find", this.values);
    this.chosen = new Set(this.found.matches.map((_, i) => i));
    say(this.found.total ? t("found", { count: this.found.total }) : t("nothing_found"));
    this.refresh();
  }

  #results() {
    if (!this.found) return [];
    const { matches, total } = this.found;
    const head = make("p", { text: total ? t("found", { count: total }) : t("nothing_found") });
    if (!total) return [head];
    const list = make("div", { class: "list" }, ...matches.map((match, i) => this.#line(match, i)));
    const all = (on) => {
      this.chosen = new Set(on ? matches.map((_, i) => i) : []);
      this.refresh();
    };
    const row = make("div", { class: "row" },
      button(t("all"), () => all(true)), button(t("none"), () => all(false)),
      button(t("replace_chosen"), () => this.replace(), { class: "main", disabled: !this.editor.writable, id: "replace" }));
    return [head, row, list];
  }

  #line(match, i) {
    const box = make("input", { type: "checkbox", checked: this.chosen.has(i), "aria-label": match.before });
    box.addEventListener("change", () => (box.checked ? this.chosen.add(i) : this.chosen.delete(i)));
    const text = make("button", { type: "button", class: "item", onclick: () => this.#go(match) },
      make("span", { class: "mono quiet small", text: this.clock.timecode(match.start).slice(0, 8) }),
      make("span", {}, `${match.left} `, make("del", { text: match.before }), " ", make("ins", { text: match.after }), ` ${match.right}`));
    return make("div", { class: "item" }, box, text);
  }

  #go(match) {
    this.transcript.show(match.segment);
    this.transcript.choose({ segment: match.segment, word: match.first });
    this.player.seek(match.start);
  }

  async replace() {
    if (this.found.version !== this.store.version) {
      // The places were found in another text: look again and let the clerk see.
      await this.search();
      return;
    }
    const items = this.found.matches.filter((match, i) => this.chosen.has(i) && match.before !== match.after)
      .map(({ segment, first, last, after }) => ({ segment, first, last, text: after }));
    if (!items.length) return;
    await this.editor.do({ kind: "ReplaceMany", items });
    say(t("replaced", { count: items.length }));
    this.found = null;
    this.refresh();
  }
}
