// What the lens knows: the window of an output pixel with every product, and the outputs an input pixel feeds.

/**
 * @typedef {{rows: number[], cols: number[], patch: number[][], weights: number[][], second: number[][],
 *   products: number[][], sums: number[], sum: number, other: number, bias: number, value: number,
 *   pads: boolean[][]}} Window
 * @typedef {{row: number, col: number, weight: number}} Fed
 */

/** The window of an output pixel. rows and cols are counted in the input and lie outside it on padding.
 * @param {Chain} chain @param {number} at step @param {[number, number]} pixel @param {number} channel of the input
 * @returns {Window} */
function windowOf(chain, at, [row, col], channel) {
  const lab = /** @type {Lab} */ (chain.lab), step = fullStep(lab.steps[at]), input = chain.input(at);
  const out = chain.outputs[at], all = lab.channels === "sum" && hasKernel(step);
  const [kh, kw] = windowSize(step), [top, , left] = padsOf(step);
  const stride = hasWindow(step) ? step.stride : [1, 1], dilation = hasKernel(step) ? step.dilation : [1, 1];
  const rows = Array.from({length: kh}, (_, i) => row * stride[0] + i * dilation[0] - top);
  const cols = Array.from({length: kw}, (_, j) => col * stride[1] + j * dilation[1] - left);
  const padded = hasKernel(step) ? /** @type {Padded} */ (chain.padded[at]) : input;
  const read = (/** @type {number} */ c) => rows.map((y) => cols.map((x) =>
    padded.data[(c * padded.height + y + top) * padded.width + x + left]));
  const weights = mapKernel(step.kernel, Math.fround), second = mapKernel(step.second, Math.fround);
  const dot = (/** @type {number[][]} */ patch, /** @type {number[][]} */ by) =>
    patch.reduce((sum, line, i) => sum + line.reduce((part, value, j) => part + value * by[i][j], 0), 0);
  const patches = Array.from({length: input.channels}, (_, c) => read(c)), patch = patches[channel];
  const counted = all ? patches : [patch];
  const sums = hasKernel(step) ? counted.map((one) => dot(one, weights)) : [];
  const outChannel = out.channels === 1 ? 0 : channel;
  return {
    rows, cols, patch, weights, second, sums,
    products: hasKernel(step) ? patch.map((line, i) => line.map((value, j) => value * weights[i][j])) : [],
    sum: sums.reduce((sum, part) => sum + part, 0),
    other: step.kind === "magnitude" ? counted.reduce((sum, one) => sum + dot(one, second), 0) : 0,
    bias: step.kind === "kernel" ? Math.fround(step.bias) : 0,
    value: out.data[(outChannel * out.height + row) * out.width + col],
    pads: rows.map((y) => cols.map((x) => y < 0 || x < 0 || y >= input.height || x >= input.width)),
  };
}

/** Every output an input pixel feeds, and through which weight; padding that copies it counts.
 * @param {Chain} chain @param {number} at @param {[number, number]} pixel @returns {Fed[]} */
function fedBy(chain, at, [row, col]) {
  const step = fullStep(/** @type {Lab} */ (chain.lab).steps[at]), out = chain.outputs[at];
  if (!hasWindow(step)) return [{row, col, weight: 1}];
  const {height, width} = chain.input(at), [top, bottom, left, right] = padsOf(step);
  const down = meetings(sourceIndex(step.mode, height, top, bottom), row, windowSize(step)[0], step.stride[0],
    hasKernel(step) ? step.dilation[0] : 1, out.height);
  const across = meetings(sourceIndex(step.mode, width, left, right), col, windowSize(step)[1], step.stride[1],
    hasKernel(step) ? step.dilation[1] : 1, out.width);
  const found = new Map();
  for (const [y, i] of down) {
    for (const [x, j] of across) {
      const key = y * out.width + x, weight = step.kind === "kernel" ? step.kernel[i][j] : 1;
      found.set(key, {row: y, col: x, weight: weight + (found.get(key)?.weight ?? 0)});
    }
  }
  return [...found.values()];
}

/** Along one axis: which output meets a source line through which tap. @returns {[number, number][]} */
function meetings(/** @type {Int32Array} */ from, /** @type {number} */ line, /** @type {number} */ taps,
  /** @type {number} */ stride, /** @type {number} */ dilation, /** @type {number} */ length) {
  const pairs = [];
  for (let p = 0; p < from.length; p++) {
    if (from[p] !== line) continue;
    for (let i = 0; i < taps; i++) {
      const start = p - i * dilation;
      if (start >= 0 && start % stride === 0 && start / stride < length) pairs.push([start / stride, i]);
    }
  }
  return pairs;
}
