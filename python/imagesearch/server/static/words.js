"use strict";
// Text and numbers in readable form. Shared by the server's page and the report of the command.

const $ = (id) => document.getElementById(id);

/** An element with properties and children; external text always becomes a text node. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Characters that change the direction of text or are invisible can make one name look like another.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

/** The text with its invisible characters escaped. */
function visible(text) {
  return String(text).replace(UNSEEN, (one) => `⟨U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** External text in a separate element, so that its direction does not affect other text. */
function quoted(text, className = "") {
  return make("bdi", { className, textContent: visible(text) });
}

/** A link, if the text is a web URL; otherwise the text. */
function link(address, text) {
  let url = null;
  try { url = new URL(address); } catch { /* text */ }
  if (!url || !["http:", "https:"].includes(url.protocol)) return quoted(text || address);
  const properties = { href: url.href, target: "_blank", rel: "noopener noreferrer", title: visible(address) };
  return make("a", properties, quoted(text || address));
}

const isGiven = (value) => value !== null && value !== undefined && value !== "";
const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const number = (value) => NUMBER.format(value);
const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : noun.endsWith("ch") ? "es" : "s"}`;
const percent = (value) => (isGiven(value) ? `${Math.round(value)} %` : "–");
/** Confidence is never rounded up to 100 %. */
function certainty(value) {
  if (!isGiven(value)) return "–";
  if (value >= 1) return "100 %";
  return value > 0.999 ? "> 99.9 %" : `${Math.floor(value * 1000) / 10} %`;
}

const score = (value) => (isGiven(value) ? String(Math.round(value * 10) / 10) : "–");
const pixels = (width, height) => (isGiven(width) && isGiven(height) ? `${number(width)} × ${number(height)}` : "");

function bytes(value) {
  if (!isGiven(value)) return "";
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (value >= size) return `${(value / size).toFixed(value < 10 * size ? 1 : 0)} ${unit}`;
  }
  return `${value} bytes`;
}

/** Size and format of an image, as far as known. */
const shape = (image) => [pixels(image.width, image.height), bytes(image.fileSize), image.format].filter(Boolean).join(" · ");

/** The last part of a path, and the part before it. */
function parts(path) {
  const cut = path.replace(/\/+$/, "").lastIndexOf("/");
  return cut < 0 ? ["", path] : [path.slice(0, cut + 1), path.slice(cut + 1)];
}

/** The meaning of each relation. */
const RELATIONS = {
  identical: "The same file, byte for byte",
  reencoded: "The whole image at another size, format or quality",
  altered: "The whole image, changed: colours, text, a border, mirrored or turned",
  partial: "One shows a part of the other",
  shared: "Both contain something that is the same; the rest differs",
};

function badge(relation, text = relation) {
  const isKnown = Object.hasOwn(RELATIONS, relation);
  const className = `badge ${isKnown || relation === "keep" ? relation : "other"}`;
  return make("span", { className, textContent: visible(text), title: isKnown ? RELATIONS[relation] : "" });
}
