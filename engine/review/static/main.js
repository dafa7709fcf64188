// The desk: everything is put together here.

import { $, button, say } from "./dom.js";
import { Editor, desk as deskId, get, post } from "./api.js";
import { Actions } from "./actions.js";
import { choose, guess, localise, t } from "./i18n.js";
import { Clock } from "./timecode.js";
import { Doubts } from "./panels/doubts.js";
import { Find } from "./panels/find.js";
import { givePanel } from "./panels/give.js";
import { historyPanel } from "./panels/history.js";
import { Keys, shown } from "./keys.js";
import { Player, SPEEDS, controls } from "./player.js";
import { Preferences } from "./preferences.js";
import { Store, textOf } from "./store.js";
import { Transcript } from "./transcript.js";
import { Typing } from "./typing.js";
import { Waveform } from "./waveform.js";
import { speakersPanel } from "./panels/speakers.js";

const PING_MS = 5000;
const RESUME_MS = 1500;
const PANELS = ["speakers", "doubts", "find", "history", "give"];

const store = new Store();
const editor = new Editor(store);
const preferences = new Preferences();
const [record] = await Promise.all([get("/api/record"), preferences.load()]);
choose(preferences.get("language", guess()));
const clock = new Clock(record.media.clock);
const player = new Player(clock);
player.duration = record.media.duration;
const transcript = new Transcript(store, clock);
const typing = new Typing(store, editor, record);
transcript.isTyping = (id) => typing.isTyping(id);

const desk = { digest: record.digest, store, editor, preferences, clock, player, transcript, typing, refresh: () => drawPanel(), open: () => openPanel("doubts") };
const actions = new Actions(desk);
const doubts = new Doubts(desk);
const find = new Find(desk);
const waveform = new Waveform(store, player, clock);
let panel = "speakers";
let redrawControls = () => {};

// Panels

function drawTabs() {
  $("tabs").replaceChildren(...PANELS.map((name) => button(t(name), () => openPanel(name), {
    role: "tab", id: `tab-${name}`, "aria-selected": String(name === panel), "aria-controls": "panel", tabIndex: name === panel ? 0 : -1,
  })));
  $("panel").setAttribute("aria-labelledby", `tab-${panel}`);
}

$("tabs").addEventListener("keydown", (event) => {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!way) return;
  event.preventDefault();
  openPanel(PANELS[(PANELS.indexOf(panel) + way + PANELS.length) % PANELS.length]);
  $(`tab-${panel}`).focus();
});

function openPanel(name) {
  panel = name;
  drawTabs();
  return drawPanel();
}

let drawing = 0;

async function drawPanel() {
  const turn = (drawing += 1);
  const make = {
    speakers: () => speakersPanel(desk), doubts: () => doubts.panel(), find: () => find.panel(),
    history: () => historyPanel(desk), give: () => givePanel(desk),
  }[panel];
  const nodes = await make();
  if (turn !== drawing) return;
  const within = $("panel").contains(document.activeElement) ? document.activeElement : null;
  const place = within && [...$("panel").querySelectorAll("input, select, button")].indexOf(within);
  $("panel").replaceChildren(...nodes);
  // Who was in the panel stays at the same control.
  if (place >= 0 && within) $("panel").querySelectorAll("input, select, button")[place]?.focus();
}

// State of the desk

function drawState() {
  $("state").textContent = t(store.state);
  $("undo").disabled = !store.canUndo || !editor.writable;
  $("redo").disabled = !store.canRedo || !editor.writable;
  const notice = $("notice");
  let text = "";
  if (editor.offline) text = t("offline");
  else if (store.state === "signed") text = t("signed_notice");
  else if (!editor.writable) text = t("looking", { holder: editor.holder || "?" });
  notice.hidden = !text;
  notice.firstElementChild.textContent = text;
  $("take").hidden = !record.writable || editor.writable || Boolean(editor.offline) || store.state === "signed";
  drawSaved();
}

function drawSaved() {
  const open = editor.open > 0 || typing.pending.size > 0;
  $("saved").textContent = editor.writable && store.state !== "signed" ? t(open ? "saving" : "saved") : "";
  $("saved").dataset.version = store.version;
}

function setWritable(writable, holder) {
  const able = writable && store.state !== "signed";
  if (editor.writable === able && editor.holder === holder) return;
  editor.writable = able;
  editor.holder = holder;
  transcript.writable = able;
  transcript.redraw();
  drawState();
  drawPanel();
}

async function arrive(values = {}) {
  try {
    const answer = await post("/api/desk", { desk: deskId, ...values });
    const wasOffline = editor.offline;
    if (editor.open === 0) editor.offline = false;
    setWritable(answer.writable, answer.holder);
    if (wasOffline) drawState();
    if (answer.version !== store.version && editor.open === 0 && !typing.pending.size) await reload();
  } catch (fault) {
    if (fault.status === undefined || fault.status === 403) {
      editor.offline = true;
      drawState();
    }
  }
}

async function reload() {
  store.load(await get("/api/record"));
  desk.digest = store.record.digest;
  transcript.redraw();
  drawState();
  drawPanel();
}

editor.addEventListener("progress", () => {
  if (editor.offline) drawState();
  drawSaved();
});
editor.addEventListener("answer", ({ detail }) => {
  if (!detail.digest) return;
  desk.digest = detail.digest;
  drawPanel();
});
editor.addEventListener("refused", async ({ detail }) => {
  say(detail.message);
  if (detail.status === 403) editor.offline = true;
  if (detail.status === 409 || detail.status === 423 || detail.status === 400) {
    await reload();
    await arrive();
  }
  $("notice").hidden = false;
  $("notice").firstElementChild.textContent = detail.message;
});
store.addEventListener("change", () => {
  drawState();
  if (store.state === "signed") setWritable(false, editor.holder);
  if (panel !== "find" && panel !== "speakers") drawPanel();
});
store.addEventListener("change", ({ detail }) => {
  if (panel === "speakers" && (detail.speakers || detail.moved)) drawPanel();
});

// The transcript

let resume = 0;

transcript.addEventListener("input", ({ detail }) => {
  if (player.playing && preferences.get("autopause", true)) {
    player.pause();
    transcript.resumes = true;
  }
  clearTimeout(resume);
  if (transcript.resumes) {
    resume = setTimeout(() => {
      transcript.resumes = false;
      player.step(-1);
      player.play();
    }, RESUME_MS);
  }
  typing.input(detail.id, detail.text, detail.typed);
  drawSaved();
});
transcript.addEventListener("leave", () => typing.flush());
transcript.addEventListener("word", ({ detail }) => {
  const word = store.segment(detail.id)?.words[detail.word];
  if (word && !typing.isTyping(detail.id)) player.seek(word[1]);
});
transcript.addEventListener("seek", ({ detail }) => player.seek(detail.time));
transcript.addEventListener("actions", ({ detail }) => actions.menu(detail));
transcript.addEventListener("split", ({ detail }) => {
  const row = transcript.rows.get(detail.id);
  actions.splitAt(detail.id, detail.position, row.text.textContent);
});
transcript.addEventListener("join", ({ detail }) => actions.join(detail.id));
transcript.addEventListener("undo", () => undo());
transcript.addEventListener("redo", () => redo());

// After undo and redo the clerk sees what changed.
function reveal(changes) {
  const segment = store.segments[changes?.[0]?.at];
  if (segment) transcript.show(segment.id);
}

async function undo() {
  clearTimeout(resume);
  reveal(await editor.undo().catch(() => null));
}

async function redo() {
  reveal(await editor.redo().catch(() => null));
}

// The player

player.addEventListener("time", () => transcript.follow(player.time, player.playing && preferences.get("follow", true) && !transcript.focused));
player.addEventListener("jump", () => {
  const segment = store.segments[Math.max(0, store.at(player.time))];
  if (segment) transcript.show(segment.id);
});
player.addEventListener("loop", () => $("loop").setAttribute("aria-pressed", String(Boolean(player.loop))));

function loop() {
  if (player.loop) {
    player.setLoop(null);
    return;
  }
  const here = transcript.here();
  const segment = here ? store.segment(here.id) : store.segments[Math.max(0, store.at(player.time))];
  if (!segment) return;
  player.setLoop({ start: segment.start, end: Math.max(segment.end, segment.start + 0.5) });
  player.seek(segment.start);
}

function faster(way) {
  const at = SPEEDS.findIndex((value) => value >= player.speed - 1e-6);
  const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + way))];
  player.speed = speed;
  $("speed").value = speed;
  preferences.set("speed", speed);
}

function hearHere() {
  const here = transcript.here();
  const word = here && store.segment(here.id)?.words[here.word];
  if (word) player.seek(word[1]);
  player.play();
}

const keys = new Keys(preferences, {
  play: () => player.toggle(),
  hold: (down) => {
    if (down) {
      player.step(-0.5);
      player.play();
    } else player.pause();
  },
  back: () => player.step(-3),
  ahead: () => player.step(3),
  slower: () => faster(-1),
  faster: () => faster(1),
  loop,
  here: hearHere,
  next: () => doubts.step(1),
  previous: () => doubts.step(-1),
  confirm: () => doubts.confirm(),
  reading: () => doubts.take(0),
  undo,
  redo,
  find: async () => {
    await openPanel("find");
    $("find-pattern").focus();
  },
  goto: () => $("timecode").focus(),
  speaker: () => {
    const here = transcript.here();
    if (here) actions.speaker(here.id);
  },
  split: () => {
    const here = transcript.here();
    if (here) actions.splitAt(here.id, here.position, transcript.rows.get(here.id).text.textContent);
  },
  unintelligible: () => {
    const here = transcript.here();
    if (here) actions.unintelligible(here.id, here.span[0], Math.max(here.span[1], here.span[0] + 1));
  },
});

function drawKeys() {
  for (const node of document.querySelectorAll("[data-key]")) {
    node.title = `${t(`key_${node.dataset.key}`)} (${shown(keys.bindings[node.dataset.key])})`;
  }
  $("play").title = `${t("key_play")} (${shown(keys.bindings.play)})`;
  $("back").textContent = "−3";
  $("ahead").textContent = "+3";
  $("back").setAttribute("aria-label", t("back"));
  $("ahead").setAttribute("aria-label", t("ahead"));
}
keys.changed = drawKeys;

// Choices

function drawAll() {
  localise();
  drawTabs();
  drawState();
  drawKeys();
  redrawControls();
  player.dispatchEvent(new Event("info"));
  transcript.redraw();
  waveform.redraw();
  drawPanel();
}

function setTheme() {
  const wanted = preferences.get("theme", "auto");
  const night = wanted === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : wanted === "dark";
  document.documentElement.dataset.theme = night ? "dark" : "light";
}

$("language").value = document.documentElement.lang;
$("language").onchange = () => {
  choose($("language").value);
  preferences.set("language", $("language").value);
  drawAll();
};
$("theme").value = preferences.get("theme", "auto");
$("theme").onchange = () => {
  preferences.set("theme", $("theme").value);
  setTheme();
  drawAll();
};
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  setTheme();
  drawAll();
});
for (const [id, otherwise] of [["follow", true], ["autopause", true]]) {
  $(id).checked = preferences.get(id, otherwise);
  $(id).onchange = () => preferences.set(id, $(id).checked);
}
$("undo").onclick = undo;
$("redo").onclick = redo;
$("loop").onclick = loop;
$("show-keys").onclick = () => keys.dialog();
$("take").onclick = () => arrive({ take: true });

// Leaving: what is typed goes first.
addEventListener("visibilitychange", () => document.hidden && typing.flush());
addEventListener("pagehide", () => {
  typing.flush();
  post("/api/desk", { desk: deskId, leave: true }, { keepalive: true }).catch(() => {});
});
addEventListener("beforeunload", (event) => {
  if (editor.open > 0 && editor.offline) event.preventDefault();
});

// Opening

setTheme();
$("title").textContent = record.name;
document.title = `${record.name} · Hattama`;
transcript.writable = false;
store.load(record);
doubts.mark();
redrawControls = controls(player, clock, preferences);
drawAll();
document.documentElement.dataset.ready = "yes";
await arrive();
setInterval(arrive, PING_MS);
if (editor.writable) {
  const { found, lost } = typing.recover();
  if (found) say(t("recovered"));
  for (const text of lost) say(t("lost_turn", { text }));
}
const place = preferences.get(`place-${record.media.sha256.slice(0, 12)}`, 0);
if (place) {
  player.wanted = place;
  player.video.addEventListener("loadedmetadata", () => player.seek(place), { once: true });
  transcript.show(store.segments[Math.max(0, store.at(place))]?.id);
}
setInterval(() => {
  const key = `place-${record.media.sha256.slice(0, 12)}`;
  if (Math.abs(player.time - preferences.get(key, 0)) > 2) preferences.set(key, Math.round(player.time));
}, 3000);
player.addEventListener("info", () => player.info.ready && !waveform.peaks.length && waveform.load());
player.start();

// For the browser tests and for the benchmark.
globalThis.hattama = { store, editor, player, transcript, typing, clock, preferences, textOf };
