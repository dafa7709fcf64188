// Kazakh, Russian and English.

import { en } from "./locale/en.js";
import { kk } from "./locale/kk.js";
import { ru } from "./locale/ru.js";

const TEXTS = { en, kk, ru };
let chosen = "en";

export const language = () => chosen;

export function choose(code) {
  chosen = code in TEXTS ? code : "en";
  document.documentElement.lang = chosen;
}

export function guess() {
  const wished = navigator.languages.map((name) => name.slice(0, 2));
  return wished.find((code) => code in TEXTS) ?? "en";
}

export function t(key, fields = {}) {
  const text = TEXTS[chosen][key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(fields[name] ?? ""));
}

// Put the texts of the page's own markup.
export function localise(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", t(node.dataset.label));
  }
}
