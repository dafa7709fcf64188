// Shortcuts. None of them types: a key that prints needs Ctrl, Alt or Meta, or it is refused.

import { button, make } from "./dom.js";
import { t } from "./i18n.js";
import { ask } from "./dialogs.js";

export const DEFAULTS = {
  hold: "F9", play: "F8", back: "F7", ahead: "F10", slower: "Ctrl+Alt+Comma", faster: "Ctrl+Alt+Period",
  loop: "Ctrl+Alt+KeyL", here: "Ctrl+Enter", next: "Alt+ArrowDown", previous: "Alt+ArrowUp",
  confirm: "Alt+Enter", reading: "Alt+Digit1", undo: "Ctrl+KeyZ", redo: "Ctrl+Shift+KeyZ",
  find: "Ctrl+KeyF", goto: "Ctrl+KeyG", speaker: "Alt+KeyS", split: "Ctrl+Alt+Enter",
  unintelligible: "Ctrl+Alt+KeyU",
};

const BARE = /^(F([1-9]|1\d|2[0-4])|Pause|ScrollLock|Media\w+|Browser\w+|Launch\w+|AudioVolume\w+)$/;
const BROWSER = new Set(["F5", "F11", "F12", "Ctrl+KeyW", "Ctrl+KeyT", "Ctrl+KeyN", "Ctrl+KeyR", "Ctrl+KeyC", "Ctrl+KeyV", "Ctrl+KeyX", "Ctrl+KeyA"]);
const MODIFIERS = new Set(["Control", "Alt", "Shift", "Meta", "AltGraph", "CapsLock", "NumLock"]);

// The name of a stroke by the place of its key, so that it is the same in every layout.
export function stroke(event) {
  if (MODIFIERS.has(event.key)) return "";
  const parts = [];
  if (event.ctrlKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.metaKey) parts.push("Meta");
  if (event.shiftKey) parts.push("Shift");
  return [...parts, event.code || event.key].join("+");
}

// Whether a stroke may be a shortcut: one that can print a letter may not.
export function allowed(name) {
  if (!name || BROWSER.has(name)) return false;
  const parts = name.split("+");
  return parts.some((part) => ["Ctrl", "Alt", "Meta"].includes(part)) || BARE.test(parts.at(-1));
}

export const shown = (name) => name.replace(/Key|Digit|Arrow/g, "").replace("Comma", ",").replace("Period", ".");

export class Keys {
  constructor(preferences, actions) {
    this.preferences = preferences;
    this.actions = actions;
    this.bindings = { ...DEFAULTS, ...preferences.get("keys", {}) };
    addEventListener("keydown", (event) => this.#down(event), true);
    addEventListener("keyup", (event) => this.#up(event), true);
    addEventListener("blur", () => this.#release());
  }

  #down(event) {
    // AltGr prints letters on many layouts, and a composed letter is not finished yet.
    if (event.isComposing || event.getModifierState("AltGraph") || this.recording) return;
    const name = stroke(event);
    const action = Object.keys(this.bindings).find((key) => this.bindings[key] === name);
    if (!action || !allowed(name)) return;
    if (document.querySelector("dialog[open]") && !["play", "hold", "back", "ahead"].includes(action)) return;
    event.preventDefault();
    event.stopPropagation();
    if (action === "hold") {
      if (!event.repeat && !this.held) {
        this.held = event.code;
        this.actions.hold(true);
      }
    } else if (!event.repeat || ["back", "ahead", "next", "previous", "undo", "redo"].includes(action)) {
      this.actions[action]();
    }
  }

  #up(event) {
    if (this.held && event.code === this.held) {
      event.preventDefault();
      this.#release();
    }
  }

  #release() {
    if (!this.held) return;
    this.held = null;
    this.actions.hold(false);
  }

  set(action, name) {
    this.bindings[action] = name;
    const own = Object.entries(this.bindings).filter(([key, value]) => value !== DEFAULTS[key]);
    this.preferences.set("keys", Object.fromEntries(own));
    this.changed?.();
  }

  // The table in which every shortcut can be changed.
  dialog() {
    const note = make("p", { text: t("keys_text") });
    const fault = make("p", { role: "alert" });
    const table = make("table");
    const draw = () => table.replaceChildren(...Object.keys(DEFAULTS).map((action) => this.#line(action, fault, draw)));
    draw();
    const reset = button(t("keys_reset"), () => {
      Object.entries(DEFAULTS).forEach(([action, name]) => this.set(action, name));
      draw();
    });
    ask(t("keys"), [note, fault, table, reset], []);
  }

  #line(action, fault, draw) {
    const field = make("input", { type: "text", class: "mono", value: shown(this.bindings[action]), readOnly: true, "aria-label": t(`key_${action}`) });
    field.addEventListener("focus", () => (this.recording = true));
    field.addEventListener("blur", () => (this.recording = false));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Tab" || event.key === "Escape") return;
      event.preventDefault();
      const name = stroke(event);
      if (!name) return;
      const taken = Object.keys(this.bindings).find((key) => key !== action && this.bindings[key] === name);
      if (!allowed(name)) fault.textContent = t("keys_bad");
      else if (taken) fault.textContent = t("keys_taken", { action: t(`key_${taken}`) });
      else {
        fault.textContent = "";
        this.set(action, name);
        field.value = shown(name);
      }
    });
    return make("tr", {}, make("th", { scope: "row", text: t(`key_${action}`) }), make("td", {}, field));
  }
}
