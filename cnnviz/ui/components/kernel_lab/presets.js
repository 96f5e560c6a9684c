// Named kernels and edits, the same formulas as cnnviz/ops/kernels.py (a test compares them), so that a slider is
// followed by the hand.

/** @typedef {Record<string, number>} Values */

/** A square kernel from a function of (y, x), counted from the middle. */
function fromGrid(/** @type {number} */ size, /** @type {(y: number, x: number) => number} */ value) {
  const half = (size - 1) / 2;
  return Array.from({length: size}, (_, i) => Array.from({length: size}, (_, j) => value(i - half, j - half)));
}

const mapKernel = (/** @type {number[][]} */ kernel, /** @type {(w: number) => number} */ change) =>
  kernel.map((row) => row.map(change));
const sumOf = (/** @type {number[][]} */ kernel) => kernel.flat().reduce((sum, weight) => sum + weight, 0);
const transposed = (/** @type {number[][]} */ kernel) => kernel[0].map((_, j) => kernel.map((row) => row[j]));

/** @type {Record<string, (kernel: number[][]) => number[][]>} */
const EDITS = {
  transpose: transposed,
  flip_across: (kernel) => kernel.map((row) => [...row].reverse()),
  flip_down: (kernel) => [...kernel].reverse(),
  rotate: (kernel) => transposed([...kernel].reverse()),
  negate: (kernel) => mapKernel(kernel, (weight) => 0 - weight),
  sum_to_one: (kernel) => {
    const total = sumOf(kernel);
    return Math.abs(total) > 1e-9 ? mapKernel(kernel, (weight) => weight / total) : kernel;
  },
  zero_mean: (kernel) => {
    const mean = sumOf(kernel) / (kernel.length * kernel[0].length);
    return mapKernel(kernel, (weight) => weight - mean);
  },
};

const identity = (/** @type {number} */ size) => {
  const middle = Math.floor(size / 2);
  return Array.from({length: size}, (_, i) => Array.from({length: size}, (_, j) => +(i === middle && j === middle)));
};
const gaussian = (/** @type {number} */ size, /** @type {number} */ sigma) =>
  EDITS.sum_to_one(fromGrid(size, (y, x) => Math.exp(-(x * x + y * y) / (2 * sigma * sigma))));

/** Tommy Ettinger's mulberry32. @param {number} seed */
function drawFrom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const EDGE = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]];
const SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]];
const SCHARR = [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]];
const AROUND = [[1, 1, 1], [1, -8, 1], [1, 1, 1]];

/** @type {Record<string, (values: Values) => number[][]>} */
const MAKE = {
  identity: ({size}) => identity(size),
  box: ({size}) => fromGrid(size, () => 1 / size ** 2),
  gaussian: ({size, sigma}) => gaussian(size, sigma),
  motion_blur: ({size, angle}) => {
    const turn = (angle * Math.PI) / 180;
    return EDITS.sum_to_one(fromGrid(size, (y, x) => Math.max(0, 1 - Math.abs(y * Math.cos(turn) - x * Math.sin(turn)))));
  },
  sharpen: () => [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  unsharp: ({size, sigma, amount}) => {
    const soft = gaussian(size, sigma);
    return identity(size).map((row, i) => row.map((one, j) => (1 + amount) * one - amount * soft[i][j]));
  },
  prewitt_x: () => EDGE,
  prewitt_y: () => transposed(EDGE),
  sobel_x: () => SOBEL,
  sobel_y: () => transposed(SOBEL),
  scharr_x: () => SCHARR,
  scharr_y: () => transposed(SCHARR),
  laplacian_4: () => [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
  laplacian_8: () => AROUND,
  outline: () => EDITS.negate(AROUND),
  emboss: () => [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
  log: ({size, sigma}) => {
    const soft = gaussian(size, sigma);
    const half = (size - 1) / 2;
    return EDITS.zero_mean(soft.map((row, i) => row.map((weight, j) =>
      (((i - half) ** 2 + (j - half) ** 2 - 2 * sigma ** 2) / sigma ** 4) * weight)));
  },
  gabor: ({size, angle, wavelength}) => {
    const turn = (angle * Math.PI) / 180;
    return EDITS.zero_mean(fromGrid(size, (y, x) => Math.exp(-(x * x + y * y) / (wavelength ** 2 / 2)) *
      Math.cos((2 * Math.PI * (x * Math.cos(turn) + y * Math.sin(turn))) / wavelength)));
  },
  random: ({size, seed}) => {
    const draw = drawFrom(seed);
    return fromGrid(size, () => Math.floor(draw() * 201) / 100 - 1);
  },
};

/** A kernel of another size, the old weights about its middle. */
function resized(/** @type {number[][]} */ kernel, /** @type {number} */ height, /** @type {number} */ width) {
  const down = Math.floor((height - kernel.length) / 2), right = Math.floor((width - kernel[0].length) / 2);
  return Array.from({length: height}, (_, i) => Array.from({length: width}, (_, j) => kernel[i - down]?.[j - right] ?? 0));
}
