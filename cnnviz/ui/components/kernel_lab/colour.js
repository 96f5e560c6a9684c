// Values to pixels, by the rules of cnnviz/charts/pictures.py.

/** @typedef {{diverging: Uint32Array, sequential: Uint32Array, grey: Uint32Array}} Tables */

/** Colours as the 32-bit words that ImageData holds. @param {number[][]} colours */
const asWords = (colours) => Uint32Array.from(colours, ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);

/** Which way "auto" shows the result of a chain: signed after a kernel whose weights cancel, heat after what takes
 * the sign from that, else brightness. @param {Step[]} steps @param {number} reach what all but one value in 200 stay under */
function autoShow(steps, reach) {
  let signed = false, heat = false;
  for (const step of steps) {
    if (step.kind === "kernel") {
      const weights = step.kernel.flat(), size = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
      signed = Math.abs(weights.reduce((sum, weight) => sum + weight, 0)) <= 0.25 * size && size > 0;
      heat = false;
    } else if (step.kind === "magnitude") [signed, heat] = [false, true];
    else if (signed && (step.kind === "relu" || step.kind === "abs")) [signed, heat] = [false, true];
  }
  if (signed) return "signed_stretch";
  if (heat) return "heat";
  return reach <= 2 ? "clip" : "stretch";
}

/** Smallest and largest. @param {Float32Array} data @returns {[number, number]} */
function rangeOf(data) {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The size that all but one value in 200 stay under, from 4,096 values spread over the data; 0 when nearly all are 0. */
function reachIn(/** @type {Float32Array} */ data) {
  const count = Math.min(4096, data.length), sizes = new Float32Array(count);
  for (let i = 0; i < count; i++) sizes[i] = Math.abs(data[Math.floor((i * data.length) / count)]);
  return sizes.sort()[Math.min(count - 1, Math.floor(count * 0.995))];
}

/** The values at the two ends of the scale. @returns {[number, number]} */
function limitsOf(/** @type {Float32Array} */ data, /** @type {string} */ show) {
  if (show === "signed_stretch" || show === "heat") {
    const reach = reachIn(data) || Math.max(...rangeOf(data).map(Math.abs)) || 1;
    return [show === "heat" ? 0 : -reach, reach];
  }
  if (show === "stretch") {
    const [low, high] = rangeOf(data);
    return high > low ? [low, high] : [low, low + 1];
  }
  return show === "signed_clip" ? [-1, 1] : [0, 1];
}

/** One map through a table of colours. */
function paintMap(/** @type {Float32Array} */ data, /** @type {number} */ from, /** @type {Uint32Array} */ words,
  /** @type {Uint32Array} */ table, /** @type {[number, number]} */ [low, high]) {
  const last = table.length - 1, scale = last / (high - low), shift = 0.5 - low * scale;
  for (let i = 0; i < words.length; i++) {
    const at = data[from + i] * scale + shift;
    words[i] = table[at < 0 ? 0 : at > last ? last : at | 0];
  }
}

/** Three maps as red, green and blue; the clamped array rounds and cuts off. */
function paintColour(/** @type {Float32Array} */ data, /** @type {Uint8ClampedArray} */ bytes, /** @type {[number, number]} */ [low, high]) {
  const size = bytes.length / 4, scale = 255 / (high - low), shift = -low * scale;
  for (let i = 0, to = 0; i < size; i++, to += 4) {
    bytes[to] = data[i] * scale + shift;
    bytes[to + 1] = data[size + i] * scale + shift;
    bytes[to + 2] = data[2 * size + i] * scale + shift;
    bytes[to + 3] = 255;
  }
}

/** Paint planes into an ImageData of their size. channel −1: all of them.
 * @param {Planes} planes @param {string} show @param {number} channel @param {Tables} tables
 * @param {ImageData} image @param {[number, number]} ends */
function paint(planes, show, channel, tables, image, ends) {
  const words = new Uint32Array(image.data.buffer);
  if (planes.channels === 3 && channel < 0) paintColour(planes.data, image.data, ends);
  else {
    const table = show.startsWith("signed") ? tables.diverging : show === "heat" ? tables.sequential : tables.grey;
    paintMap(planes.data, Math.max(0, planes.channels === 1 ? 0 : channel) * words.length, words, table, ends);
  }
}
