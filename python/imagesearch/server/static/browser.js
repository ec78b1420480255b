"use strict";
// Matches or groups: filters, the list, and the details of the selected one. Shared by the server's page and the report of
// the command. What it shows is a model {noun, names, whole, sections: [{title, note, error, rows: […]}]}; a row has the fields of a
// match as JSON (camelCase), `small` and `large` (references of images), and `first`: the image it was found with, with the same two.

const amount = (price) => (price && Number.isFinite(Number(price.amount)) ? Number(price.amount) : null);
const earliest = (backlinks) => backlinks?.map((one) => one.crawlDate).filter(Boolean).sort()[0] ?? null;

/** The sort keys of rows: the value, and whether the greatest comes first. */
const ORDERS = {
  confidence: ["Confidence", (row) => row.confidence, true],
  score: ["Score", (row) => row.score, true],
  overlap: ["Overlap with the query", (row) => row.queryOverlap, true],
  pixels: ["Pixels", (row) => (row.width && row.height ? row.width * row.height : null), true],
  fileSize: ["File size", (row) => row.fileSize, true],
  price: ["Price, lowest first", (row) => amount(row.price), false],
  date: ["Date, earliest first", (row) => row.exifDate || earliest(row.backlinks), false],
  name: ["Name", (row) => row.title, false],
};

/** The sort keys of groups. */
const GROUP_ORDERS = {
  members: ["Number of images", (section) => section.rows.filter((row) => !row.isRelated).length, true],
  freed: ["Bytes that copies take", (section) => section.freed, true],
  confidence: ["Least certain first", (section) => Math.min(...section.rows.map((row) => row.confidence ?? 1)), false],
};

/** Sorts by one of these; rows without a value come last. */
function sorted(values, [, value, isDescending]) {
  const compared = (a, b) => (a < b ? -1 : a > b ? 1 : 0) * (isDescending ? -1 : 1);
  return values
    .map((one) => [one, value(one)])
    .sort(([, a], [, b]) => (isGiven(a) ? 0 : 1) - (isGiven(b) ? 0 : 1) || compared(a, b))
    .map(([one]) => one);
}

/** A match with its title in the list: the last part of a file's path, the title of an offer, the site of a page. */
function rowOf(match, index) {
  const [path, last] = match.itemID ? parts(match.itemID) : ["", ""];
  const own = match.imageName && ![last, match.itemID, "image"].includes(match.imageName) ? parts(match.imageName)[1] : "";
  const name = [last, own === last ? "" : own].filter(Boolean).join(" · ");
  const title = match.title || name || match.domain || match.imageURL || `Match ${index + 1}`;
  return { ...match, title, path: match.title ? "" : path };
}

/** A group in the list: the image to keep first, then its copies, then images related to it. */
function groupSection(members, related, index) {
  const row = (member, isRelated, keep) => ({ ...rowOf(member, 0), first: members[0], keep, isRelated });
  const freed = members.slice(1).reduce((sum, member) => sum + (member.fileSize || 0), 0);
  const beside = related.length ? `, ${number(related.length)} related` : "";
  return {
    title: `Group ${number(index + 1)}`,
    note: `${count(members.length, "image")}${beside} · copies take ${bytes(freed)}`,
    freed,
    rows: [...members.map((one, place) => row(one, false, place === 0)), ...related.map((one) => row(one, true, false))],
  };
}

function groupsModel(sections) {
  return { label: "Groups of copies", noun: "image", names: ["Kept image", "Copy"], whole: true, sections };
}

class Browser {
  /** @param show see Stage */
  constructor(show) {
    this.show = show;
    const draw = (entry, element) => (entry.row ? this.draw(entry.row, element) : this.head(entry.heading, element));
    this.rows = new Rows("Results", draw, (row) => this.choose(row), () => this.enter());
    this.detail = new Detail(show);
    this.search = make("input", { type: "search", id: "filter", placeholder: "Name, site, category …", autocomplete: "off" });
    this.search.spellcheck = false;
    const legend = make("legend", { className: "unseen", textContent: "Relations to show" });
    this.relations = make("fieldset", { className: "chips" }, legend);
    this.least = make("input", { type: "range", min: "0", max: "100", value: "0", id: "least" });
    this.leastText = make("output", { htmlFor: "least", textContent: "any" });
    this.section = make("select", { id: "section" });
    this.order = make("select", { id: "order" });
    this.status = make("p", { className: "status", role: "status" });
    const field = (text, ...controls) => make("label", { className: "field" }, make("span", { textContent: text }), ...controls);
    this.sectionField = field("Show", this.section);
    this.leastField = field("Confidence from", this.least, this.leastText);
    this.orderField = field("Sort by", this.order);
    const properties = { className: "filters", role: "search", "aria-label": "Filter and sort" };
    this.filters = make("form", properties, field("Find", this.search), this.relations, this.leastField, this.sectionField);
    this.filters.addEventListener("submit", (event) => event.preventDefault());
    this.filters.addEventListener("input", () => this.apply());
    this.order.addEventListener("input", () => this.apply());
    const above = make("div", { className: "above" }, this.status, this.orderField);
    this.side = make("div", { className: "side" }, above, this.rows.element);
    const split = make("div", { className: "split" }, this.side, this.detail.element);
    this.element = make("div", { className: "browser" }, this.filters, split);
    this.rows.inner.addEventListener("click", () => {
      if (matchMedia("(max-width: 60rem)").matches) this.enter();
    });
    this.detail.back.addEventListener("click", () => this.leave());
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.detail.element.contains(event.target)) this.leave();
    });
  }

  open(model) {
    this.model = model;
    this.rows.element.setAttribute("aria-label", model.label);
    this.detail.name(model.names);
    const all = model.sections.flatMap((section) => section.rows);
    this.all = all.length;
    for (const row of all) {
      const texts = [row.title, row.path, row.domain, row.category, row.customContent, row.format, row.sha256];
      row.text = texts.filter(Boolean).join("\n").toLowerCase();
    }
    this.offerRelations(all);
    this.least.value = 0;
    this.leastField.hidden = !all.some((row) => isGiven(row.confidence));
    const option = (value, text) => make("option", { value, textContent: visible(text) });
    const titles = model.sections.map((section, index) => option(index, section.title));
    this.section.replaceChildren(option("", "Everything"), ...titles);
    this.sectionField.hidden = model.whole || model.sections.length < 2;
    this.order.replaceChildren(option("", model.whole ? "As found" : "As the service ranks"));
    for (const [name, [text, value]] of Object.entries(model.whole ? GROUP_ORDERS : ORDERS)) {
      if (model.whole || all.some((row) => isGiven(value(row)))) this.order.append(option(name, text));
    }
    this.filters.hidden = this.orderField.hidden = this.all < 2;
    this.side.hidden = model.alone === true;
    this.apply();
  }

  /** A checkbox for each relation that occurs, the known ones in their order. */
  offerRelations(rows) {
    const counts = new Map();
    for (const row of rows) if (row.relation && !row.keep) counts.set(row.relation, (counts.get(row.relation) || 0) + 1);
    const unknown = [...counts.keys()].filter((one) => !Object.hasOwn(RELATIONS, one));
    const boxes = [...Object.keys(RELATIONS), ...unknown].filter((one) => counts.has(one)).map((name) => {
      const box = make("input", { type: "checkbox", checked: true, value: name });
      return make("label", {}, box, badge(name), make("span", { className: "number", textContent: number(counts.get(name)) }));
    });
    this.relations.replaceChildren(this.relations.firstElementChild, ...boxes);
    this.relations.hidden = counts.size < 2;
  }

  /** Filters and sorts; sections stay separate, because scores of two services are not comparable. */
  apply() {
    if (!this.model) return;
    const { whole, sections } = this.model;
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const off = new Set([...this.relations.querySelectorAll("input:not(:checked)")].map((box) => box.value));
    const least = this.least.value / 100;
    this.leastText.textContent = least > 0 ? `${this.least.value} %` : "any";
    this.least.setAttribute("aria-valuetext", this.leastText.textContent);
    const isFiltered = words.length > 0 || off.size > 0 || least > 0;
    const passes = (row) => {
      if (off.has(row.relation) || (least > 0 && (row.confidence ?? 0) < least)) return false;
      return words.every((word) => row.text.includes(word));
    };
    // A group is shown completely if one of its copies passes; the image that they are copies of has no relation.
    const isWanted = (rows) => rows.some((row) => passes(row) && !(row.keep && (off.size > 0 || least > 0)));
    const order = this.order.value && (whole ? GROUP_ORDERS : ORDERS)[this.order.value];
    const wanted = this.section.value === "" ? sections : [sections[this.section.value]];
    const entries = [];
    let shown = 0, groups = 0;
    for (const section of whole && order ? sorted(wanted, order) : wanted) {
      let rows = section.rows;
      if (whole) rows = !isFiltered || isWanted(rows) ? rows : [];
      else rows = order ? sorted(rows.filter(passes), order) : rows.filter(passes);
      shown += rows.length;
      if (rows.length === 0 && isFiltered) continue;
      groups += 1;
      if (this.model.headings !== false) entries.push({ heading: section });
      for (const row of rows) entries.push({ row });
    }
    const [some, all, noun] = whole ? [groups, sections.length, "group"] : [shown, this.all, this.model.noun];
    this.status.textContent = some === all ? count(all, noun) : `${number(some)} of ${count(all, noun)}`;
    this.rows.set(entries);
  }

  /** A section's heading. */
  head(section, element) {
    if (section.image) {
      const img = make("img", { alt: "", decoding: "async" });
      this.show(img, section.image);
      element.append(img);
    }
    const note = make("span", { className: section.error ? "bad" : "", textContent: visible(section.error || section.note || "") });
    element.append(make("strong", { textContent: visible(section.title) }), note);
    // Text that does not fit is shown as a tooltip.
    element.title = visible([section.title, section.error || section.note].filter(Boolean).join(" – "));
  }

  /** One row. */
  draw(row, element) {
    const image = make("span", { className: "thumbnail" });
    if (row.small) {
      const img = make("img", { alt: "", decoding: "async", draggable: false });
      this.show(img, row.small);
      image.append(img);
    } else {
      image.append(make("span", { className: "none", textContent: "no image" }));
    }
    const site = row.path || row.domain === row.title ? null : row.domain;
    const facts = [row.path, site, pixels(row.width, row.height), bytes(row.fileSize)].filter(Boolean).map((one) => quoted(one));
    const what = make("span", { className: "what" }, quoted(row.title, "title"), make("span", { className: "facts" }, ...facts));
    element.append(image, what, make("span", { className: "how" }, ...this.how(row)));
    if (row.serviceName) element.append(make("span", { className: "unseen", textContent: visible(`, ${row.serviceName}`) }));
  }

  /** The relation of a row to the query: its relation or its price, and its confidence and score. */
  how(row) {
    if (row.keep) return [badge("keep")];
    const price = row.price ? `${row.price.amount} ${row.price.currency}` : null;
    const measures = [
      isGiven(row.confidence) ? certainty(row.confidence) : null,
      isGiven(row.score) ? `score ${score(row.score)}` : null,
      row.relation ? price : null,
      row.details?.moq ? `from ${row.details.moq}` : null,
    ];
    const first = row.relation ? badge(row.relation) : price ? quoted(price, "price") : "";
    return [first, make("span", { className: "measure", textContent: visible(measures.filter(Boolean).join(" · ")) })];
  }

  choose(row) {
    this.detail.open(row, this.model);
  }

  enter() {
    this.element.classList.add("entered");
    this.detail.element.focus();
  }

  leave() {
    this.element.classList.remove("entered");
    this.rows.element.focus();
  }
}
