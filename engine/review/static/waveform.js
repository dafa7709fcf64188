// The waveform and the lanes of speakers below it.

import { $ } from "./dom.js";
import { colour, dark, fill } from "./look.js";

const WINDOW_S = 40;
const LANE_PX = 9;

export class Waveform {
  constructor(store, player, clock) {
    this.store = store;
    this.player = player;
    this.clock = clock;
    this.detail = $("detail");
    this.overview = $("overview");
    this.peaks = new Uint8Array();
    this.rate = 50;
    this.patterns = new Map();
    const redraw = () => this.#soon();
    player.addEventListener("time", redraw);
    player.addEventListener("loop", redraw);
    store.addEventListener("change", redraw);
    new ResizeObserver(() => {
      this.shape = null;
      redraw();
    }).observe(this.detail);
    this.#mouse();
    this.#keys();
  }

  async load() {
    const answer = await fetch("/api/peaks");
    if (answer.ok) this.peaks = new Uint8Array(await answer.arrayBuffer());
    this.rate = this.player.info.peaks_a_second;
    this.redraw();
  }

  redraw() {
    this.patterns.clear();
    this.shape = null;
    this.#soon();
  }

  #soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.#draw();
    });
  }

  get #duration() {
    return this.store.record.media.duration || 1;
  }

  #window() {
    const length = Math.min(WINDOW_S, this.#duration);
    const start = Math.max(0, Math.min(this.player.time - length / 3, this.#duration - length));
    return [start, length];
  }

  #size(canvas, height) {
    const scale = devicePixelRatio || 1;
    const width = canvas.clientWidth;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.height = `${height}px`;
      this.patterns.clear();
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    return [context, width];
  }

  #draw() {
    this.#drawDetail();
    this.#drawOverview();
    const wave = $("wave");
    wave.setAttribute("aria-valuemax", Math.round(this.#duration));
    wave.setAttribute("aria-valuenow", Math.round(this.player.time));
    wave.setAttribute("aria-valuetext", this.clock.timecode(this.player.time));
  }

  #drawDetail() {
    const lanes = this.store.speakers.length + 1;
    const wave = 56;
    const [context, width] = this.#size(this.detail, wave + lanes * LANE_PX + 6);
    const [start, length] = this.#window();
    this.#peaks(context, 0, wave, width, start, length);
    const x = (time) => ((time - start) / length) * width;
    const first = Math.max(0, this.store.at(start) - 30);
    for (let i = first; i < this.store.segments.length; i += 1) {
      const segment = this.store.segments[i];
      if (segment.start > start + length) break;
      if (segment.end < start) continue;
      const number = this.store.number(segment.speaker);
      const lane = number < 0 ? lanes - 1 : number;
      context.fillStyle = this.#pattern(context, number);
      const box = [x(segment.start), wave + 4 + lane * LANE_PX, Math.max(2, x(segment.end) - x(segment.start)), LANE_PX - 2];
      context.fillRect(...box);
      context.strokeStyle = colour(number);
      context.strokeRect(...box);
    }
    this.#span(context, this.player.loop, x, wave);
    this.#needle(context, x(this.player.time), wave + lanes * LANE_PX + 6);
  }

  #drawOverview() {
    const [context, width] = this.#size(this.overview, 22);
    if (!this.shape || this.shape.width !== this.overview.width) {
      this.#peaks(context, 0, 22, width, 0, this.#duration);
      this.shape = new OffscreenCanvas(this.overview.width, this.overview.height);
      this.shape.getContext("2d").drawImage(this.overview, 0, 0);
    } else {
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(this.shape, 0, 0);
      context.restore();
    }
    const [start, length] = this.#window();
    const x = (time) => (time / this.#duration) * width;
    context.strokeStyle = dark() ? "#e9eaea" : "#1b1d1f";
    context.strokeRect(x(start) + 0.5, 0.5, Math.max(3, x(length) - 1), 21);
    this.#needle(context, x(this.player.time), 22);
  }

  #peaks(context, top, height, width, start, length) {
    context.fillStyle = dark() ? "#8b939b" : "#7a828a";
    const middle = top + height / 2;
    for (let x = 0; x < width; x += 1) {
      const from = Math.floor((start + (x / width) * length) * this.rate);
      const to = Math.max(from + 1, Math.floor((start + ((x + 1) / width) * length) * this.rate));
      const step = Math.max(1, Math.floor((to - from) / 64));
      let loud = 0;
      for (let i = from; i < to; i += step) loud = Math.max(loud, this.peaks[i] ?? 0);
      const tall = Math.max(1, (Math.sqrt(loud / 255) * height) | 0);
      context.fillRect(x, middle - tall / 2, 1, tall);
    }
  }

  #pattern(context, number) {
    if (!this.patterns.has(number)) this.patterns.set(number, fill(context, number));
    return this.patterns.get(number);
  }

  #span(context, loop, x, height) {
    if (!loop) return;
    context.fillStyle = dark() ? "rgb(127 200 209 / .25)" : "rgb(20 96 106 / .18)";
    context.fillRect(x(loop.start), 0, x(loop.end) - x(loop.start), height);
  }

  #needle(context, x, height) {
    context.fillStyle = dark() ? "#ff9d92" : "#b3241a";
    context.fillRect(x - 1, 0, 2, height);
  }

  // A click jumps; a stroke over a passage loops it.
  #mouse() {
    const time = (event) => {
      const [start, length] = this.held;
      const box = this.detail.getBoundingClientRect();
      return start + ((event.clientX - box.left) / box.width) * length;
    };
    let from = null;
    this.detail.addEventListener("pointerdown", (event) => {
      this.held = this.#window();
      from = time(event);
      this.detail.setPointerCapture(event.pointerId);
    });
    this.detail.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const to = time(event);
      if (Math.abs(to - from) > 0.4) {
        this.player.setLoop({ start: Math.min(from, to), end: Math.max(from, to) });
        this.player.seek(Math.min(from, to));
      } else {
        this.player.setLoop(null);
        this.player.seek(to);
        this.player.dispatchEvent(new Event("jump"));
      }
      from = null;
    });
    this.overview.addEventListener("click", (event) => {
      const box = this.overview.getBoundingClientRect();
      this.player.seek(((event.clientX - box.left) / box.width) * this.#duration);
      this.player.dispatchEvent(new Event("jump"));
    });
  }

  #keys() {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: 30, PageDown: -30 };
    $("wave").addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key in steps) this.player.step(steps[event.key]);
      else if (event.key === "Home") this.player.seek(0);
      else if (event.key === "End") this.player.seek(this.#duration);
      else return;
      event.preventDefault();
      this.player.dispatchEvent(new Event("jump"));
    });
  }
}
