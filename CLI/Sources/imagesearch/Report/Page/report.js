"use strict";
// The report consists of this file only. The page sends no requests; its Content-Security-Policy forbids them.

/** Maximum number of printed entries; a filter selects others. */
const MOST_PRINTED = 300;

const SERVICES = { local: "Local index", tineye: "TinEye", alibaba: "Alibaba Cloud", tmapi: "1688 (TMAPI)" };
const serviceName = (name) => (Object.hasOwn(SERVICES, name) ? SERVICES[name] : name);
const json = (id) => JSON.parse($(id).textContent);
const time = (text) => String(text).replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
const joined = (texts, separator = " · ") => texts.filter(Boolean).join(separator);

function searchModel(report) {
  const isBatch = report.queries.length > 1;
  const sections = report.sections.map((section) => {
    const first = report.queries[section.query], service = serviceName(section.service), shown = section.matches.length;
    const found = section.total > shown ? `${number(shown)} of ${count(section.total, "match")}` : count(shown, "match");
    return {
      // The service first, because a long name is cut at its end.
      title: isBatch ? `${service} – ${first.name}` : service,
      image: isBatch ? first.small : null,
      error: section.error,
      note: joined([found, ...section.warnings]),
      rows: section.matches.map((match, index) => ({ ...rowOf(match, index), first, serviceName: service })),
    };
  });
  return { label: "Matches", noun: "match", names: ["Query", "Match"], sections };
}

function duplicatesModel(report) {
  return groupsModel(report.groups.map((group, index) => groupSection(group.members, group.related, index)));
}

function comparisonModel(report) {
  const { first, second, firstOverlap: queryOverlap, secondOverlap: matchOverlap, ...found } = report.comparison;
  const { width, height, small, large } = second;
  const title = found.relation ? "One image in two versions" : "Two images with nothing in common";
  const row = { ...found, width, height, small, large, first, queryOverlap, matchOverlap, path: "", title };
  const sections = [{ title: "", rows: [row] }];
  return { label: "Comparison", noun: "pair", names: ["First", "Second"], headings: false, alone: true, sections };
}

const MODELS = { search: searchModel, duplicates: duplicatesModel, compare: comparisonModel };

const block = (title, content) => make("section", {}, make("h3", { textContent: title }), content);

/** @param amounts the numeric columns */
function table(head, rows, amounts = []) {
  const cell = (tag, value, index) => {
    const content = value instanceof Node ? value : quoted(isGiven(value) ? value : "–");
    return make(tag, { className: amounts.includes(index) ? "amount" : "" }, content);
  };
  const row = (tag, values) => make("tr", {}, ...values.map((value, index) => cell(tag, value, index)));
  const content = make("table", {}, make("thead", {}, row("th", head)), make("tbody", {}, ...rows.map((one) => row("td", one))));
  // It may be wider than the page; then it can also be scrolled with the keyboard.
  return make("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": joined(head, ", ") }, content);
}

/** The two images of a comparison, and the evidence of the comparison. */
function compared({ first, second, explanation }) {
  const rows = [["First", first], ["Second", second]].map(([which, one]) => [which, one.name, shape(one) || one.error]);
  const lines = explanation.split("\n").map((line) => make("p", { textContent: visible(line) }));
  return [block("Images", table(["", "Image", "Size"], rows)), block("Why", make("div", { className: "explanation" }, ...lines))];
}

/** The manifest in readable form. */
function evidence(manifest) {
  const code = (text) => (text ? make("code", { textContent: visible(text) }) : null);
  const libraries = manifest.versions.map(({ name, value }) => `${name} ${value}`);
  const options = manifest.options.map(({ name, value }) => [name, value]);
  const run = [["Made by", manifest.generator], ["With", joined(libraries, ", ")], ["Began", time(manifest.began)],
    ["Ended", time(manifest.ended)], ...options];
  const facts = run.flatMap(([name, value]) => [make("dt", { textContent: visible(name) }), make("dd", {}, quoted(value))]);
  const blocks = [make("h2", { id: "evidence-title", textContent: "How this was made" }), block("Run", make("dl", { className: "facts" }, ...facts))];
  const images = manifest.images.slice(0, MOST_PRINTED).map((one) => [
    one.name, code(one.sha256) || one.error, isGiven(one.fileSize) ? number(one.fileSize) : null, pixels(one.width, one.height),
  ]);
  const searches = manifest.searches.slice(0, MOST_PRINTED).map((one) => [
    serviceName(one.service), parts(manifest.images[one.image].name)[1], time(one.began), one.seconds.toFixed(2), number(one.matches),
    code(one.requestIDs.join(" ")), joined([one.error, ...one.warnings]),
  ]);
  if (images.length) blocks.push(block("Images that were given", table(["Image", "SHA-256 of the file", "Bytes", "Pixels"], images, [2, 3])));
  const head = ["Service", "Image", "Began", "Seconds", "Matches", "Request", "Remarks"];
  if (searches.length) blocks.push(block("Searches", table(head, searches, [3, 4])));
  const isCut = manifest.images.length > images.length || manifest.searches.length > searches.length;
  const remarks = [...manifest.remarks, isCut ? `The first ${MOST_PRINTED} are shown here; the manifest has all.` : null];
  for (const text of remarks.filter(Boolean)) blocks.push(make("p", { className: "note", textContent: visible(text) }));
  const save = make("a", { className: "save", download: "manifest.json", textContent: "Save the manifest as JSON" });
  save.href = `data:application/json;charset=utf-8,${encodeURIComponent($("manifest").textContent)}`;
  $("evidence").replaceChildren(...blocks, make("p", {}, save));
}

/** One printed row. */
function printed(row) {
  const shown = row.large || row.small;
  const image = shown ? make("img", { src: shown, alt: "" }) : make("span", { className: "none", textContent: "no image" });
  const more = (text) => make("p", { className: "more" }, quoted(text));
  const facts = [
    row.keep || !isGiven(row.confidence) ? null : `confidence ${certainty(row.confidence)}`,
    row.keep || !isGiven(row.score) ? null : `score ${score(row.score)}`,
    row.price ? `${row.price.amount} ${row.price.currency}` : null,
    row.details?.moq ? `minimum order ${row.details.moq}` : null,
    shape(row),
  ].filter(Boolean).map((text) => quoted(text));
  const kind = row.keep ? badge("keep", "suggested to keep") : row.relation ? badge(row.relation) : null;
  const links = (row.backlinks || []).slice(0, 3)
    .map(({ pageURL, imageURL, crawlDate }) => more(joined([pageURL || imageURL, crawlDate && `crawled ${crawlDate}`], " – ")));
  if (!links.length && row.pageURL) links.push(more(row.pageURL));
  const name = make("p", {}, make("strong", {}, quoted(row.path + row.title)));
  const text = make("div", {}, name, make("p", { className: "line" }, kind, ...facts), row.sha256 ? more(`SHA-256 ${row.sha256}`) : null, ...links);
  return make("div", { className: "entry" }, make("div", { className: "preview" }, image), text);
}

/** The printed content: the selected match with both images, then the list as filtered and sorted. */
function layOut(browser) {
  const { entries } = browser.rows, shown = browser.model.alone ? [] : entries.slice(0, MOST_PRINTED);
  const rows = number(shown.filter((one) => one.row).length);
  const note = browser.status.textContent + (shown.length < entries.length ? `; the first ${rows} are printed` : "");
  const content = shown.map(({ row, heading }) =>
    row ? printed(row) : make("h2", {}, quoted(joined([heading.title, heading.error || heading.note], " – "))));
  const head = [make("h2", { textContent: browser.model.label }), make("p", { textContent: note })];
  $("print").replaceChildren(...(shown.length ? head : []), ...content);
  document.documentElement.classList.add("printing");
  // A printed page has no slider.
  const { stage } = browser.detail;
  stage.before = stage.mode;
  stage.set(stage.mode === "wipe" ? "beside" : stage.mode);
}

function summary(report, model, manifest) {
  const total = model.sections.reduce((sum, section) => sum + section.rows.length, 0);
  const failed = model.sections.filter((section) => section.error).length;
  return joined([
    report.kind === "search" ? count(total, "match") : null,
    report.kind === "duplicates" ? `${count(model.sections.length, "group")}, ${count(total, "image")}` : null,
    report.queries.length > 1 ? `${count(report.queries.length, "image")} searched for` : null,
    failed ? `${number(failed)} ${failed === 1 ? "search" : "searches"} failed` : null,
    time(manifest.ended),
  ]);
}

function main() {
  const report = json("data"), manifest = json("manifest");
  const browser = new Browser((element, reference) => { element.src = reference; });
  const model = MODELS[report.kind](report);
  const kept = `Large images and the slider are kept for the first ${number(report.largeImages)}; of this one there is a small image only.`;
  model.why = report.largeImages > 0 ? kept : "There are small images only.";
  $("main").replaceChildren(browser.element);
  browser.open(model);
  $("summary").textContent = summary(report, model, manifest);
  if (report.queries.length === 1) {
    const [query] = report.queries;
    const text = make("div", {}, make("strong", {}, quoted(parts(query.name)[1])), quoted(shape(query) || query.error || ""));
    $("query").append(query.small ? make("img", { src: query.small, alt: "The query" }) : "", text);
  }
  if (report.kind === "compare") browser.detail.body.append(...compared(report.comparison));
  evidence(manifest);
  addEventListener("beforeprint", () => layOut(browser));
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    $("print").replaceChildren();
    browser.detail.stage.set(browser.detail.stage.before);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    browser.search.focus();
  });
  performance.mark("shown");
}

main();
