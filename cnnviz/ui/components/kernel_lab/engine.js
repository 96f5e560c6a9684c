// The arithmetic: padding, cross-correlation, pooling, in the order torch.nn.functional does it. No DOM in here.

/**
 * @typedef {{data: Float32Array, channels: number, height: number, width: number}} Planes
 * @typedef {{kind: string, kernel?: number[][], second?: number[][], bias?: number, stride?: number[],
 *   padding?: number[], mode?: string, dilation?: number[], size?: number[]}} Step
 * @typedef {{channels: string, show: string, steps: Step[]}} Lab
 * @typedef {Planes & {rows: Int32Array, cols: Int32Array}} Padded
 */

/** Something a person can mend; `field` names the control. */
class LabError extends Error {
  /** @param {string} field @param {string} message */
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

const PASS = 9; // taps a pass: a 3×3 kernel goes over the picture once

/** @param {Step} step */
const hasKernel = (step) => step.kind === "kernel" || step.kind === "magnitude";
/** @param {Step} step */
const hasWindow = (step) => hasKernel(step) || step.kind.endsWith("_pool");

/** Every field of a step, so that nothing else needs a default. @param {Step} step @returns {Required<Step>} */
function fullStep(step) {
  return {kernel: [[1]], second: [[1]], bias: 0, stride: [1, 1], padding: [0, 0], mode: "zeros",
    dilation: [1, 1], size: [2, 2], ...step};
}

/** Rows and columns in the window. @param {Required<Step>} step */
function windowSize(step) {
  if (hasKernel(step)) return [step.kernel.length, step.kernel[0].length];
  return hasWindow(step) ? step.size : [1, 1];
}

/** Pixels between the window's first and last, counted in. @param {Required<Step>} step */
function reachOf(step) {
  const [height, width] = windowSize(step);
  return hasKernel(step) ? [step.dilation[0] * (height - 1) + 1, step.dilation[1] * (width - 1) + 1] : [height, width];
}

/** Top, bottom, left, right; "same" puts the odd one below and to the right. @param {Required<Step>} step */
function padsOf(step) {
  if (!hasKernel(step) || step.mode === "none") return [0, 0, 0, 0];
  if (step.mode !== "same") return [step.padding[0], step.padding[0], step.padding[1], step.padding[1]];
  const [tall, wide] = reachOf(step).map((side) => side - 1);
  return [tall >> 1, tall - (tall >> 1), wide >> 1, wide - (wide >> 1)];
}

/** Height and width after a step. Throws LabError. @param {Required<Step>} step @param {number} height @param {number} width */
function outputSize(step, height, width) {
  if (!hasWindow(step)) return [height, width];
  if (hasKernel(step)) checkPadding(step, height, width);
  const [top, bottom, left, right] = padsOf(step);
  const tall = height + top + bottom, wide = width + left + right;
  const reach = reachOf(step), where = hasKernel(step) ? "kernel" : "size";
  if (reach[0] > tall || reach[1] > wide) {
    throw new LabError(where, `The window reaches over ${reach.join("×")} pixels, but the padded picture has ` +
      `${tall}×${wide}. Use a smaller kernel or dilation, or more padding.`);
  }
  if (step.stride[0] > tall || step.stride[1] > wide) {
    throw new LabError("stride", `The stride ${step.stride.join("×")} is larger than the padded picture of ` +
      `${tall}×${wide}. Use a smaller stride.`);
  }
  return [Math.floor((tall - reach[0]) / step.stride[0]) + 1, Math.floor((wide - reach[1]) / step.stride[1]) + 1];
}

/** @param {Required<Step>} step @param {number} height @param {number} width */
function checkPadding(step, height, width) {
  if (step.mode === "same" && (step.stride[0] !== 1 || step.stride[1] !== 1)) {
    throw new LabError("mode", `Padding "same" needs stride 1, not ${step.stride.join("×")}. ` +
      "Set the stride to 1 or choose another padding.");
  }
  if (step.mode !== "reflect" && step.mode !== "circular") return;
  const most = step.mode === "reflect" ? [height - 1, width - 1] : [height, width];
  if (step.padding[0] <= most[0] && step.padding[1] <= most[1]) return;
  throw new LabError("padding", `Padding ${step.padding.join("×")} is too wide to ` +
    `${step.mode === "reflect" ? "reflect" : "wrap round"} a picture of ${height}×${width}. ` +
    `Use at most ${most.join("×")}, or pad with zeros.`);
}

/** For each padded row (or column), the one it copies, or −1 for zeros. */
function sourceIndex(/** @type {string} */ mode, /** @type {number} */ length, /** @type {number} */ before, /** @type {number} */ after) {
  const from = new Int32Array(before + length + after);
  for (let i = 0; i < from.length; i++) {
    let at = i - before;
    if (at < 0 || at >= length) {
      if (mode === "reflect") at = at < 0 ? -at : 2 * (length - 1) - at;
      else if (mode === "replicate") at = at < 0 ? 0 : length - 1;
      else if (mode === "circular") at = (at + length) % length;
      else at = -1;
    }
    from[i] = at;
  }
  return from;
}

/** The planes with their padding written out, so that the inner loop never asks where it is.
 * @param {Planes} planes @param {Required<Step>} step @returns {Padded} */
function pad(planes, step) {
  const [top, bottom, left, right] = padsOf(step);
  const rows = sourceIndex(step.mode, planes.height, top, bottom);
  const cols = sourceIndex(step.mode, planes.width, left, right);
  if (!(top || bottom || left || right)) return {...planes, rows, cols};
  const height = rows.length, width = cols.length;
  const data = new Float32Array(planes.channels * height * width);
  for (let c = 0; c < planes.channels; c++) {
    for (let y = 0; y < height; y++) {
      if (rows[y] < 0) continue;
      const from = (c * planes.height + rows[y]) * planes.width, to = (c * height + y) * width;
      data.set(planes.data.subarray(from, from + planes.width), to + left);
      for (let x = 0; x < left; x++) if (cols[x] >= 0) data[to + x] = planes.data[from + cols[x]];
      for (let x = left + planes.width; x < width; x++) if (cols[x] >= 0) data[to + x] = planes.data[from + cols[x]];
    }
  }
  return {data, channels: planes.channels, height, width, rows, cols};
}

/** Where each weight that is not zero looks, from the window's corner.
 * @param {number[][]} kernel @param {Required<Step>} step @param {Padded} padded @param {boolean} all */
function tapsOf(kernel, step, padded, all) {
  const offsets = [], weights = [];
  for (let c = 0; c < (all ? padded.channels : 1); c++) {
    kernel.forEach((row, i) => row.forEach((weight, j) => {
      if (weight === 0) return;
      offsets.push((c * padded.height + i * step.dilation[0]) * padded.width + j * step.dilation[1]);
      weights.push(Math.fround(weight));
    }));
  }
  while (offsets.length % PASS || !offsets.length) {
    offsets.push(0); // nothing times the corner pixel: fills the last pass without a branch
    weights.push(0);
  }
  return {offsets, weights};
}

/** One pass of nine taps over one plane, added to `out` or, first, put in its place with the bias. */
function pass(/** @type {Float32Array} */ src, /** @type {number} */ base, /** @type {number} */ rowStep, /** @type {number} */ colStep,
  /** @type {Float32Array} */ out, /** @type {number} */ height, /** @type {number} */ width,
  /** @type {number[]} */ o, /** @type {number[]} */ w, /** @type {boolean} */ first, /** @type {number} */ bias) {
  const [a, b, c, d, e, f, g, h, k] = w;
  const [oa, ob, oc, od, oe, of, og, oh, ok] = o;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let at = base + y * rowStep;
    for (let x = 0; x < width; x++, at += colStep, to++) {
      const sum = a * src[at + oa] + b * src[at + ob] + c * src[at + oc] + d * src[at + od] + e * src[at + oe] +
        f * src[at + of] + g * src[at + og] + h * src[at + oh] + k * src[at + ok];
      out[to] = first ? sum + bias : out[to] + sum;
    }
  }
}

/** Cross-correlation, as conv2d does it: each channel alone, or all of them into one map (`all`).
 * @param {Padded} padded @param {number[][]} kernel @param {Required<Step>} step @param {number} bias
 * @param {boolean} all @param {Planes} out */
function correlate(padded, kernel, step, bias, all, out) {
  const {offsets, weights} = tapsOf(kernel, step, padded, all);
  const size = out.height * out.width, plane = padded.height * padded.width;
  for (let c = 0; c < out.channels; c++) {
    const target = out.data.subarray(c * size, (c + 1) * size);
    for (let at = 0; at < offsets.length; at += PASS) {
      pass(padded.data, c * plane, step.stride[0] * padded.width, step.stride[1], target, out.height, out.width,
        offsets.slice(at, at + PASS), weights.slice(at, at + PASS), at === 0, Math.fround(bias));
    }
  }
}

/** Add one weight's change to what is already there: the sum is linear, so a hand on one cell costs one tap, not all.
 * @param {Padded} padded @param {{row: number, col: number, by: number}} change @param {Required<Step>} step
 * @param {boolean} all @param {Planes} out */
function addTap(padded, {row, col, by}, step, all, out) {
  const size = out.height * out.width, plane = padded.height * padded.width, src = padded.data;
  const rowStep = step.stride[0] * padded.width, colStep = step.stride[1], width = out.width;
  for (let c = 0; c < padded.channels; c++) {
    const target = all ? out.data : out.data.subarray(c * size, (c + 1) * size);
    let at = c * plane + row * step.dilation[0] * padded.width + col * step.dilation[1], to = 0;
    for (let y = 0; y < out.height; y++, at += rowStep) {
      for (let x = 0, from = at; x < width; x++, from += colStep, to++) target[to] += by * src[from];
    }
  }
}

/** The cells in which two kernels differ, when that is one and adding it loses no digits; else null.
 * @param {number[][]} before @param {number[][]} after */
function singleChange(before, after) {
  if (before.length !== after.length || before[0].length !== after[0].length) return null;
  let found = null, size = 0;
  for (let row = 0; row < after.length; row++) {
    for (let col = 0; col < after[row].length; col++) {
      const by = Math.fround(after[row][col]) - Math.fround(before[row][col]);
      size += Math.abs(after[row][col]);
      if (by && found) return null;
      if (by) found = {row, col, by};
    }
  }
  return found && Math.abs(found.by) <= 4 * size ? found : null;
}

/** Maximum or mean over windows. @param {Planes} planes @param {Required<Step>} step @param {Planes} out */
function pool(planes, step, out) {
  const [kh, kw] = step.size, [sh, sw] = step.stride, largest = step.kind === "max_pool";
  let to = 0;
  for (let c = 0; c < out.channels; c++) {
    for (let y = 0; y < out.height; y++) {
      for (let x = 0; x < out.width; x++) {
        const corner = (c * planes.height + y * sh) * planes.width + x * sw;
        let most = -Infinity, sum = 0;
        for (let i = 0; i < kh; i++) {
          for (let j = 0; j < kw; j++) {
            const value = planes.data[corner + i * planes.width + j];
            if (value > most) most = value;
            sum += value;
          }
        }
        out.data[to++] = largest ? most : sum / (kh * kw);
      }
    }
  }
}
