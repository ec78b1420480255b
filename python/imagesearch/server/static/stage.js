"use strict";
// Two aligned images. Shared by the server's page and the report of the command.

/** Maximum extent of the stage beyond the second image, as a multiple of its side. */
const REACH = 2;

class Stage {
  /**
   * @param show sets the image of an <img>: (element, reference) => void or a promise
   * @param names labels of the two images, for instance ["Query", "Match"]
   */
  constructor(show, names) {
    this.show = show;
    this.names = names;
    this.range = make("input", { type: "range", min: "0", max: "100", value: "50", id: "slider" });
    this.handle = make("div", { className: "handle", "aria-hidden": "true" });
    this.under = make("div", { className: "layer" });
    this.over = make("div", { className: "layer over" });
    this.frame = make("div", { className: "frame" }, this.under, this.over, this.handle);
    this.modes = make("div", { className: "modes", role: "group", "aria-label": "How to compare" });
    for (const [mode, text] of [["wipe", "Slider"], ["fade", "Fade"], ["difference", "Difference"], ["beside", "Side by side"]]) {
      const button = make("button", { type: "button", textContent: text, "data-mode": mode });
      button.addEventListener("click", () => this.set(mode));
      this.modes.append(button);
    }
    this.ends = make("span", { className: "ends", "aria-hidden": "true" }, make("span"), make("span"));
    this.control = make("label", { className: "slide" }, make("span", { className: "unseen" }), this.range, this.ends);
    this.note = make("p", { className: "note" });
    this.element = make("div", { className: "stage" }, this.modes, this.frame, this.control, this.note);
    this.mode = "wipe";
    this.range.addEventListener("input", () => this.reveal());
    this.frame.addEventListener("pointerdown", (event) => this.drag(event));
    new ResizeObserver(() => this.place()).observe(this.frame);
    this.name(names);
  }

  name(names) {
    this.names = names;
    this.control.firstElementChild.textContent = `Move between ${names[0].toLowerCase()} and ${names[1].toLowerCase()}`;
    this.ends.firstElementChild.textContent = names[0];
    this.ends.lastElementChild.textContent = names[1];
  }

  set(mode) {
    this.mode = mode;
    this.draw();
  }

  /**
   * Shows two images, each {reference, width, height} in pixels of the upright original; `transform` maps pixels of the first
   * to those of the second: [m11, m12, m13, m21, m22, m23]. Without it they are shown beside each other.
   */
  open(first, second, transform, note = "") {
    this.images = [first, second].map((image) => {
      if (!image || !image.reference) return null;
      const element = make("img", { draggable: false, decoding: "async" });
      this.show(element, image.reference);
      return { ...image, element };
    });
    const isUsable = Stage.isMap(transform) && this.images.every((image) => image?.width > 0 && image.height > 0);
    this.transform = isUsable ? transform : null;
    this.modes.hidden = this.transform === null;
    this.note.textContent = note;
    this.note.hidden = note === "";
    this.range.value = 50;
    this.draw();
  }

  /** Whether the map is invertible. */
  static isMap(transform) {
    if (!Array.isArray(transform) || transform.length !== 6 || !transform.every(Number.isFinite)) return false;
    return Math.abs(transform[0] * transform[4] - transform[1] * transform[3]) > 1e-9;
  }

  draw() {
    if (!this.images) return;
    const mode = this.transform ? this.mode : "beside";
    for (const button of this.modes.children) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    this.element.dataset.mode = mode;
    this.control.hidden = !["wipe", "fade"].includes(mode);
    const [first, second] = this.images;
    first?.element.setAttribute("alt", this.names[0]);
    second?.element.setAttribute("alt", this.names[1]);
    this.under.replaceChildren();
    this.over.replaceChildren();
    if (mode === "beside") {
      this.over.append(this.figure(first, this.names[0]));
      this.under.append(this.figure(second, this.names[1]));
    } else {
      this.under.append(second.element);
      this.over.append(first.element);
    }
    this.place();
  }

  figure(image, name) {
    const content = image ? image.element : make("span", { className: "none", textContent: "No image is kept" });
    content.removeAttribute("style");
    return make("figure", {}, content, make("figcaption", { textContent: name }));
  }

  /** Places both images in the frame, whose coordinates are pixels of the second image. */
  place() {
    if (!this.images) return;
    if (!this.transform || this.mode === "beside") {
      this.frame.style.height = "";
      return;
    }
    const [first, second] = this.images;
    const [a, b, c, d, e, f] = this.transform;
    const corners = [[0, 0], [first.width, 0], [0, first.height], [first.width, first.height]];
    const laid = corners.map(([x, y]) => [a * x + b * y + c, d * x + e * y + f]);
    const bound = (values, side) => [
      Math.max(-REACH * side, Math.min(0, ...values)),
      Math.min((1 + REACH) * side, Math.max(side, ...values)),
    ];
    const [left, right] = bound(laid.map(([x]) => x), second.width);
    const [top, bottom] = bound(laid.map(([, y]) => y), second.height);
    const room = this.frame.clientWidth, most = Math.max(240, Math.min(innerHeight * 0.5, 720));
    const scale = Math.min(room / (right - left), most / (bottom - top));
    this.frame.style.height = `${Math.round((bottom - top) * scale)}px`;
    const shift = (room - (right - left) * scale) / 2;
    const lay = (image, [p, q, r, s, t, u]) => {
      image.element.style.width = `${image.width}px`;
      image.element.style.height = `${image.height}px`;
      const matrix = [p * scale, s * scale, q * scale, t * scale, (r - left) * scale + shift, (u - top) * scale];
      image.element.style.transform = `matrix(${matrix.join(",")})`;
    };
    lay(first, this.transform);
    lay(second, [1, 0, 0, 0, 1, 0]);
    this.reveal();
  }

  /** Shows the part of the first image given by the slider. It is clipped in the frame, independent of the transform. */
  reveal() {
    const share = this.range.value / 100;
    // The first image is left of the handle; when fading, it is at the slider's left end.
    const first = this.mode === "wipe" ? share : 1 - share;
    this.range.setAttribute("aria-valuetext", `${Math.round(100 * first)} % ${this.names[0].toLowerCase()}`);
    const position = this.frame.clientWidth * share;
    this.over.style.clipPath = this.mode === "wipe" ? `inset(0 ${Math.max(0, this.frame.clientWidth - position)}px 0 0)` : "none";
    this.over.style.opacity = this.mode === "fade" ? first : 1;
    this.handle.style.transform = `translateX(${position}px)`;
  }

  drag(event) {
    if (this.element.dataset.mode !== "wipe" || event.button !== 0) return;
    const move = (moved) => {
      const box = this.frame.getBoundingClientRect();
      this.range.value = Math.max(0, Math.min(100, (100 * (moved.clientX - box.left)) / box.width));
      this.reveal();
    };
    this.frame.setPointerCapture(event.pointerId);
    this.frame.addEventListener("pointermove", move);
    this.frame.addEventListener("pointerup", () => this.frame.removeEventListener("pointermove", move), { once: true });
    this.frame.addEventListener("pointercancel", () => this.frame.removeEventListener("pointermove", move), { once: true });
    move(event);
  }
}
