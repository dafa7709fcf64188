// Giving the record away: exports, changes, protected witnesses, signature.

import { button, labelled, make, say, select } from "../dom.js";
import { get } from "../api.js";
import { ask } from "../dialogs.js";
import { called } from "../look.js";
import { language, t } from "../i18n.js";

const FORMS = ["docx", "txt", "srt", "vtt", "rttm", "ctm", "stm", "textgrid", "json"];

export function givePanel(desk) {
  return [exports(desk), changes(desk), protection(desk), signature(desk)];
}

async function download(desk, path) {
  await desk.typing.flush();
  const link = make("a", { href: path, download: "" });
  document.body.append(link);
  link.click();
  link.remove();
}

function exports(desk) {
  const chosen = { format: "docx", language: language(), times: "auto", doubts: true, public: false };
  const form = select(FORMS.map((name) => [name, name.toUpperCase()]), "docx", (value) => (chosen.format = value));
  form.id = "format";
  const tongue = select([["kk", "Қазақша"], ["ru", "Русский"], ["en", "English"]], chosen.language, (value) => (chosen.language = value));
  const times = select(["auto", "media", "timecode"].map((key) => [key, t(`times_${key}`)]), "auto", (value) => (chosen.times = value));
  const flag = (key, text) => {
    const box = make("input", { type: "checkbox", checked: chosen[key] });
    box.addEventListener("change", () => (chosen[key] = box.checked));
    return make("label", { class: "small" }, box, ` ${text}`);
  };
  const run = () => {
    const query = new URLSearchParams(chosen);
    query.delete("format");
    if (chosen.public && desk.masked) query.set("masked", [...desk.masked].join(","));
    download(desk, `/api/export/${chosen.format}?${query}`);
  };
  return make("div", { class: "card" }, make("h3", { text: t("give") }), labelled(t("format"), form),
    labelled(t("language"), tongue), labelled(t("times_kind"), times), flag("doubts", t("doubts_mark")),
    flag("public", t("public_copy")), button(t("download"), run, { class: "main", id: "download" }));
}

function changes(desk) {
  const file = (form) => () => download(desk, `/api/export/comparison-${form}?language=${language()}`);
  return make("div", { class: "card" }, make("h3", { text: t("changes") }),
    make("div", { class: "row" }, button(t("show_changes"), () => compare(desk), { id: "compare" }),
      button("DOCX", file("docx")), button("HTML", file("html")), button("TXT", file("txt"))));
}

export async function compare(desk) {
  await desk.typing.flush();
  const { counts, parts } = await get("/api/comparison");
  const box = make("div", { id: "changes" });
  let turn = null;
  let line = null;
  for (const part of parts) {
    if (part.segment !== turn) {
      turn = part.segment;
      const segment = desk.store.segment(turn);
      line = make("p", {}, make("button", { type: "button", class: "flat mono small quiet", text: desk.clock.timecode(segment?.start ?? part.start), onclick: () => desk.player.seek(part.start) }), " ");
      if (segment) line.append(make("strong", { text: `${called(desk.store, segment.speaker)}: ` }));
      box.append(line);
    }
    line.append(...words(desk.store, part), " ");
  }
  const changed = [...box.children].filter((node) => node.querySelector("ins, del, .moved"));
  box.replaceChildren(...changed.slice(0, 2000));
  await ask(t("comparison"), [make("p", { text: t("counts", counts) }), box], []);
}

function words(store, part) {
  if (part.kind === "same") return [part.before];
  if (part.kind === "speaker") {
    const text = `${called(store, part.speaker_before)} → ${called(store, part.speaker_after)}: ${part.after}`;
    return [make("span", { class: "moved", text })];
  }
  const nodes = part.before ? [make("del", { text: part.before })] : [];
  return part.after ? [...nodes, " ", make("ins", { text: part.after })] : nodes;
}

function protection(desk) {
  const body = make("div", { class: "card" }, make("h3", { text: t("protection") }));
  if (!desk.store.speakers.some((speaker) => speaker.protected)) {
    body.append(make("p", { class: "quiet small", text: t("no_protected") }));
    return body;
  }
  get("/api/protection").then(({ spans, command, names }) => {
    const copy = async () => {
      await navigator.clipboard.writeText(command);
      say(t("copied"));
    };
    body.append(make("p", { class: "small", text: t("spans", { count: spans.length }) }));
    if (command) {
      // A long command scrolls, so the keyboard has to reach it.
      const shown = make("pre", { id: "command", tabindex: "0", role: "region", "aria-label": t("command"), text: command });
      body.append(make("span", { class: "small", text: t("command") }), shown, button(t("copy"), copy));
    }
    desk.masked = new Set(names.map((name) => `${name.segment}:${name.word}`));
    if (names.length) body.append(make("p", { class: "small", text: t("spoken") }), make("div", { class: "list" }, ...names.map((name) => spoken(desk, name))));
  });
  return body;
}

function spoken(desk, name) {
  const key = `${name.segment}:${name.word}`;
  const box = make("input", { type: "checkbox", checked: true, "aria-label": name.text });
  box.addEventListener("change", () => (box.checked ? desk.masked.add(key) : desk.masked.delete(key)));
  return make("div", { class: "item" }, box,
    button(`${desk.clock.timecode(name.start).slice(0, 8)} ${name.text}`, () => {
      desk.transcript.show(name.segment);
      desk.player.seek(name.start);
    }, { class: "flat" }));
}

function signature(desk) {
  const { store, editor } = desk;
  if (store.state === "signed") {
    return make("div", { class: "card" }, make("h3", { text: t("signed") }),
      desk.digest ? make("p", { class: "small", text: t("digest") }) : null,
      desk.digest ? make("pre", { text: desk.digest }) : null);
  }
  const run = async () => {
    await desk.typing.flush();
    const name = make("input", { type: "text", value: store.record.author, maxLength: 200, id: "sign-name" });
    const text = make("p", { text: t("sign_text", { count: store.doubts().length }) });
    const given = await ask(t("sign"), [text, labelled(t("sign_name"), name)], [[t("sign_now"), () => name.value, "main"]]);
    if (given?.trim()) editor.sign(given.trim());
  };
  return make("div", { class: "card" }, make("h3", { text: t("sign") }),
    button(t("sign"), run, { disabled: !editor.writable, id: "sign" }));
}
