// The journal: who did what and when, and back to any point.

import { button, make } from "../dom.js";
import { get } from "../api.js";
import { sure } from "../dialogs.js";
import { t } from "../i18n.js";

export async function historyPanel({ store, editor, typing }, before) {
  await typing.flush();
  const { total, entries } = await get(`/api/journal${before ? `?before=${before}` : ""}`);
  const list = make("div", { class: "list", role: "list" }, ...entries.map((entry) => line(entry, store, editor)));
  const head = make("p", { text: t("journal_total", { count: Math.max(0, total - 1) }) });
  return [head, list];
}

function line(entry, store, editor) {
  const when = new Date(entry.time).toLocaleString(document.documentElement.lang);
  const back = entry.number < store.version && editor.writable
    ? button(t("roll_back"), () => roll(entry, editor), { class: "flat small" })
    : null;
  return make("div", { class: "item", role: "listitem" },
    make("span", { class: "mono quiet small", text: String(entry.number) }),
    make("span", {}, make("span", { text: what(entry) }), make("br"),
      make("span", { class: "quiet small", text: `${when} · ${entry.author}` }), " ", back));
}

async function roll(entry, editor) {
  if (await sure(t("roll_ask", { number: entry.number }))) editor.rollBack(entry.number);
}

function what({ act, content }) {
  if (act !== "do") return t(`act_${act}`, content);
  const { kind, ...rest } = content;
  const told = rest.text ?? rest.name ?? rest.role ?? rest.pseudonym ?? "";
  const name = t(`op_${kind}`);
  return told ? `${name}: ${String(told).slice(0, 60)}` : name;
}
