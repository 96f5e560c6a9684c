/**
 * Which cells meet, read out of the links that Python hands over. Rows and columns are independent, so every
 * set of cells here is a set of rows times a set of columns.
 *
 * @typedef {{inSize: number, outSize: number, kernel: number, before: number, after: number, overhang: number,
 *   cropBefore: number, cropAfter: number, links: number[], folds: number[], dropped: number[],
 *   skipped: number[]}} Axis  links: output, kernel, position, output, kernel, position …; folds: position, cell …
 * @typedef {{positions: number[], cells: number[], outs: number[], kernels: number[]}} Lit
 *   positions: of the input, padding included; cells: the real cells behind them
 */

/** @param {Map<number, Set<number>>} map @param {number} key @param {number} value */
function put(map, key, value) {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

/** @param {Iterable<number>} numbers @returns {number[]} */
function sorted(numbers) {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** One axis, indexed from all three sides. */
class Meetings {
  /** @param {Axis} axis */
  constructor(axis) {
    this.axis = axis;
    /** @type {Map<number, number>} */
    this.folds = new Map();
    for (let i = 0; i < axis.folds.length; i += 2) this.folds.set(axis.folds[i], axis.folds[i + 1]);
    this.inputOf = new Map();
    this.outputOf = new Map();
    this.kernelInputs = new Map();
    this.kernelOutputs = new Map();
    this.tapOf = new Map();
    for (let i = 0; i < axis.links.length; i += 3) {
      const [out, tap, position] = [axis.links[i], axis.links[i + 1], axis.links[i + 2]];
      put(this.inputOf, out, position);
      put(this.outputOf, position, out);
      put(this.kernelInputs, tap, position);
      put(this.kernelOutputs, tap, out);
      put(this.tapOf, out, tap);
      const cell = this.folds.get(position);
      if (cell !== undefined) put(this.outputOf, cell, out);
    }
  }

  /** The real cell behind a position, or undefined in empty padding. @param {number} position */
  cell(position) {
    return position >= 0 && position < this.axis.inSize ? position : this.folds.get(position);
  }

  /** How many outputs read a position. @param {number} position */
  readers(position) {
    return this.outputOf.get(position)?.size ?? 0;
  }

  /** How many inputs an output gets. @param {number} out */
  inputs(out) {
    return this.inputOf.get(out)?.size ?? 0;
  }

  /** True when some output gets no input at all. */
  unreached() {
    for (let out = 0; out < this.axis.outSize; out++) if (!this.inputs(out)) return true;
    return false;
  }

  /** @param {Iterable<number>} positions @param {Iterable<number>} outs @param {Iterable<number>} kernels
   *  @returns {Lit} */
  lit(positions, outs, kernels) {
    const all = sorted(positions);
    const cells = sorted(/** @type {number[]} */ (all.map((p) => this.cell(p)).filter((c) => c !== undefined)));
    return { positions: all, cells, outs: sorted(outs), kernels: sorted(kernels) };
  }

  /** What lights up when one place of a panel is pointed at. @param {string} panel @param {number} at */
  from(panel, at) {
    if (panel === "output") return this.lit(this.inputOf.get(at) ?? [], [at], this.tapOf.get(at) ?? []);
    if (panel === "input" || panel === "heat") return this.lit([at], this.outputOf.get(at) ?? [], []);
    return this.lit(this.kernelInputs.get(at) ?? [], this.kernelOutputs.get(at) ?? [], [at]);
  }
}
