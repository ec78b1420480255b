"use strict";
// A virtual list of any length: only visible entries are in the document. Shared by the server's page and the report of the command.

const ROW = 88;
const HEADING = 60;
/** Pixels above and below the visible part that are rendered ahead. */
const AHEAD = 600;

class Rows {
  /**
   * @param label accessible name of the list
   * @param draw creates the content of an entry: (entry, element)
   * @param choose is called with the selected entry, or null
   * @param enter is called when the user opens the selected entry
   */
  constructor(label, draw, choose, enter) {
    this.draw = draw;
    this.choose = choose;
    this.enter = enter;
    this.inner = make("div", { className: "inner", role: "presentation" });
    this.element = make("div", { className: "rows", role: "listbox", tabIndex: 0, "aria-label": label }, this.inner);
    this.made = new Map();
    this.entries = [];
    this.offsets = [0];
    this.chosen = -1;
    this.element.addEventListener("scroll", () => this.schedule(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.inner.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.select(Number(row.dataset.index));
    });
    new ResizeObserver(() => this.schedule()).observe(this.element);
  }

  /** Replaces the entries: {heading} or {row}. Keeps the selection if the same row still exists, otherwise selects the first. */
  set(entries) {
    const before = this.entries[this.chosen]?.row;
    this.entries = entries;
    this.offsets = new Float64Array(entries.length + 1);
    this.places = new Int32Array(entries.length);
    let place = 0, found = -1, first = -1;
    entries.forEach((entry, index) => {
      this.offsets[index + 1] = this.offsets[index] + (entry.row ? ROW : HEADING);
      if (!entry.row) return;
      this.places[index] = ++place;
      if (first < 0) first = index;
      if (entry.row === before) found = index;
    });
    this.total = place;
    this.inner.style.height = `${this.offsets[entries.length]}px`;
    for (const element of this.made.values()) element.remove();
    this.made.clear();
    if (found < 0) this.element.scrollTop = 0;
    this.select(found < 0 ? first : found, false);
    this.render();
  }

  schedule() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => { this.pending = 0; this.render(); });
  }

  /** The entry at a distance from the list's top. */
  at(distance) {
    let low = 0, high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offsets[middle + 1] <= distance) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  render() {
    const top = this.element.scrollTop, height = this.element.clientHeight;
    const begin = this.at(Math.max(0, top - AHEAD)), end = Math.min(this.entries.length, this.at(top + height + AHEAD) + 1);
    for (const [index, element] of this.made) {
      if ((index < begin || index >= end) && index !== this.chosen) { element.remove(); this.made.delete(index); }
    }
    for (let index = begin; index < end; index++) this.put(index);
    if (this.chosen >= 0) this.put(this.chosen);
  }

  put(index) {
    if (this.made.has(index)) return;
    const entry = this.entries[index];
    const [className, role] = entry.row ? ["row", "option"] : ["heading", "presentation"];
    const element = make("div", { className, role, id: `row-${index}`, "data-index": index });
    element.style.transform = `translateY(${this.offsets[index]}px)`;
    if (entry.row) {
      element.setAttribute("aria-selected", String(index === this.chosen));
      element.setAttribute("aria-posinset", this.places[index]);
      element.setAttribute("aria-setsize", this.total);
    }
    this.draw(entry, element);
    this.made.set(index, element);
    // The order in the document is that of the list, for screen readers.
    const next = [...this.inner.children].find((other) => Number(other.dataset.index) > index);
    this.inner.insertBefore(element, next || null);
  }

  select(index, scroll = true) {
    this.made.get(this.chosen)?.setAttribute("aria-selected", "false");
    this.chosen = index;
    if (index < 0) {
      this.element.removeAttribute("aria-activedescendant");
      this.choose(null);
      return;
    }
    this.put(index);
    this.made.get(index).setAttribute("aria-selected", "true");
    this.element.setAttribute("aria-activedescendant", `row-${index}`);
    if (scroll) this.reveal(index);
    this.choose(this.entries[index].row);
  }

  reveal(index) {
    // With its heading, if it is the first row below one.
    const top = this.offsets[index > 0 && !this.entries[index - 1].row ? index - 1 : index], bottom = this.offsets[index + 1];
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (bottom > this.element.scrollTop + this.element.clientHeight) this.element.scrollTop = bottom - this.element.clientHeight;
  }

  /** The row `steps` rows away. */
  step(steps) {
    let index = this.chosen;
    for (let left = Math.abs(steps); left > 0;) {
      let next = index + Math.sign(steps);
      while (next >= 0 && next < this.entries.length && !this.entries[next].row) next += Math.sign(steps);
      if (next < 0 || next >= this.entries.length) break;
      index = next;
      left -= 1;
    }
    return index;
  }

  key(event) {
    if (this.chosen < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1);
    const all = this.entries.length;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -all, End: all }[event.key];
    if (steps !== undefined) this.select(this.step(steps));
    else if (event.key === "Enter") this.enter();
    else return;
    event.preventDefault();
  }
}
