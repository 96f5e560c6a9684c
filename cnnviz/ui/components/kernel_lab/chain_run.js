// The chain: each step's planes, kept, so that a change of one step works from there on only.

/** Red, green and blue into one plane of brightness (ITU-R BT.601). @param {Planes} planes @returns {Planes} */
function toGrey(planes) {
  if (planes.channels === 1) return planes;
  const size = planes.height * planes.width, data = new Float32Array(size), from = planes.data;
  for (let i = 0; i < size; i++) data[i] = 0.299 * from[i] + 0.587 * from[size + i] + 0.114 * from[2 * size + i];
  return {data, channels: 1, height: planes.height, width: planes.width};
}

/** Bytes (H, W, C) as planes from 0 to 1. @returns {Planes} */
function toPlanes(/** @type {Uint8Array} */ bytes, /** @type {number} */ height, /** @type {number} */ width, /** @type {number} */ channels) {
  const size = height * width, data = new Float32Array(size * channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < size; i++) data[c * size + i] = bytes[i * channels + c] / 255;
  }
  return {data, channels, height, width};
}

/** A laboratory at work on one picture. */
class Chain {
  constructor() {
    /** @type {Planes} */ this.picture = {data: new Float32Array(1), channels: 1, height: 1, width: 1};
    /** @type {Lab | null} */ this.lab = null;
    /** @type {Planes[]} */ this.outputs = []; // one a step
    /** @type {(Padded | null)[]} */ this.padded = [];
    /** @type {string[]} */ this.padKeys = [];
    this.source = this.picture;
    /** What a step's output was made from, while it still holds it. @type {({padded: Padded, step: Required<Step>, all: boolean} | null)[]} */
    this.made = [];
    this.drifted = false; // a result was changed in place, and may be off by a rounding
  }

  /** Work a result that was changed in place out anew. True when there was one. */
  settle() {
    if (!this.drifted || !this.lab) return false;
    this.made = [];
    this.run(this.lab, 0);
    return true;
  }

  /** @param {Planes} picture */
  setPicture(picture) {
    this.picture = picture;
    this.padKeys = [];
    this.made = [];
    this.source = toGreyIf(picture, this.lab);
  }

  /** The shape after each step, (C, H, W). Throws LabError with `step`. @param {Lab} lab */
  shapes(lab) {
    let {height, width} = this.picture, channels = lab.channels === "grey" ? 1 : this.picture.channels;
    return lab.steps.map((given, at) => {
      try {
        [height, width] = outputSize(fullStep(given), height, width);
      } catch (error) {
        if (error instanceof LabError) error.step = at;
        throw error;
      }
      if (lab.channels === "sum" && hasKernel(given)) channels = 1;
      return [channels, height, width];
    });
  }

  /** Run a laboratory from the step that changed on. Throws LabError and keeps the last result.
   * @param {Lab} lab @param {number} from */
  run(lab, from = 0) {
    const shapes = this.shapes(lab);
    if (!this.lab || this.lab.channels !== lab.channels) this.padKeys = [];
    if (this.outputs.length !== lab.steps.length) from = 0;
    this.lab = lab;
    if (from === 0) this.source = toGreyIf(this.picture, lab);
    this.outputs.length = lab.steps.length;
    if (from === 0) this.drifted = false;
    for (let at = from; at < lab.steps.length; at++) this.runStep(at, fullStep(lab.steps[at]), shapes[at]);
  }

  /** What goes into a step. @param {number} at @returns {Planes} */
  input(at) {
    return at ? this.outputs[at - 1] : this.source;
  }

  /** @param {number} at @param {Required<Step>} step @param {number[]} shape */
  runStep(at, step, [channels, height, width]) {
    const input = this.input(at), size = channels * height * width;
    const held = this.outputs[at];
    const data = held && held.data.length === size ? held.data : new Float32Array(size);
    const out = {data, channels, height, width};
    const all = this.lab?.channels === "sum";
    const made = this.made[at];
    this.made[at] = null;
    if (hasKernel(step)) {
      const padded = this.pad(at, input, step);
      const change = made && data === held?.data && this.change(made, padded, step, all);
      this.made[at] = step.kind === "kernel" ? {padded, step, all} : null;
      if (change) {
        addTap(padded, change, step, all, out);
        this.drifted = true;
      } else correlate(padded, step.kernel, step, step.kind === "kernel" ? step.bias : 0, all, out);
      if (step.kind === "magnitude") {
        const other = {...out, data: new Float32Array(size)};
        correlate(padded, step.second, step, 0, all, other);
        for (let i = 0; i < size; i++) data[i] = Math.sqrt(data[i] * data[i] + other.data[i] * other.data[i]);
      }
    } else if (hasWindow(step)) pool(input, step, out);
    else if (step.kind === "relu") for (let i = 0; i < size; i++) data[i] = input.data[i] > 0 ? input.data[i] : 0;
    else for (let i = 0; i < size; i++) data[i] = Math.abs(input.data[i]);
    this.outputs[at] = out;
  }

  /** The one weight in which a step differs from what its output was made from, or null.
   * @param {{padded: Padded, step: Required<Step>, all: boolean}} made @param {Padded} padded
   * @param {Required<Step>} step @param {boolean} all */
  change(made, padded, step, all) {
    const {kernel, ...rest} = step, {kernel: before, ...same} = made.step;
    if (made.padded !== padded || made.all !== all || JSON.stringify(rest) !== JSON.stringify(same)) return null;
    return singleChange(before, kernel);
  }

  /** The first step's padded picture is kept: while a hand is on a weight it does not change.
   * @param {number} at @param {Planes} input @param {Required<Step>} step */
  pad(at, input, step) {
    const key = at ? "" : JSON.stringify([step.mode, padsOf(step)]);
    const held = this.padded[at];
    if (held && key && this.padKeys[at] === key) return held;
    const padded = pad(input, step);
    this.padded[at] = padded;
    this.padKeys[at] = key;
    return padded;
  }
}

/** @param {Planes} picture @param {Lab | null} lab */
function toGreyIf(picture, lab) {
  return lab?.channels === "grey" ? toGrey(picture) : picture;
}
