// What the clerk chose; the server keeps it for the next day.

import { get, put } from "./api.js";
import { later } from "./dom.js";

export class Preferences {
  async load() {
    this.values = (await get("/api/preferences").catch(() => ({ values: {} }))).values;
  }

  get(key, otherwise) {
    return this.values[key] ?? otherwise;
  }

  set(key, value) {
    this.values[key] = value;
    this.#save();
  }

  #save = later(400, () => put("/api/preferences", { values: this.values }).catch(() => {}));
}
