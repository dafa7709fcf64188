// The recording: one clock in media time over the video, or over the decoded sound.

import { $, later } from "./dom.js";
import { t } from "./i18n.js";
import { get, post } from "./api.js";
import { Picture } from "./picture.js";

const POLL_MS = 700;
const DRIFT_S = 0.12;
export const SPEEDS = [0.5, 0.6, 0.75, 0.85, 1, 1.15, 1.3, 1.5, 1.75, 2];

export class Player extends EventTarget {
  constructor(clock) {
    super();
    this.clock = clock;
    this.video = $("video");
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.master = this.video;
    this.picture = new Picture(this.video, () => this.playing);
    this.offset = 0;
    this.loop = null;
    this.until = null;
    this.info = { ready: false, share: 0 };
    for (const element of [this.video, this.audio]) {
      element.preservesPitch = true;
      for (const name of ["play", "pause", "seeked", "timeupdate", "loadedmetadata"]) {
        element.addEventListener(name, () => element === this.master && this.#moved(name));
      }
    }
    this.video.addEventListener("error", () => this.#fallBack());
  }

  async start() {
    if (this.asking) return;
    this.asking = true;
    do {
      if (this.started) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      this.info = await get("/api/sound").catch(() => this.info);
      if (!this.started && this.info.media) this.#choose();
      if (this.info.made) this.picture.update(this.info.made);
      this.dispatchEvent(new Event("info"));
    } while (this.#unfinished());
    this.asking = false;
  }

  #unfinished() {
    const { media, ready, fault, made } = this.info;
    return media && !fault && (!ready || ["waiting", "making"].includes(made.state));
  }

  #choose() {
    this.started = true;
    this.offset = this.info.offset;
    if (this.info.picture) this.video.src = "/media";
    else this.video.classList.add("none");
    this.use(this.info.sound ? "media" : "mix");
    if (this.info.sound && !this.info.picture) this.video.src = "/media";
  }

  // The browser cannot play what it seemed to be able to: the decoded sound can always be played,
  // and a picture be made.
  async #fallBack() {
    if (!this.video.getAttribute("src")) return;
    if (this.picture.shown !== null) {
      this.picture.failed();
      return;
    }
    this.video.removeAttribute("src");
    this.info.picture = false;
    this.info.sound = false;
    if (this.kind === "media") this.use("mix");
    this.info.made = await post("/api/picture").catch(() => this.info.made);
    this.start();
  }

  // Which sound is heard: `media`, `mix`, or the number of a channel.
  use(kind) {
    const time = this.time;
    const playing = this.playing;
    this.pause();
    this.kind = kind;
    if (kind === "media") {
      this.master = this.video;
      this.video.muted = false;
      this.audio.removeAttribute("src");
    } else {
      this.master = this.audio;
      this.video.muted = true;
      this.#loadSound(kind);
    }
    if (time) this.seek(time);
    if (playing) this.play();
    this.dispatchEvent(new Event("info"));
  }

  async #loadSound(kind) {
    while (!this.info.ready && this.kind === kind && !this.info.fault) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    if (this.kind !== kind || this.info.fault) return;
    const time = this.wanted ?? 0;
    this.audio.src = kind === "mix" ? "/sound/mix.wav" : `/sound/${kind}.wav`;
    this.audio.currentTime = time;
  }

  get shift() {
    return this.master === this.video ? this.offset : 0;
  }

  get time() {
    return Math.max(0, this.master.currentTime - this.shift);
  }

  get playing() {
    return !this.master.paused;
  }

  seek(seconds) {
    const time = Math.max(0, seconds);
    this.wanted = time;
    this.master.currentTime = time + this.shift;
    if (this.picture.on) this.picture.show(time);
    else if (this.master === this.audio && this.video.readyState) {
      this.video.currentTime = time + this.offset;
    }
    this.#moved("seek");
  }

  step(seconds) {
    this.seek(this.time + seconds);
  }

  play(until = null) {
    this.until = until;
    if (this.loop && (this.time < this.loop.start || this.time >= this.loop.end)) {
      this.seek(this.loop.start);
    }
    if (this.picture.on) this.picture.play();
    else if (this.master === this.audio && this.info.picture) this.video.play().catch(() => {});
    this.master.play().catch(() => {});
    requestAnimationFrame(() => this.#frame());
  }

  pause() {
    this.until = null;
    this.master.pause();
    if (this.master === this.audio) this.video.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  set speed(value) {
    for (const element of [this.video, this.audio]) {
      element.defaultPlaybackRate = value;
      element.playbackRate = value;
    }
  }

  get speed() {
    return this.master.playbackRate;
  }

  setLoop(span) {
    this.loop = span;
    this.dispatchEvent(new Event("loop"));
  }

  #frame() {
    if (!this.playing) return;
    const time = this.time;
    if (this.until !== null && time >= this.until) {
      this.pause();
    } else if (this.loop && time >= this.loop.end) {
      this.seek(this.loop.start);
    }
    if (this.picture.on) this.picture.show(time);
    else if (this.master === this.audio && this.info.picture) this.#follow();
    this.dispatchEvent(new Event("time"));
    requestAnimationFrame(() => this.#frame());
  }

  // The silent picture keeps up with the sound.
  #follow() {
    const wanted = this.audio.currentTime + this.offset;
    if (!this.video.seeking && Math.abs(this.video.currentTime - wanted) > DRIFT_S) {
      this.video.currentTime = wanted;
    }
  }

  #moved(name) {
    if (name === "play" || name === "pause") this.dispatchEvent(new Event("state"));
    this.dispatchEvent(new Event("time"));
  }
}

// The controls beside the picture.
export function controls(player, clock, preferences) {
  const field = $("timecode");
  let typing = false;
  const draw = () => {
    $("play").textContent = t(player.playing ? "pause" : "play");
    if (!typing) field.value = clock.timecode(player.time);
  };
  player.addEventListener("time", draw);
  player.addEventListener("state", draw);
  $("play").onclick = () => player.toggle();
  $("back").onclick = () => player.step(-3);
  $("ahead").onclick = () => player.step(3);
  field.addEventListener("focus", () => {
    typing = true;
    field.select();
  });
  field.addEventListener("blur", () => {
    typing = false;
    field.setCustomValidity("");
    draw();
  });
  field.addEventListener("input", () => field.setCustomValidity(""));
  $("goto").addEventListener("submit", (event) => {
    event.preventDefault();
    const seconds = clock.seconds(field.value);
    if (seconds === null || seconds > player.duration) {
      field.setCustomValidity(t("bad_timecode"));
      field.reportValidity();
      return;
    }
    typing = false;
    player.seek(seconds);
    player.dispatchEvent(new Event("jump"));
    field.select();
    typing = true;
  });
  const speed = $("speed");
  for (const value of SPEEDS) speed.add(new Option(`${value}×`, value));
  speed.value = preferences.get("speed", 1);
  player.speed = Number(speed.value);
  speed.onchange = () => {
    player.speed = Number(speed.value);
    preferences.set("speed", Number(speed.value));
  };
  $("source").onchange = () => player.use($("source").value);
  player.addEventListener("info", later(0, () => describe(player)));
  draw();
  return draw;
}

function describe(player) {
  const { info } = player;
  if (info.media === undefined) return;
  const source = $("source");
  const options = [];
  if (info.sound) options.push(["media", t("media")]);
  options.push(["mix", t("mix")]);
  for (let i = 1; info.channels > 1 && i <= info.channels; i += 1) {
    options.push([String(i), t("channel", { number: i })]);
  }
  source.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  source.value = player.kind ?? "mix";
  source.disabled = !info.media;
  const note = $("sound-note");
  const share = Math.round(info.share * 100);
  if (!info.media) note.textContent = info.fault || t("no_media");
  else if (info.fault) note.textContent = info.fault;
  else if (!info.ready) note.textContent = t("preparing", { share });
  else if (["waiting", "making"].includes(info.made.state)) note.textContent = t("picture_making", { share: Math.round(100 * info.made.share) });
  else if (info.made.fault) note.textContent = info.made.fault;
  else note.textContent = info.other ? t("other_media") : "";
  note.hidden = !note.textContent;
  $("video").classList.toggle("none", !info.picture && !player.picture.on);
}
