// Small helpers for building the page. Text is always set as text, never as markup.

export const $ = (id) => document.getElementById(id);

export function make(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (key === "class") node.className = value;
    else if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && !key.startsWith("aria")) node[key] = value;
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// A value that is set anew is laid out and painted anew, even where it is what it was.
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function attribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function button(text, onclick, options = {}) {
  return make("button", { type: "button", text, onclick, ...options });
}

let field = 0;

// A labelled control: the label names it for everybody.
export function labelled(text, control) {
  control.id ||= `f${(field += 1)}`;
  return make("label", { class: "small", htmlFor: control.id }, make("span", { text }), control);
}

export function select(options, value, onchange) {
  const node = make("select", {}, ...options.map(([key, text]) => make("option", { value: key, text })));
  node.value = value;
  if (onchange) node.addEventListener("change", () => onchange(node.value));
  return node;
}

export function later(wait, work) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), wait);
  };
}

let saying = 0;

// One short sentence for screen readers; never more than one in a second.
export function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => ($("say").textContent = text), 150);
}
