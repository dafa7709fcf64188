// Speakers: name, role, one person in place of two, protection. Once, for everywhere.

import { button, labelled, make, select } from "../dom.js";
import { sure } from "../dialogs.js";
import { called, chip } from "../look.js";
import { language, t } from "../i18n.js";

const OWN = "\u0000own";

export function speakersPanel({ store, editor }) {
  const counts = new Map();
  for (const segment of store.segments) {
    counts.set(segment.speaker, (counts.get(segment.speaker) ?? 0) + 1);
  }
  const cards = store.speakers.map((speaker, i) => card(store, editor, speaker, i, counts.get(speaker.id) ?? 0));
  const add = button(t("add_speaker"), () => editor.do({ kind: "AddSpeaker" }), { disabled: !editor.writable });
  return [...cards, make("div", {}, add)];
}

function card(store, editor, speaker, number, turns) {
  const who = speaker.id;
  const off = !editor.writable;
  const name = make("input", { type: "text", value: speaker.name, disabled: off, maxLength: 200 });
  name.addEventListener("change", () => editor.do({ kind: "RenameSpeaker", speaker: who, name: name.value }));
  const shield = make("input", { type: "checkbox", checked: speaker.protected, disabled: off });
  const pseudonym = make("input", { type: "text", value: speaker.pseudonym, placeholder: t("pseudonym_auto"), disabled: off, maxLength: 200 });
  const protect = () => editor.do({ kind: "Protect", speaker: who, protected: shield.checked, pseudonym: pseudonym.value });
  shield.addEventListener("change", protect);
  pseudonym.addEventListener("change", protect);
  return make(
    "div", { class: "card", role: "group", "aria-label": called(store, who), "data-speaker": who },
    make("div", { class: "row" }, make("span", { class: "row" }, chip(number), make("strong", { text: called(store, who) })),
      make("span", { class: "quiet small", text: t("turns", { count: turns }) })),
    labelled(t("name"), name),
    labelled(t("role"), roles(store, editor, speaker, off)),
    make("label", { class: "small" }, shield, ` ${t("protected")}`),
    speaker.protected ? labelled(t("pseudonym"), pseudonym) : null,
    store.speakers.length > 1 ? labelled(t("merge_into"), merging(store, editor, speaker, off)) : null,
  );
}

function roles(store, editor, speaker, off) {
  const known = store.record.roles.map((role) => [role.key, role[language()]]);
  if (speaker.role && !known.some(([key]) => key === speaker.role)) known.push([speaker.role, speaker.role]);
  const node = select([["", t("no_role")], ...known, [OWN, t("own_role")]], speaker.role, async (value) => {
    let role = value;
    if (value === OWN) {
      const { line } = await import("../dialogs.js");
      role = await line(t("own_role"), t("role"));
      if (role === null) {
        node.value = speaker.role;
        return;
      }
    }
    editor.do({ kind: "SetRole", speaker: speaker.id, role });
  });
  node.disabled = off;
  return node;
}

function merging(store, editor, speaker, off) {
  const others = store.speakers.filter((other) => other.id !== speaker.id);
  const node = select([["", "—"], ...others.map((other) => [other.id, called(store, other.id)])], "", async (into) => {
    if (!into) return;
    const text = t("merge_ask", { one: called(store, speaker.id), other: called(store, into) });
    if (await sure(text)) editor.do({ kind: "MergeSpeakers", speaker: speaker.id, into });
    else node.value = "";
  });
  node.disabled = off;
  return node;
}
