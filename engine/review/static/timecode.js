// SMPTE timecode, as hattama.engine.timecode counts it.

const RATES = {
  "23.976": [24000, 1001], "24": [24, 1], "25": [25, 1], "29.97": [30000, 1001],
  "29.97df": [30000, 1001], "30": [30, 1], "47.952": [48000, 1001], "48": [48, 1], "50": [50, 1],
  "59.94": [60000, 1001], "59.94df": [60000, 1001], "60": [60, 1],
};

export class Clock {
  constructor(info) {
    const [num, den] = RATES[info.rate] ?? [Math.round(parseFloat(info.rate)), 1];
    this.num = num;
    this.den = den;
    this.drop = info.rate.endsWith("df");
    this.nominal = Math.round(num / den);
    this.dropped = this.drop ? Math.floor(this.nominal / 15) : 0;
    this.day = 24 * 60 * 60 * this.nominal - 144 * 9 * this.dropped;
    this.start = this.frames(info.start_timecode);
  }

  timecode(seconds) {
    // A time within a thousandth of a frame before it counts as on it.
    return this.label(this.start + Math.floor((seconds * this.num) / this.den + 0.001));
  }

  // Media time of a typed timecode; null where it is none. "1:05" means minutes and seconds.
  seconds(text) {
    const frames = this.frames(text);
    if (frames === null) return null;
    const rest = (((frames - this.start) % this.day) + this.day) % this.day;
    return (rest * this.den) / this.num;
  }

  label(frames) {
    let number = ((frames % this.day) + this.day) % this.day;
    if (this.drop) {
      const minute = 60 * this.nominal - this.dropped;
      const ten = 10 * minute + this.dropped;
      const tens = Math.floor(number / ten);
      const minutes = Math.floor(Math.max((number % ten) - this.dropped, 0) / minute);
      number += this.dropped * (9 * tens + minutes);
    }
    const seconds = Math.floor(number / this.nominal);
    const two = (value) => String(value).padStart(2, "0");
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return parts.map(two).join(":") + (this.drop ? ";" : ":") + two(number % this.nominal);
  }

  frames(text) {
    const match = /^(\d{1,2})[:.](\d{2})[:.](\d{2})(?:[:;.,](\d{2,3}))?$/.exec(text.trim());
    if (!match) return null;
    const [hours, minutes, seconds] = match.slice(1, 4).map(Number);
    const leftOut = minutes % 10 ? this.dropped : 0;
    let frame = Number(match[4] ?? 0);
    if (match[4] === undefined && seconds === 0) frame = leftOut;
    if (hours > 23 || minutes > 59 || seconds > 59 || frame >= this.nominal) return null;
    if (seconds === 0 && frame < leftOut) return null;
    const total = hours * 60 + minutes;
    const numbers = (total * 60 + seconds) * this.nominal + frame;
    return numbers - this.dropped * (total - Math.floor(total / 10));
  }
}
