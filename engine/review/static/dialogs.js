// Dialogs: the browser's own, so that focus and Escape work as everywhere.

import { $, button, make } from "./dom.js";
import { t } from "./i18n.js";

let waiting = null;

// Show a dialog; resolves to the value of the pressed button, null where it was closed.
export function ask(title, body, actions) {
  const dialog = $("dialog");
  if (dialog.open) dialog.close();
  waiting?.(null);
  return new Promise((resolve) => {
    waiting = resolve;
    const finish = (value) => {
      dialog.close();
      resolve(value);
    };
    const end = make(
      "div", { class: "end" },
      button(t(actions.length ? "cancel" : "close"), () => finish(null)),
      ...actions.map(([text, value, style]) =>
        button(text, () => finish(typeof value === "function" ? value() : value), { class: style ?? "" })),
    );
    dialog.replaceChildren(make("h2", { id: "dialog-h", text: title }), make("div", { class: "body" }, ...body), end);
    // The browser tells of a closing later: by then this dialog may stand in the closed one's place.
    dialog.onclose = () => dialog.open || resolve(null);
    dialog.showModal();
  });
}

export const sure = (text) => ask(text, [], [[t("ok"), true, "main"]]);

// One line of text.
export function line(title, label, value = "") {
  const input = make("input", { type: "text", value, autofocus: true, "aria-label": label, placeholder: label });
  const answer = ask(title, [input], [[t("ok"), () => input.value, "main"]]);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // or it would press the button that gets the focus back
    $("dialog").querySelector("button.main").click();
  });
  return answer;
}
