// The caret in a turn's text, counted in characters and in words.

import { BREAK } from "./store.js";

export function offset(element) {
  const selection = getSelection();
  if (!selection.rangeCount || !element.contains(selection.anchorNode)) return null;
  const range = document.createRange();
  range.selectNodeContents(element);
  range.setEnd(selection.focusNode, selection.focusOffset);
  return range.toString().length;
}

// First and last character of the selection.
export function span(element) {
  const selection = getSelection();
  if (!selection.rangeCount || !element.contains(selection.anchorNode)) return null;
  const chosen = selection.getRangeAt(0);
  const range = document.createRange();
  range.selectNodeContents(element);
  range.setEnd(chosen.startContainer, chosen.startOffset);
  const start = range.toString().length;
  return [start, start + chosen.toString().length];
}

export function place(element, position) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let rest = position;
  let node = walker.nextNode();
  let last = null;
  while (node && rest > node.length) {
    rest -= node.length;
    last = node;
    node = walker.nextNode();
  }
  const target = node ?? last;
  const selection = getSelection();
  if (target) selection.collapse(target, node ? rest : target.length);
  else selection.collapse(element, 0);
}

// Index of the word that holds a character; the number of words where none follows.
export function wordAt(text, position) {
  const before = text.slice(0, position).split(BREAK).filter(Boolean).length;
  const inside = position > 0 && !/\s/.test(text[position - 1] ?? " ");
  return inside ? before - 1 : before;
}
