"use strict";
// The report: what is in this file, and nothing else. No request leaves the page; its Content-Security-Policy forbids them.

/** Entries that are printed; a filter chooses others. */
const MOST_PRINTED = 300;

const SERVICES = { local: "Local index", tineye: "TinEye", alibaba: "Alibaba Cloud", tmapi: "1688 (TMAPI)" };
const serviceName = (name) => (Object.hasOwn(SERVICES, name) ? SERVICES[name] : name);
const json = (id) => JSON.parse($(id).textContent);
const time = (text) => String(text).replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

function searchModel(report) {
  const many = report.queries.length > 1;
  const sections = report.sections.map((section) => {
    const query = report.queries[section.query], service = serviceName(section.service);
    const first = query && { ...query };
    const notes = [section.error ? null : isGiven(section.total) && section.total > section.matches.length ? `${number(section.matches.length)} of ${count(section.total, "match")}` : count(section.matches.length, "match"), ...(section.warnings || [])];
    return {
      title: many ? `${query?.name ?? ""} – ${service}` : service, image: many ? query?.small : null, error: section.error, note: notes.filter(Boolean).join(" · "),
      rows: section.matches.map((match, index) => ({ ...rowOf(match, index), first, serviceName: service })),
    };
  });
  return { label: "Matches", noun: "match", names: ["Query", "Match"], sections };
}

function comparisonModel(report) {
  const { first, second, ...found } = report.comparison;
  const { width, height, small, large } = second;
  const row = { ...found, width, height, small, large, first, queryOverlap: found.firstOverlap, matchOverlap: found.secondOverlap, path: "", title: found.relation ? "One image in two versions" : "Two images with nothing in common" };
  return { label: "Comparison", noun: "pair", names: ["First", "Second"], headings: false, alone: true, sections: [{ title: "", rows: [row] }] };
}

/** What the two images of a comparison are, and what the comparison rests on. */
function compared({ first, second, explanation }, body) {
  const rows = [["First", first], ["Second", second]].map(([which, one]) => [which, one.name, [pixels(one.width, one.height), bytes(one.fileSize), one.format].filter(Boolean).join(" · ") || one.error]);
  const why = visible(explanation).replaceAll("⟨U+000A⟩", "\n");
  body.append(make("section", {}, make("h3", { textContent: "Images" }), table(["", "Image", "Size"], rows)), make("section", {}, make("h3", { textContent: "Why" }), make("p", { className: "explanation", textContent: why })));
}

function table(head, rows, amounts = []) {
  const cell = (tag, value, index) => make(tag, { className: amounts.includes(index) ? "amount" : "" }, value instanceof Node ? value : quoted(isGiven(value) ? value : "–"));
  return make("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": head.join(", ") }, make("table", {}, make("thead", {}, make("tr", {}, ...head.map((one, index) => cell("th", one, index)))), make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((one, index) => cell("td", one, index)))))));
}

/** The manifest as people read it. */
function evidence(manifest) {
  const code = (text) => (text ? make("code", { textContent: visible(text) }) : null);
  const save = make("a", { className: "save", download: "manifest.json", textContent: "Save the manifest as JSON" });
  save.href = `data:application/json;charset=utf-8,${encodeURIComponent($("manifest").textContent)}`;
  const block = (title, content) => make("section", {}, make("h3", { textContent: title }), content);
  const facts = make("dl", { className: "facts" }, ...[["Made by", manifest.generator], ["Began", time(manifest.began)], ["Ended", time(manifest.ended)],
    ...manifest.options.map(({ name, value }) => [name, value])].flatMap(([name, value]) => [make("dt", { textContent: visible(name) }), make("dd", {}, quoted(value))]));
  const blocks = [make("h2", { id: "evidence-title", textContent: "How this was made" }), block("Run", facts)];
  if (manifest.images.length) {
    blocks.push(block("Images that were given", table(["Image", "SHA-256 of the file", "Bytes", "Pixels"],
      manifest.images.slice(0, MOST_PRINTED).map((one) => [one.name, code(one.sha256) || one.error, isGiven(one.fileSize) ? number(one.fileSize) : null, pixels(one.width, one.height)]), [2, 3])));
  }
  if (manifest.searches.length) {
    blocks.push(block("Searches", table(["Service", "Image", "Began", "Seconds", "Matches", "Request", "Remarks"],
      manifest.searches.slice(0, MOST_PRINTED).map((one) => [serviceName(one.service), parts(manifest.images[one.image]?.name ?? "")[1], one.began && time(one.began), isGiven(one.seconds) ? one.seconds.toFixed(2) : null,
        number(one.matches), code(one.requestIDs.join(" ")), [one.error, ...one.warnings].filter(Boolean).join(" · ")]), [3, 4])));
  }
  const rest = Math.max(manifest.images.length, manifest.searches.length) - MOST_PRINTED;
  if (rest > 0) blocks.push(make("p", { className: "note", textContent: `The first ${MOST_PRINTED} are shown here; the manifest has all.` }));
  for (const text of manifest.remarks) blocks.push(make("p", { className: "note", textContent: visible(text) }));
  blocks.push(make("p", {}, save));
  $("evidence").replaceChildren(...blocks);
}

/** What is on paper: the chosen match with its comparison, then the list as it is filtered and sorted. */
function layOut(browser) {
  const entry = (row) => {
    const image = row.large || row.small ? make("img", { src: row.large || row.small, alt: "" }) : make("span", { className: "none", textContent: "no image" });
    const line = [row.keep ? badge("keep", "suggested to keep") : row.relation ? badge(row.relation) : null, isGiven(row.confidence) && !row.keep ? make("span", { textContent: `confidence ${certainty(row.confidence)}` }) : null,
      isGiven(row.score) && !row.keep ? make("span", { textContent: `score ${score(row.score)}` }) : null, row.price ? quoted(`${row.price.amount} ${row.price.currency}`) : null, row.details?.moq ? quoted(`minimum order ${row.details.moq}`) : null,
      quoted([pixels(row.width, row.height), bytes(row.fileSize), row.format].filter(Boolean).join(" · "))];
    const links = (row.backlinks || []).slice(0, 3).map((one) => make("p", { className: "more" }, quoted([one.pageURL || one.imageURL, one.crawlDate && `crawled ${one.crawlDate}`].filter(Boolean).join(" – "))));
    if (!links.length && row.pageURL) links.push(make("p", { className: "more" }, quoted(row.pageURL)));
    return make("div", { className: "entry" }, make("div", { className: "picture" }, image), make("div", {}, make("p", {}, make("strong", {}, quoted(row.path + row.title))), make("p", { className: "line" }, ...line), row.sha256 ? make("p", { className: "more", textContent: `SHA-256 ${row.sha256}` }) : null, ...links));
  };
  const shown = browser.rows.entries.slice(0, MOST_PRINTED);
  $("print").replaceChildren(make("h2", { textContent: browser.model.label }), make("p", { textContent: browser.status.textContent + (shown.length < browser.rows.entries.length ? `; the first ${number(shown.filter((one) => one.row).length)} are printed` : "") }),
    ...shown.map((one) => (one.row ? entry(one.row) : make("h2", {}, quoted([one.heading.title, one.heading.error || one.heading.note].filter(Boolean).join(" – "))))));
  document.documentElement.classList.add("printing");
  // Nobody moves a slider on paper.
  const { stage } = browser.detail;
  stage.before = stage.mode;
  stage.set(stage.mode === "wipe" ? "beside" : stage.mode);
}

function main() {
  const report = json("data"), manifest = json("manifest");
  const browser = new Browser((element, reference) => { element.src = reference; });
  const model = { search: searchModel, duplicates: ({ groups }) => groupsModel(groups.map((one, index) => groupSection(one.members, one.related, index))), compare: comparisonModel }[report.kind](report);
  model.why = report.largeImages > 0 ? `Large images and the slider are kept for the first ${number(report.largeImages)}; of this one there is a small image only.` : "There are small images only.";
  $("main").replaceChildren(browser.element);
  browser.open(model);
  const failed = model.sections.filter((section) => section.error).length;
  const total = model.sections.reduce((sum, section) => sum + section.rows.length, 0);
  $("summary").textContent = [report.kind === "search" ? count(total, "match") : report.kind === "duplicates" ? `${count(model.sections.length, "group")}, ${count(total, "image")}` : null,
    report.queries.length > 1 ? count(report.queries.length, "image") + " searched for" : null, failed ? `${count(failed, "search")} failed` : null, time(manifest.ended)].filter(Boolean).join(" · ");
  if (report.queries.length === 1) {
    const [query] = report.queries;
    $("query").append(query.small ? make("img", { src: query.small, alt: "The query" }) : "", make("div", {}, make("strong", {}, quoted(parts(query.name)[1])), quoted([pixels(query.width, query.height), bytes(query.fileSize), query.format].filter(Boolean).join(" · ") || query.error || "")));
  }
  if (report.kind === "compare") compared(report.comparison, browser.detail.body);
  evidence(manifest);
  addEventListener("beforeprint", () => layOut(browser));
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    $("print").replaceChildren();
    browser.detail.stage.set(browser.detail.stage.before);
  });
  performance.mark("shown");
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.matches("input, select, textarea")) { event.preventDefault(); browser.search.focus(); }
  });
}

main();
