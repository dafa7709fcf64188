// How speakers look: a colour and a pattern each, so that neither is needed alone.

import { language, t } from "./i18n.js";

const LIGHT = ["#1f6feb", "#b3541e", "#2e7d4f", "#8e3a9d", "#8a6d00", "#b3243f", "#0f7f86", "#5b5f66"];
const DARK = ["#7db2ff", "#f0a270", "#7fd1a0", "#d59be0", "#e0c25a", "#ff8fa3", "#6fd3da", "#b4b9c0"];
const UNKNOWN = { light: "#6b6f75", dark: "#9aa0a6" };

export const dark = () => document.documentElement.dataset.theme === "dark";

export function colour(number) {
  if (number < 0) return dark() ? UNKNOWN.dark : UNKNOWN.light;
  return (dark() ? DARK : LIGHT)[number % 8];
}

export const pattern = (number) => (number < 0 ? 7 : (number + Math.floor(number / 8)) % 8);

export function chip(number) {
  const node = document.createElement("span");
  node.className = `chip p${pattern(number)}`;
  node.style.setProperty("--c", colour(number));
  node.setAttribute("aria-hidden", "true");
  return node;
}

// A pattern to fill a canvas with.
export function fill(context, number) {
  const tile = new OffscreenCanvas(8, 8);
  const pen = tile.getContext("2d");
  const ink = colour(number);
  pen.globalAlpha = 0.35;
  pen.fillStyle = ink;
  pen.fillRect(0, 0, 8, 8);
  pen.globalAlpha = 1;
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  const line = (...points) => {
    pen.beginPath();
    points.forEach(([x, y], i) => (i % 2 ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  };
  const draw = [
    () => pen.fillRect(0, 0, 8, 8),
    () => line([-2, 10], [10, -2], [-6, 6], [6, -6], [2, 14], [14, 2]),
    () => [[2, 2], [6, 6]].forEach(([x, y]) => pen.fillRect(x - 1, y - 1, 3, 3)),
    () => line([2, 0], [2, 8], [6, 0], [6, 8]),
    () => line([-2, -2], [10, 10], [-6, 2], [6, 14], [2, -6], [14, 6]),
    () => line([0, 2], [8, 2], [0, 6], [8, 6]),
    () => line([-2, 10], [10, -2], [-2, -2], [10, 10]),
    () => {},
  ];
  draw[pattern(number)]();
  return context.createPattern(tile, "repeat");
}

export function roleName(roles, key) {
  return roles.find((role) => role.key === key)?.[language()] ?? key;
}

// What a speaker is called: the pseudonym of a protected one, else name, else role, else number.
export function called(store, id) {
  const speaker = store.speaker(id);
  if (!speaker) return t("unknown");
  const role = roleName(store.record.roles, speaker.role);
  const number = store.number(id) + 1;
  if (speaker.protected) return speaker.pseudonym || `${role || t("protected")} № ${number}`;
  return speaker.name || (role ? role[0].toUpperCase() + role.slice(1) : `${t("speaker")} ${number}`);
}
