"use strict";
// Everything that comes from the index is put in as text, never as markup.
const $ = (id) => document.getElementById(id);
const state = { file: null, queryURL: null };

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function say(text, isBad = false) {
  $("state").textContent = text;
  $("state").classList.toggle("bad", isBad);
}

async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = $("key") && $("key").value.trim();
  if (key) headers.set("Authorization", "Bearer " + key);
  const response = await fetch(path, { ...options, headers });
  if (!response.ok) {
    let text = response.status + " " + response.statusText;
    try { text = (await response.json()).error || text; } catch { /* no JSON: the status has to do */ }
    throw new Error(text);
  }
  return response;
}

// Images behind a key cannot be named in src: they are fetched with it.
async function showImage(element, address) {
  try {
    const url = new URL(address);
    const blob = await (await ask(url.pathname + url.search)).blob();
    element.src = URL.createObjectURL(blob);
  } catch { element.alt += " (cannot be shown)"; }
}

const percent = (value) => (value === null || value === undefined ? "–" : Math.round(value) + " %");
const bytes = (count) => (count > 1 << 20 ? (count / (1 << 20)).toFixed(1) + " MB" : Math.ceil(count / 1024) + " KB");

function take(file) {
  if (!file) return;
  state.file = file;
  if (state.queryURL) URL.revokeObjectURL(state.queryURL);
  state.queryURL = URL.createObjectURL(file);
  $("query").hidden = false;
  $("query").querySelector("img").src = state.queryURL;
  $("drop").querySelector("span").textContent = file.name || "a pasted image";
  search();
}

async function search() {
  const form = new FormData();
  const url = $("url") && $("url").value.trim();
  if (state.file) form.set("image", state.file, state.file.name || "pasted.png");
  else if (url) form.set("url", url);
  else { say("There is no image yet.", true); return; }
  const relations = [...document.querySelectorAll("[name=relation]:checked")].map((box) => box.value);
  if (!relations.length) { say("Choose at least one relation.", true); return; }
  form.set("relations", relations.join(","));
  say("Searching …");
  try {
    const result = await (await ask(`/v1/${encodeURIComponent($("index").value)}/search`, { method: "POST", body: form })).json();
    say(result.total === 0 ? "Nothing found." : `${result.total} found.`);
    $("matches").replaceChildren(...result.matches.map(card));
  } catch (error) { say(error.message, true); }
}

function card(match) {
  const image = make("img", { alt: "", loading: "lazy" });
  showImage(image, match.thumbnail);
  const button = make("button", { type: "button", className: "card" }, image, make("strong", { textContent: match.item_id }),
    make("span", { textContent: `${match.relation || "match"} · sure to ${percent(100 * match.confidence)}` }),
    make("small", { textContent: `score ${Math.round(match.score)} · ${match.width} × ${match.height} · ${bytes(match.file_size)}` }));
  button.addEventListener("click", () => detail(match));
  return make("li", {}, button);
}

function detail(match) {
  const dialog = $("detail");
  $("detail-title").textContent = match.item_id;
  const [under, over] = dialog.querySelectorAll(".layers img");
  over.hidden = !(state.queryURL && match.transform);
  $("slider").parentElement.hidden = over.hidden;
  const place = () => {
    if (over.hidden || !under.naturalWidth || !over.naturalWidth) return;
    // The transform leads from pixels of the query to pixels of the match; the match is shown smaller.
    const box = under.getBoundingClientRect(), frame = under.parentElement.getBoundingClientRect();
    const scale = Math.min(box.width / match.width, box.height / match.height);
    const left = box.left - frame.left + (box.width - match.width * scale) / 2, top = box.top - frame.top + (box.height - match.height * scale) / 2;
    const [a, b, c, d, e, f] = match.transform;
    over.style.width = over.naturalWidth + "px";
    over.style.transform = `matrix(${a * scale},${d * scale},${b * scale},${e * scale},${c * scale + left},${f * scale + top})`;
    reveal();
  };
  const reveal = () => {
    // Cut in the frame of the match, whatever the transform turns.
    over.style.opacity = $("slider").value / 100;
  };
  under.onload = over.onload = place;
  showImage(under, match.thumbnail);
  if (!over.hidden) over.src = state.queryURL;
  $("slider").oninput = reveal;
  const facts = [["Relation", match.relation], ["Confidence", percent(100 * match.confidence)], ["Score", Math.round(match.score)], ["Query covered", percent(match.query_overlap)],
    ["Match covered", percent(match.match_overlap)], ["Mirrored", match.is_mirrored ? "yes" : "no"], ["Size", `${match.width} × ${match.height}, ${bytes(match.file_size)}, ${match.format}`],
    ["Image", match.image_name], ["Category", match.category], ["SHA-256", match.sha256], ["Taken", match.exif_date]];
  dialog.querySelector("dl").replaceChildren(...facts.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: String(value) })]));
  $("overlay").parentElement.hidden = !match.overlay;
  if (match.overlay) $("overlay").href = new URL(match.overlay).pathname;
  dialog.showModal();
}

async function groups(event) {
  event.preventDefault();
  say("Looking for copies …");
  $("found").replaceChildren();
  try {
    const response = await ask(`/v1/${encodeURIComponent($("index").value)}/groups?keep=${encodeURIComponent($("keep").value)}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", count = 0;
    for (;;) {
      const { done, value } = await reader.read();
      rest += value || "";
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const group = JSON.parse(line);
        if (group.error) throw new Error(group.error);
        count += 1;
        if (count <= 500) $("found").append(block(group));
      }
      if (done) break;
      say(`${count} groups …`);
    }
    say(count === 0 ? "No two images are the same." : count > 500 ? `${count} groups, the first 500 are shown.` : `${count} groups.`);
  } catch (error) { say(error.message, true); }
}

function block(group) {
  const member = (one, number, isRelated) => {
    const image = make("img", { alt: "", loading: "lazy" });
    showImage(image, one.thumbnail);
    const what = isRelated ? `${one.relation}, ${percent(one.image_overlap)} in common` : number === 0 ? "keep" : one.relation;
    return make("li", {}, image, make("div", { textContent: one.image.item_id }), make("div", { textContent: `${what} · ${one.image.width} × ${one.image.height}`, className: number === 0 && !isRelated ? "keep" : "" }));
  };
  return make("li", { className: "group" }, make("ul", {}, ...group.members.map((one, number) => member(one, number, false)), ...group.related.map((one, number) => member(one, number, true))));
}

function view(name) {
  for (const one of ["search", "groups"]) {
    $(one).hidden = one !== name;
    $("show-" + one).setAttribute("aria-pressed", String(one === name));
  }
  say("");
}

$("show-search").addEventListener("click", () => view("search"));
$("show-groups").addEventListener("click", () => view("groups"));
$("file").addEventListener("change", (event) => take(event.target.files[0]));
$("ask").addEventListener("submit", (event) => { event.preventDefault(); if ($("url") && $("url").value) state.file = null; search(); });
$("collect").addEventListener("submit", groups);
$("close").addEventListener("click", () => $("detail").close());
for (const kind of ["dragover", "dragenter"]) document.addEventListener(kind, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
for (const kind of ["dragleave", "drop"]) document.addEventListener(kind, () => $("drop").classList.remove("over"));
document.addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); });
document.addEventListener("paste", (event) => take([...event.clipboardData.files][0]));
