"use strict";
// The details of one match. Shared by the server's page and the report of the command.

/** Number of pages and details shown before the rest is requested. */
const MOST_LINKS = 50;

class Detail {
  constructor(show) {
    this.stage = new Stage(show, ["Query", "Match"]);
    this.back = make("button", { type: "button", className: "back", textContent: "Back to the list" });
    this.title = make("h2", { id: "detail-title" });
    this.badges = make("p", { className: "badges" });
    this.body = make("div", { className: "body" });
    this.empty = make("p", { className: "empty", textContent: "Nothing matches." });
    const header = make("header", {}, this.title, this.badges);
    this.content = make("div", { className: "content" }, this.back, header, this.stage.element, this.body);
    const properties = { className: "detail", tabIndex: -1, "aria-labelledby": "detail-title" };
    this.element = make("section", properties, this.empty, this.content);
  }

  name(names) {
    this.stage.name(names);
  }

  open(row, model) {
    this.content.hidden = row === null;
    this.empty.hidden = row !== null;
    this.title.replaceChildren();
    if (row === null) return;
    this.title.append(quoted(row.title));
    this.badges.replaceChildren(...this.kind(row));
    const pick = (one) => one && { reference: one.large || one.small, width: one.width, height: one.height };
    const isFull = Boolean(row.large && row.first?.large) && !row.keep;
    this.stage.element.hidden = !row.large && !row.small;
    this.stage.element.classList.toggle("single", Boolean(row.keep));
    this.stage.open(row.keep ? null : pick(row.first), pick(row), isFull ? row.transform : null, this.why(row, model, isFull));
    const blocks = [this.absence(row), this.measures(row), this.offer(row), this.links(row), this.facts(row, model), this.extras(row)];
    this.body.replaceChildren(...blocks.filter(Boolean));
  }

  kind(row) {
    if (row.keep) return [badge("keep", "suggested to keep")];
    if (!row.relation) return [];
    return [badge(row.relation), Object.hasOwn(RELATIONS, row.relation) ? make("span", { textContent: RELATIONS[row.relation] }) : ""];
  }

  /** Why there is no slider, if there is none. */
  why(row, model, isFull) {
    if (row.keep) return "";
    if (isFull) return row.transform ? "" : "The service does not tell how the two lie onto each other.";
    return model.why || "";
  }

  absence(row) {
    const text = "There is no image of this match here, only where it was found.";
    return row.large || row.small ? null : make("p", { className: "note", textContent: text });
  }

  measures(row) {
    if (row.keep) return null;
    const names = this.stage.names;
    const [first, second] = names.map((name) => name.toLowerCase());
    const gauge = (name, title, text, value) => {
      const bar = make("span", { className: "bar" }, make("span"));
      bar.firstChild.style.width = `${Math.max(0, Math.min(100, value))}%`;
      const measured = make("dd", {}, make("strong", { textContent: text }), bar);
      return make("div", { title }, make("dt", { textContent: name }), measured);
    };
    const gauges = [];
    if (isGiven(row.confidence)) {
      gauges.push(gauge("Confidence", "How certain it is that this is so", certainty(row.confidence), 100 * row.confidence));
    }
    if (isGiven(row.score)) gauges.push(gauge("Score", "100 is unchanged; low for a good crop", score(row.score), row.score));
    if (isGiven(row.queryOverlap)) {
      const title = `Share of the ${first} that the ${second} covers`;
      gauges.push(gauge(`${names[0]} covered`, title, percent(row.queryOverlap), row.queryOverlap));
    }
    if (isGiven(row.matchOverlap)) {
      const title = `Share of the ${second} that the ${first} covers`;
      gauges.push(gauge(`${names[1]} covered`, title, percent(row.matchOverlap), row.matchOverlap));
    }
    return gauges.length ? make("dl", { className: "gauges" }, ...gauges) : null;
  }

  offer(row) {
    const moq = row.details?.moq;
    if (!row.price && !moq) return null;
    return this.block("Offer", this.table([
      ["Price", row.price && `${row.price.amount} ${row.price.currency}`],
      ["Minimum order", moq && `${moq} ${moq === "1" ? "piece" : "pieces"}`],
      ["Supplier", row.details?.["shop_info.company_name"] || row.details?.["shop_info.shop_name"]],
    ]));
  }

  links(row) {
    const found = (row.backlinks || []).filter((one) => one.pageURL || one.imageURL);
    if (!found.length && (row.pageURL || row.imageURL)) found.push({ pageURL: row.pageURL, imageURL: row.imageURL });
    if (!found.length) return null;
    const item = ({ pageURL, imageURL, crawlDate }) => {
      const image = pageURL && imageURL ? make("span", { className: "aside" }, link(imageURL, "image file")) : null;
      const date = crawlDate ? make("span", { className: "aside", textContent: visible(`crawled ${crawlDate}`) }) : null;
      return make("li", {}, link(pageURL || imageURL), image, date);
    };
    const list = make("ol", { className: "links" }, ...found.slice(0, MOST_LINKS).map(item));
    const section = this.block(found.length > 1 ? `Found on ${count(found.length, "page")}` : "Found at", list);
    if (found.length > MOST_LINKS) {
      const more = make("button", { type: "button", textContent: `All ${count(found.length, "page")}` });
      const note = make("p", { className: "note paper", textContent: `The first ${MOST_LINKS} are printed.` });
      more.addEventListener("click", () => {
        list.replaceChildren(...found.map(item));
        more.remove();
        note.remove();
      });
      section.append(more, note);
    }
    return section;
  }

  facts(row, model) {
    const agreement = row.keep ? null : row.agreement;
    const share = (value) => percent(100 * value);
    const isWhole = row.itemID === row.title || row.itemID === `${row.path}${row.title}`;
    const table = this.table([
      ["Image", model.alone ? null : row.title],
      ["Folder", row.path],
      ["Item", isWhole ? null : row.itemID],
      ["Name in the item", row.imageName !== row.title && row.imageName !== row.itemID ? row.imageName : null],
      ["Site", row.domain],
      ["Size", model.alone ? null : shape(row)],
      ["Taken", row.exifDate],
      ["Mirrored", row.isMirrored ? "yes" : null],
      ["Where they overlap", agreement &&
        `${share(agreement.agrees)} agree · ${share(agreement.differs)} differ · ${share(agreement.empty)} too even to tell`],
      ["Category", row.category],
      ["Stored text", row.customContent],
      ["Tags", row.tags?.join(", ")],
      ["SHA-256", row.sha256 && make("code", { textContent: visible(row.sha256) })],
      ["Overlay", row.overlayURL && (model.overlay ? model.overlay(row) : link(row.overlayURL, "as the service draws it"))],
    ]);
    return table.childElementCount ? this.block("Facts", table) : null;
  }

  extras(row) {
    const shown = ["moq", "shop_info.company_name"];
    const details = Object.entries(row.details || {}).filter(([name]) => !shown.includes(name));
    if (!details.length) return null;
    details.sort(([a], [b]) => (a < b ? -1 : 1));
    const summary = make("summary", { textContent: `What only this service tells (${details.length})` });
    return make("details", {}, summary, this.table(details));
  }

  block(title, content) {
    return make("section", {}, make("h3", { textContent: title }), content);
  }

  table(facts) {
    const rows = facts.filter(([, value]) => isGiven(value)).flatMap(([name, value]) => [
      make("dt", { textContent: visible(name) }),
      make("dd", {}, value instanceof Node ? value : quoted(value)),
    ]);
    return make("dl", { className: "facts" }, ...rows);
  }
}
