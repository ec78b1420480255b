"use strict";
// Everything that is known about one match. Shared by the server's page and the report of the command.

/** Pages and details that are shown before the rest is asked for. */
const MOST_LINKS = 50;

class Detail {
  constructor(show) {
    this.stage = new Stage(show, ["Query", "Match"]);
    this.back = make("button", { type: "button", className: "back", textContent: "Back to the list" });
    this.title = make("h2", { id: "detail-title" });
    this.badges = make("p", { className: "badges" });
    this.body = make("div", { className: "body" });
    this.empty = make("p", { className: "empty", textContent: "Nothing matches." });
    this.content = make("div", { className: "content" }, this.back, make("header", {}, this.title, this.badges), this.stage.element, this.body);
    this.element = make("section", { className: "detail", tabIndex: -1, "aria-labelledby": "detail-title" }, this.empty, this.content);
  }

  name(names) { this.stage.name(names); }

  open(row, model) {
    this.content.hidden = row === null;
    this.empty.hidden = row !== null;
    if (row === null) { this.title.textContent = ""; return; }
    this.title.replaceChildren(quoted(row.title));
    this.badges.replaceChildren(...[row.keep ? badge("keep", "suggested to keep") : row.relation ? badge(row.relation) : null,
      row.keep || !Object.hasOwn(RELATIONS, row.relation ?? "") ? null : make("span", { textContent: RELATIONS[row.relation] })].filter(Boolean));
    const full = row.large && row.first?.large;
    const pick = (one) => one && { reference: one.large || one.small, width: one.width, height: one.height };
    this.stage.element.hidden = !row.large && !row.small;
    this.stage.open(row.keep ? null : pick(row.first), pick(row), full && !row.keep ? row.transform : null, this.why(row, model, full));
    this.stage.element.classList.toggle("single", Boolean(row.keep));
    this.body.replaceChildren(...[row.large || row.small ? null : make("p", { className: "note", textContent: "There is no image of this match here, only where it was found." }), this.measures(row), this.offer(row), this.links(row), this.facts(row, model), this.extras(row)].filter(Boolean));
  }

  /** Why there is no slider, where there is none. */
  why(row, model, full) {
    if (row.keep) return "";
    if (full) return row.transform ? "" : "The service does not tell how the two lie onto each other.";
    return model.why || "";
  }

  measures(row) {
    if (row.keep) return null;
    const [first, second] = this.stage.names.map((name) => name.toLowerCase());
    const gauges = [
      [isGiven(row.confidence), "Confidence", certainty(row.confidence), 100 * row.confidence, "How certain it is that this is so"],
      [isGiven(row.score), "Score", score(row.score), row.score, "100 is unchanged; low for a good crop"],
      [isGiven(row.queryOverlap), `${this.stage.names[0]} covered`, percent(row.queryOverlap), row.queryOverlap, `Share of the ${first} that the ${second} covers`],
      [isGiven(row.matchOverlap), `${this.stage.names[1]} covered`, percent(row.matchOverlap), row.matchOverlap, `Share of the ${second} that the ${first} covers`],
    ].filter(([given]) => given).map(([, name, text, value, title]) => {
      const bar = make("span", { className: "bar" }, make("span"));
      bar.firstChild.style.width = `${Math.max(0, Math.min(100, value))}%`;
      return make("div", { title }, make("dt", { textContent: name }), make("dd", {}, make("strong", { textContent: text }), bar));
    });
    return gauges.length ? make("dl", { className: "gauges" }, ...gauges) : null;
  }

  offer(row) {
    if (!row.price && !row.details?.moq) return null;
    const facts = [["Price", row.price && `${row.price.amount} ${row.price.currency}`], ["Minimum order", row.details?.moq && `${row.details.moq} ${row.details.moq === "1" ? "piece" : "pieces"}`],
      ["Supplier", row.details?.["shop_info.company_name"] || row.details?.["shop_info.shop_name"]]];
    return make("section", {}, make("h3", { textContent: "Offer" }), this.table(facts));
  }

  links(row) {
    const found = (row.backlinks || []).map((one) => [one.pageURL || one.imageURL, one.pageURL ? one.imageURL : null, one.crawlDate]);
    if (!found.length && (row.pageURL || row.imageURL)) found.push([row.pageURL || row.imageURL, row.pageURL ? row.imageURL : null, null]);
    const usable = found.filter(([page]) => page);
    if (!usable.length) return null;
    const item = ([page, image, date]) => make("li", {}, link(page), image ? make("span", { className: "aside" }, link(image, "image file")) : null, date ? make("span", { className: "aside", textContent: visible(`crawled ${date}`) }) : null);
    const list = make("ol", { className: "links" }, ...usable.slice(0, MOST_LINKS).map(item));
    const more = usable.length > MOST_LINKS ? make("button", { type: "button", textContent: `All ${count(usable.length, "page")}` }) : null;
    more?.addEventListener("click", () => { list.replaceChildren(...usable.map(item)); more.remove(); });
    return make("section", {}, make("h3", { textContent: usable.length > 1 ? `Found on ${count(usable.length, "page")}` : "Found at" }), list, more);
  }

  facts(row, model) {
    const agreement = row.keep ? null : row.agreement;
    const facts = [
      ["Image", model.alone ? null : row.title], ["Folder", row.path], ["Item", row.itemID !== row.title && row.itemID !== `${row.path}${row.title}` ? row.itemID : null], ["Name in the item", row.imageName !== row.title && row.imageName !== row.itemID ? row.imageName : null], ["Site", row.domain],
      ["Size", model.alone ? null : [pixels(row.width, row.height), bytes(row.fileSize), row.format].filter(Boolean).join(" · ")], ["Taken", row.exifDate], ["Mirrored", row.isMirrored ? "yes" : null],
      ["Where they overlap", agreement ? `${percent(100 * agreement.agrees)} agree · ${percent(100 * agreement.differs)} differ · ${percent(100 * agreement.empty)} too even to tell` : null],
      ["Category", row.category], ["Stored text", row.customContent], ["Tags", row.tags?.join(", ")], ["SHA-256", row.sha256 && make("code", { textContent: visible(row.sha256) })],
      ["Overlay", row.overlayURL && (model.overlay ? model.overlay(row) : link(row.overlayURL, "as the service draws it"))],
    ];
    return make("section", {}, make("h3", { textContent: "Facts" }), this.table(facts));
  }

  extras(row) {
    const shown = ["moq", "shop_info.company_name"];
    const details = Object.entries(row.details || {}).filter(([name]) => !shown.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (!details.length) return null;
    return make("details", {}, make("summary", { textContent: `What only this service tells (${details.length})` }), this.table(details));
  }

  table(facts) {
    return make("dl", { className: "facts" }, ...facts.filter(([, value]) => isGiven(value)).flatMap(([name, value]) => [make("dt", { textContent: visible(name) }), make("dd", {}, value instanceof Node ? value : quoted(value))]));
  }
}
