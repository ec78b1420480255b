"use strict";
// Matches or groups: filters, the list, and what there is to know about the chosen one. Shared by the server's page and the report of
// the command. What it shows is a model {noun, names, whole, sections: [{title, note, error, rows: […]}]}; a row has the fields of a
// match as JSON (camelCase), `small` and `large` (references of images), and `first`: what it was found with, with the same two.

/** What rows are sorted by: the value, and whether the greatest comes first. */
const ORDERS = {
  confidence: ["Confidence", (row) => row.confidence, true],
  score: ["Score", (row) => row.score, true],
  overlap: ["Overlap with the query", (row) => row.queryOverlap, true],
  pixels: ["Pixels", (row) => (row.width && row.height ? row.width * row.height : null), true],
  fileSize: ["File size", (row) => row.fileSize, true],
  price: ["Price, lowest first", (row) => (row.price && Number.isFinite(Number(row.price.amount)) ? Number(row.price.amount) : null), false],
  date: ["Date, earliest first", (row) => row.exifDate || row.backlinks?.map((one) => one.crawlDate).filter(Boolean).sort()[0] || null, false],
  name: ["Name", (row) => row.title, false],
};

/** What groups are sorted by. */
const GROUP_ORDERS = {
  members: ["Number of images", (section) => section.rows.filter((row) => !row.isRelated).length, true],
  freed: ["Bytes that copies take", (section) => section.freed, true],
  confidence: ["Least certain first", (section) => Math.min(...section.rows.map((row) => row.confidence ?? 1)), false],
};

/** A match as it came, with what the list calls it: a file by its last part, an offer by its title, a page by its site. */
function rowOf(match, index) {
  const [path, last] = match.itemID ? parts(match.itemID) : ["", ""];
  const own = match.imageName && ![last, match.itemID, "image"].includes(match.imageName) ? parts(match.imageName)[1] : "";
  const title = match.title || [last, own === last ? "" : own].filter(Boolean).join(" · ") || match.domain || match.imageURL || `Match ${index + 1}`;
  return { ...match, title, path: match.title ? "" : path };
}

/** Copies of each other as the list shows them, the one to keep first; images that are related to that one come last. */
function groupSection(members, related, index) {
  const row = (member, place, isRelated) => ({ ...rowOf(member, place), first: members[0], keep: place === 0 && !isRelated, isRelated });
  const freed = members.slice(1).reduce((sum, member) => sum + (member.fileSize || 0), 0);
  const note = `${count(members.length, "image")}${related.length ? `, ${number(related.length)} related` : ""} · copies take ${bytes(freed)}`;
  return { title: `Group ${number(index + 1)}`, note, freed, rows: [...members.map((one, place) => row(one, place, false)), ...related.map((one, place) => row(one, place, true))] };
}

function groupsModel(sections) {
  return { label: "Groups of copies", noun: "image", names: ["Kept image", "Copy"], whole: true, sections };
}

class Browser {
  /** @param show see Stage */
  constructor(show) {
    this.show = show;
    this.rows = new Rows("Results", (entry, element) => this.draw(entry, element), (row) => this.choose(row), () => this.enter());
    this.detail = new Detail(show);
    this.search = make("input", { type: "search", id: "filter", placeholder: "Name, site, category …", autocomplete: "off", spellcheck: false });
    this.relations = make("fieldset", { className: "chips" }, make("legend", { className: "unseen", textContent: "Relations to show" }));
    this.least = make("input", { type: "range", min: "0", max: "100", value: "0", id: "least" });
    this.leastText = make("output", { htmlFor: "least", textContent: "any" });
    this.section = make("select", { id: "section" });
    this.order = make("select", { id: "order" });
    this.status = make("p", { className: "status", role: "status" });
    const field = (text, control, extra) => make("label", { className: "field" }, make("span", { textContent: text }), control, extra);
    this.sectionField = field("Show", this.section);
    this.leastField = field("Confidence from", this.least, this.leastText);
    this.filters = make("form", { className: "filters", role: "search", "aria-label": "Filter and sort" },
      field("Find", this.search), this.relations, this.leastField, this.sectionField);
    this.filters.addEventListener("submit", (event) => event.preventDefault());
    this.filters.addEventListener("input", () => this.apply());
    this.order.addEventListener("input", () => this.apply());
    this.orderField = field("Sort by", this.order);
    this.side = make("div", { className: "side" }, make("div", { className: "above" }, this.status, this.orderField), this.rows.element);
    this.element = make("div", { className: "browser" }, this.filters, make("div", { className: "split" }, this.side, this.detail.element));
    this.rows.inner.addEventListener("click", () => { if (matchMedia("(max-width: 60rem)").matches) this.enter(); });
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
    for (const row of all) row.text = [row.title, row.path, row.domain, row.category, row.customContent, row.format, row.sha256].filter(Boolean).join("\n").toLowerCase();
    const counts = new Map();
    for (const row of all) if (row.relation && !row.keep) counts.set(row.relation, (counts.get(row.relation) || 0) + 1);
    this.relations.replaceChildren(this.relations.firstElementChild);
    for (const name of [...Object.keys(RELATIONS), ...[...counts.keys()].filter((one) => !Object.hasOwn(RELATIONS, one))]) {
      if (!counts.has(name)) continue;
      this.relations.append(make("label", {}, make("input", { type: "checkbox", checked: true, value: name }), badge(name), make("span", { className: "number", textContent: number(counts.get(name)) })));
    }
    this.relations.hidden = counts.size < 2;
    this.least.value = 0;
    this.leastField.hidden = !all.some((row) => isGiven(row.confidence));
    const titles = model.sections.map((section, index) => make("option", { value: index, textContent: visible(section.title) }));
    this.section.replaceChildren(make("option", { value: "", textContent: "Everything" }), ...titles);
    this.sectionField.hidden = model.whole || model.sections.length < 2;
    const orders = model.whole ? GROUP_ORDERS : ORDERS;
    this.order.replaceChildren(make("option", { value: "", textContent: model.whole ? "As found" : "As the service ranks" }));
    for (const [name, [text, value]] of Object.entries(orders)) {
      if (model.whole || all.some((row) => isGiven(value(row)))) this.order.append(make("option", { value: name, textContent: text }));
    }
    this.filters.hidden = this.orderField.hidden = this.all < 2;
    this.side.hidden = model.alone === true;
    this.apply();
  }

  /** Filters and sorts; sections stay apart, because scores of two services cannot be compared. */
  apply() {
    if (!this.model) return;
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const boxes = [...this.relations.querySelectorAll("input")];
    const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    const least = this.least.value / 100;
    this.leastText.textContent = least > 0 ? `${this.least.value} %` : "any";
    this.least.setAttribute("aria-valuetext", this.leastText.textContent);
    const passes = (row) => !off.has(row.relation) && (least === 0 || (row.confidence ?? 0) >= least) && words.every((word) => row.text.includes(word));
    const wanted = this.section.value === "" ? this.model.sections : [this.model.sections[this.section.value]];
    const sorted = (values, [, value, isDescending]) => values
      .map((one) => [one, value(one)])
      .sort(([, a], [, b]) => (isGiven(a) ? 0 : 1) - (isGiven(b) ? 0 : 1) || (a < b ? -1 : a > b ? 1 : 0) * (isDescending ? -1 : 1))
      .map(([one]) => one);
    const order = this.order.value && (this.model.whole ? GROUP_ORDERS : ORDERS)[this.order.value];
    const isFiltered = words.length > 0 || off.size > 0 || least > 0;
    let shown = 0, groups = 0;
    const entries = [];
    for (const section of this.model.whole && order ? sorted(wanted, order) : wanted) {
      let rows = section.rows;
      if (this.model.whole) rows = !isFiltered || rows.some((row) => passes(row) && (!row.keep || off.size + least === 0)) ? rows : [];
      else rows = rows.filter(passes);
      if (!this.model.whole && order) rows = sorted(rows, order);
      if (rows.length > 0 || !isFiltered) {
        if (this.model.headings !== false) entries.push({ heading: section });
        groups += 1;
      }
      for (const row of rows) entries.push({ row });
      shown += rows.length;
    }
    const what = this.model.whole ? [groups, this.model.sections.length, "group"] : [shown, this.all, this.model.noun];
    this.status.textContent = what[0] === what[1] ? count(what[1], what[2]) : `${number(what[0])} of ${count(what[1], what[2])}`;
    this.rows.set(entries);
  }

  draw(entry, element) {
    if (!entry.row) {
      const section = entry.heading;
      if (section.image) {
        const img = make("img", { alt: "", decoding: "async" });
        this.show(img, section.image);
        element.append(img);
      }
      element.append(make("strong", { textContent: visible(section.title) }), make("span", { className: section.error ? "bad" : "", textContent: visible(section.error || section.note || "") }));
      return;
    }
    const row = entry.row;
    const image = make("span", { className: "thumbnail" });
    if (row.small) {
      const img = make("img", { alt: "", decoding: "async", draggable: false });
      this.show(img, row.small);
      image.append(img);
    } else image.append(make("span", { className: "none", textContent: "no image" }));
    const facts = [row.path, row.path || !row.domain || row.domain === row.title ? null : row.domain, pixels(row.width, row.height), bytes(row.fileSize)].filter(Boolean);
    const money = row.price ? quoted(`${row.price.amount} ${row.price.currency}`, "price") : null;
    element.append(image,
      make("span", { className: "what" }, quoted(row.title, "title"), make("span", { className: "facts" }, ...facts.map((one) => quoted(one)))),
      make("span", { className: "how" }, row.keep ? badge("keep", "keep") : row.relation ? badge(row.relation) : money, row.keep ? null : this.measure(row, money)));
    if (row.serviceName) element.append(make("span", { className: "unseen", textContent: visible(`, ${row.serviceName}`) }));
  }

  measure(row, money) {
    const texts = [isGiven(row.confidence) ? certainty(row.confidence) : null, isGiven(row.score) ? `score ${score(row.score)}` : null, row.relation && money ? money.textContent : null, row.details?.moq ? `from ${visible(row.details.moq)}` : null];
    return make("span", { className: "measure", textContent: texts.filter(Boolean).join(" · ") });
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
