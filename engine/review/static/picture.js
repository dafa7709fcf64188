// The picture that is made where the browser cannot show the recording's own: silent, it follows
// the sound. Pieces of it are shown while it is in the making, one file once it is there.

const AGAIN_MS = 1200;
const DRIFT_S = 0.15;

export class Picture {
  constructor(video, playing) {
    this.video = video;
    this.playing = playing;
    this.made = { state: "none", share: 0, piece: 0 };
    this.shown = null;
    this.wanted = null;
    this.time = 0;
  }

  get on() {
    return ["waiting", "making", "ready"].includes(this.made.state);
  }

  update(made) {
    this.made = made;
    if (this.on) this.show(this.time);
  }

  // Show a moment; what is not made yet is asked for, and made next.
  show(time) {
    this.time = time;
    const { state, piece } = this.made;
    if (state !== "ready" && !piece) return;
    const wanted = state === "ready" ? "whole" : Math.floor(time / piece);
    if (wanted !== this.shown) this.#load(wanted);
    else this.#keepUp();
  }

  #keepUp() {
    const { video } = this;
    const place = this.time - this.#start();
    if (video.readyState && !video.seeking && Math.abs(video.currentTime - place) > DRIFT_S) {
      video.currentTime = place;
    }
  }

  #start() {
    return this.shown === "whole" ? 0 : this.shown * this.made.piece;
  }

  async #load(wanted) {
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    const path = wanted === "whole" ? "/picture.webm" : `/picture/${wanted}.webm`;
    for (;;) {
      const answer = await fetch(path, { method: "HEAD" }).catch(() => null);
      if (this.wanted !== wanted) return;
      if (answer?.ok) break;
      if (answer?.status === 404) return; // no such piece: the picture ends before the sound
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      if (this.wanted !== wanted) return;
    }
    this.shown = wanted;
    this.wanted = null;
    this.video.muted = true;
    this.video.src = path;
    this.video.addEventListener("loadedmetadata", () => this.#keepUp(), { once: true });
    if (this.playing()) this.play();
  }

  play() {
    if (this.shown !== null) this.video.play().catch(() => {});
  }

  failed() {
    this.made = { ...this.made, state: "failed" };
    this.video.removeAttribute("src");
  }
}
