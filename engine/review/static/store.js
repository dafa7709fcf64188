// The record on the page: it changes by the server's patches alone.

export const BREAK = /[^\S\u202f]+/;

export class Store extends EventTarget {
  load(record) {
    this.record = record;
    this.version = record.version;
    this.state = record.state;
    this.segments = record.segments;
    this.speakers = record.speakers;
    this.canUndo = record.can_undo;
    this.canRedo = record.can_redo;
    this.#index();
    this.dispatchEvent(new Event("load"));
  }

  #index() {
    this.places = new Map(this.segments.map((segment, i) => [segment.id, i]));
    this.order = new Map(this.speakers.map((speaker, i) => [speaker.id, i]));
  }

  apply(answer) {
    const changes = [];
    for (const patch of answer.patches ?? []) {
      let shift = 0;
      for (const { at, remove, insert } of patch.splices) {
        this.segments.splice(at + shift, remove, ...insert);
        changes.push({ at: at + shift, remove, insert: insert.length });
        shift += insert.length - remove;
      }
      if (patch.speakers) this.speakers = patch.speakers;
      if (patch.state) this.state = patch.state;
    }
    const speakers = (answer.patches ?? []).some((patch) => patch.speakers);
    const moved = changes.some((change) => change.remove !== change.insert);
    this.version = answer.version;
    this.state = answer.state;
    this.canUndo = answer.can_undo;
    this.canRedo = answer.can_redo;
    if (moved || speakers) this.#index();
    this.dispatchEvent(new CustomEvent("change", { detail: { changes, speakers, moved } }));
    return changes;
  }

  segment(id) {
    return this.segments[this.places.get(id)];
  }

  index(id) {
    return this.places.get(id);
  }

  speaker(id) {
    return this.speakers[this.order.get(id)];
  }

  number(id) {
    return this.order.get(id) ?? -1;
  }

  // Index of the turn that is heard at a media time: the last one that has begun.
  at(seconds) {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.segments[middle].start <= seconds) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // Doubts that are left, in the order of the record.
  doubts() {
    const found = [];
    for (const segment of this.segments) {
      if (unsure(segment.doubts)) found.push({ segment: segment.id, word: null });
      segment.words.forEach((word, i) => {
        if (unsure(word[6])) found.push({ segment: segment.id, word: i });
      });
    }
    return found;
  }
}

// That others speak at the same time is a fact and no doubt.
export const unsure = (doubts) => Boolean(doubts?.some((doubt) => doubt !== "overlap"));

export const textOf = (segment) => segment.words.map((word) => word[0]).join(" ");

export const wordsOf = (text) => text.split(BREAK).filter(Boolean);
