"use strict";
// The server's page: searching with an image, browsing groups, and the content of the indexes.

/** Maximum numbers of matches and groups requested. */
const MOST_MATCHES = 500;
const MOST_GROUPS = 1000;
/** Number of thumbnails cached when each must be fetched with the key. */
const MOST_KEPT = 400;

const page = { file: null, shown: null, results: { search: null, groups: null }, turn: 0, view: "search" };

function say(text, isBad = false) {
  $("said").textContent = text;
  $("said").classList.toggle("bad", isBad);
}

async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = $("key")?.value.trim();
  if (key) headers.set("Authorization", `Bearer ${key}`);
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch {
    throw new Error("The server does not answer.");
  }
  if (response.ok) return response;
  let text = `${response.status} ${response.statusText}`;
  try { text = (await response.json()).error || text; } catch { /* no JSON: the status is used */ }
  throw new Error(response.status === 401 && $("key") ? `${text} – enter a key above.` : text);
}

const kept = new Map();

/** URLs of images by their references. With a key, they cannot be in `src`, but are fetched with the key. */
function fetched(reference) {
  let found = kept.get(reference);
  kept.delete(reference);
  found ??= ask(reference).then((response) => response.blob()).then((blob) => URL.createObjectURL(blob));
  kept.set(reference, found);
  if (kept.size > MOST_KEPT) {
    const [oldest, address] = kept.entries().next().value;
    kept.delete(oldest);
    address.then((url) => URL.revokeObjectURL(url), () => {});
  }
  return found;
}

async function show(element, reference) {
  if (reference.startsWith("blob:") || !$("key")) { element.src = reference; return; }
  try {
    element.src = await fetched(reference);
  } catch {
    kept.delete(reference);
  }
}

/** A path on this server, independent of the name that clients use for it. */
function local(address) {
  if (!address) return null;
  const url = new URL(address, location.href);
  return url.pathname + url.search;
}

/** `item_id` of the JSON interface is `itemID` here, as in a report. */
function camel(value) {
  const names = { item_id: "itemID" };
  const renamed = (name) => names[name] || name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [renamed(name), one]));
}

const index = () => encodeURIComponent($("index").value);
const browser = new Browser(show);

function open(view, model) {
  page.results[view] = model;
  if (page.view !== view) return;
  $("results").replaceChildren(browser.element);
  browser.open(model);
}

/** A button for the overlay, which the server draws on request. */
function overlay(row) {
  const button = make("button", { type: "button", textContent: "Draw" });
  const place = make("div", {}, button);
  button.addEventListener("click", async () => {
    try {
      const image = make("img", { className: "drawn", alt: "Left half the match, right half the query laid onto it" });
      image.src = URL.createObjectURL(await (await ask(local(row.overlayURL))).blob());
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
      place.replaceChildren(image);
    } catch (error) {
      place.append(make("p", { className: "bad", textContent: error.message }));
    }
  });
  return place;
}

function take(file) {
  if (!file) return;
  page.file = file;
  if ($("url")) $("url").value = "";
  if (page.shown) URL.revokeObjectURL(page.shown);
  page.shown = URL.createObjectURL(file);
  $("query").src = page.shown;
  $("query").hidden = false;
  $("what").replaceChildren(quoted(file.name || "a pasted image"));
  search();
}

/** Size of the upright query in pixels, which the transform of a match refers to. */
async function size() {
  try {
    await $("query").decode();
  } catch { return {}; /* a format that this browser does not support */ }
  return { width: $("query").naturalWidth, height: $("query").naturalHeight, small: page.shown, large: page.shown };
}

async function search() {
  const turn = ++page.turn, form = new FormData(), address = $("url")?.value.trim();
  if (address) form.set("url", address);
  else if (page.file) form.set("image", page.file, page.file.name || "pasted.png");
  else { say("There is no image yet: drop one, paste one, or choose a file.", true); return; }
  form.set("relations", Object.keys(RELATIONS).filter((one) => one !== "shared" || $("shared").checked).join(","));
  form.set("limit", MOST_MATCHES);
  say("Searching …");
  try {
    const begun = performance.now();
    const asked = ask(`/v1/${index()}/search`, { method: "POST", body: form }).then((response) => response.json());
    const [answer, first] = await Promise.all([asked, address ? {} : size()]);
    if (turn !== page.turn) return;
    const rows = answer.matches.map((match, place) => {
      const thumbnail = local(match.thumbnail);
      return { ...rowOf({ ...camel(match), overlayURL: match.overlay }, place), small: thumbnail, large: thumbnail, first };
    });
    const seconds = ((performance.now() - begun) / 1000).toFixed(2);
    const more = answer.total > rows.length ? `, ${number(answer.total)} in all` : "";
    say([answer.total === 0 ? `Nothing found, in ${seconds} s.` : `Found in ${seconds} s${more}.`, ...(answer.warnings || [])].join(" "));
    $("ask").classList.remove("empty");
    const why = "There is no image of the query to compare with.";
    const sections = [{ title: $("index").value, rows }];
    open("search", { label: "Matches", noun: "match", names: ["Query", "Match"], headings: false, overlay, why, sections });
  } catch (error) {
    if (turn === page.turn) say(error.message, true);
  }
}

/** Lines of a response as they arrive. */
async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const found = (rest + (value || "")).split("\n");
    rest = done ? "" : found.pop();
    yield* found.filter((line) => line !== "");
    if (done) return;
  }
}

async function collect() {
  const turn = ++page.turn, sections = [];
  say("Looking for copies …");
  try {
    for await (const line of lines(await ask(`/v1/${index()}/groups?limit=${MOST_GROUPS}&keep=${encodeURIComponent($("keep").value)}`))) {
      if (turn !== page.turn) return;
      const group = JSON.parse(line);
      if (group.error) throw new Error(group.error);
      sections.push(section(group, sections.length));
      if (sections.length % 50 === 0) say(`${count(sections.length, "group")} …`);
    }
    if (turn !== page.turn) return;
    if (sections.length === 0) say("No two images are copies of each other.");
    else say(sections.length === MOST_GROUPS ? `The first ${count(MOST_GROUPS, "group")} are shown.` : "");
    open("groups", groupsModel(sections));
  } catch (error) {
    if (turn === page.turn) say(error.message, true);
  }
}

function section(group, place) {
  // A member's transform has named entries, while a match's is a list.
  const list = (map) => map && [map.m11, map.m12, map.m13, map.m21, map.m22, map.m23];
  const member = ({ image, thumbnail, best_overlap: queryOverlap, image_overlap: matchOverlap, ...found }) => {
    const shown = local(thumbnail), transform = list(found.transform);
    return { ...camel(image), ...camel(found), queryOverlap, matchOverlap, transform, small: shown, large: shown };
  };
  return groupSection(group.members.map(member), group.related.map(member), place);
}

async function state() {
  try {
    const { indexes } = await (await ask("/v1/")).json();
    const chosen = indexes.find((one) => one.name === $("index").value);
    $("images").textContent = chosen ? `${count(chosen.images, "image")}${chosen.writable ? "" : ", read only"}` : "";
    const cell = (tag, value, isAmount) => make(tag, { className: isAmount ? "amount" : "", textContent: value });
    const names = ["Index", "Images", "Writing", "MatchEngine’s protocol", "TinEye’s protocol"];
    const row = (tag, values) => make("tr", {}, ...values.map((value, place) => cell(tag, value, place === 1)));
    const rows = indexes.map(({ name, images, writable }, place) =>
      row("td", [name, number(images), writable ? "with a key that may" : "no", `/${name}/rest/`, place === 0 ? "/rest/" : "–"]));
    $("state").replaceChildren(make("table", {}, make("thead", {}, row("th", names)), make("tbody", {}, ...rows)));
  } catch (error) {
    $("images").textContent = "";
    $("state").replaceChildren();
    if (page.view === "state" || !$("key")) say(error.message, true);
  }
}

function view(name) {
  page.view = name;
  say("");
  for (const button of document.querySelectorAll("nav button")) {
    if (button.dataset.view === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
    if (button.dataset.view === name) $("view-title").textContent = button.textContent;
  }
  for (const section of document.querySelectorAll(".view")) section.hidden = section.id !== name;
  $("results").replaceChildren();
  if (page.results[name]) open(name, page.results[name]);
  if (name === "state") state();
}

for (const button of document.querySelectorAll("nav button")) button.addEventListener("click", () => view(button.dataset.view));
$("index").addEventListener("change", () => {
  page.results = { search: null, groups: null };
  view(page.view);
  state();
  if (page.view === "search" && page.file) search();
});
$("key")?.addEventListener("change", state);
$("file").addEventListener("change", (event) => take(event.target.files[0]));
$("ask").addEventListener("submit", (event) => { event.preventDefault(); search(); });
$("shared").addEventListener("change", () => { if (page.results.search) search(); });
$("collect").addEventListener("submit", (event) => { event.preventDefault(); collect(); });
for (const kind of ["dragover", "dragenter"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) document.addEventListener(kind, () => $("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  view("search");
  const [file] = event.dataTransfer.files, address = event.dataTransfer.getData("text/uri-list").split("\n")[0];
  if (file) take(file);
  else if ($("url") && address) { $("url").value = address; search(); }
});
document.addEventListener("paste", (event) => {
  const [file] = event.clipboardData.files;
  if (!file) return;
  event.preventDefault();
  view("search");
  take(file);
});
state();
