// The kernel's cells: type in one, drag on it, or step it with the arrow keys.

const MOST = 1e6;

/** What a person typed, as a number; throws LabError on text, NaN and what is too large. @param {string} text */
function numberFrom(text, field = "kernel") {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const fraction = /^(-?[\d.]+)\/([\d.]+)$/.exec(plain);
  const value = fraction ? Number(fraction[1]) / Number(fraction[2]) : plain === "" ? NaN : Number(plain);
  if (!Number.isFinite(value)) throw new LabError(field, `“${text.slice(0, 20)}” is not a number. Use one like −0.5 or 1/9.`);
  if (Math.abs(value) > MOST) throw new LabError(field, `${text.slice(0, 20)} is too large. Stay within ±1,000,000.`);
  return Math.fround(value);
}

/** A weight in a cell: four digits tell weights apart, fewer where cells are narrow. @param {number} value */
const weightText = (value, digits = 4) => String(Number(value.toPrecision(digits))).replace("-", "−");

/** For a narrow cell: two decimals, and no zero before the point. @param {number} value */
const narrowText = (value) => String(Number(value.toFixed(2))).replace("-", "−").replace(/^(−?)0\./, "$1.");

class Cells {
  /** @param {HTMLElement} box
   * @param {{preview: (kernel: number[][]) => boolean, settle: () => void, fail: (error: LabError) => void}} on */
  constructor(box, on) {
    this.box = box;
    this.on = on;
    /** @type {number[][]} */ this.kernel = [[0]];
    /** @type {HTMLInputElement[]} */ this.inputs = [];
    box.addEventListener("input", (event) => this.typed(/** @type {HTMLInputElement} */ (event.target)));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("pointerdown", (event) => this.grab(event));
    box.addEventListener("focusout", () => {
      this.show(this.kernel);
      on.settle();
    });
  }

  /** @param {number[][]} kernel */
  show(kernel) {
    const count = kernel.length * kernel[0].length;
    if (this.inputs.length !== count || this.kernel[0].length !== kernel[0].length) this.build(kernel);
    this.kernel = kernel;
    const active = /** @type {ShadowRoot} */ (this.box.getRootNode()).activeElement;
    const most = Math.max(...kernel.flat().map(Math.abs)) || 1;
    kernel.flat().forEach((value, at) => {
      const input = this.inputs[at], wide = kernel[0].length, text = wide > 7 ? narrowText(value) : weightText(value, wide > 4 ? 3 : 4);
      if (input.title !== weightText(value, 9)) input.title = weightText(value, 9);
      if (input !== active && input.value !== text) input.value = text;
      if (input.hasAttribute("aria-invalid")) input.removeAttribute("aria-invalid");
      const strength = Math.round((Math.abs(value) / most) * 55);
      input.style.backgroundColor = `color-mix(in srgb, var(${value < 0 ? "--low" : "--high"}) ${strength}%, var(--field))`;
    });
  }

  /** @param {number[][]} kernel */
  build(kernel) {
    const width = kernel[0].length;
    this.box.style.setProperty("--n", String(Math.max(width, 3)));
    this.box.style.setProperty("--columns", String(width));
    this.inputs = kernel.flatMap((row, i) => row.map((_, j) => {
      const input = document.createElement("input");
      input.inputMode = "decimal";
      input.autocomplete = "off";
      input.setAttribute("aria-label", `Weight, row ${i + 1}, column ${j + 1}`);
      return input;
    }));
    this.box.replaceChildren(...this.inputs);
  }

  /** @param {number} at @param {number} value */
  put(at, value) {
    const width = this.kernel[0].length, row = Math.floor(at / width), col = at % width;
    const next = this.kernel.map((line, i) => (i === row ? line.map((old, j) => (j === col ? value : old)) : line));
    return this.on.preview(next);
  }

  /** @param {HTMLInputElement} input */
  typed(input) {
    try {
      this.put(this.inputs.indexOf(input), numberFrom(input.value));
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      input.setAttribute("aria-invalid", "true");
      this.on.fail(error);
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const input = /** @type {HTMLInputElement} */ (event.target), at = this.inputs.indexOf(input);
    const width = this.kernel[0].length;
    const move = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width}[event.key];
    if (at < 0) return;
    if ((event.altKey && move) || event.key === "Enter") {
      event.preventDefault();
      this.inputs[at + (move ?? width)]?.focus();
      this.inputs[at + (move ?? width)]?.select();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      this.step(at, (event.key === "ArrowUp" ? 0.1 : -0.1) * (event.shiftKey ? 10 : 1));
    }
  }

  /** @param {number} at @param {number} by */
  step(at, by) {
    const value = Math.max(-MOST, Math.min(MOST, Number((this.kernel.flat()[at] + by).toFixed(4))));
    if (this.put(at, value)) this.inputs[at].value = weightText(value);
  }

  /** Drag up or right for more, down or left for less. @param {PointerEvent} event */
  grab(event) {
    const input = /** @type {HTMLInputElement} */ (event.target), at = this.inputs.indexOf(input);
    if (at < 0 || event.button) return;
    const start = this.kernel.flat()[at], {clientX, clientY} = event;
    let dragging = false;
    const move = (/** @type {PointerEvent} */ now) => {
      const away = now.clientX - clientX + clientY - now.clientY;
      if (!dragging && Math.abs(away) < 4) return;
      if (!dragging) input.setPointerCapture(event.pointerId);
      dragging = true;
      now.preventDefault();
      this.step(at, start + Math.round(away / 2) * (now.shiftKey ? 0.5 : 0.05) - this.kernel.flat()[at]);
    };
    const end = () => {
      input.removeEventListener("pointermove", move);
      input.removeEventListener("pointerup", end);
      input.removeEventListener("pointercancel", end);
      if (dragging) this.on.settle();
    };
    input.addEventListener("pointermove", move);
    input.addEventListener("pointerup", end);
    input.addEventListener("pointercancel", end);
  }
}
