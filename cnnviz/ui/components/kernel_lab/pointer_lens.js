// Where the lens is, and what it says about that place.

class Lens {
  /** @param {Studio} studio @param {LensView} table */
  constructor(studio, table) {
    this.studio = studio;
    this.table = table;
    this.pinned = false;
    /** @type {[number, number] | null} */ this.pixel = null;
    this.onInput = false;
  }

  /** Before a hand has been here, the lens stands where the result is strongest. */
  forget() {
    this.pixel = null;
    this.pinned = false;
    this.onInput = false;
  }

  /** @param {Panel} panel @param {View["camera"]} camera */
  point(panel, camera, /** @type {number} */ x, /** @type {number} */ y) {
    const pixel = panel.pixelAt(x, y, camera), onInput = panel === this.studio.view.input;
    if (!pixel) return false;
    const same = this.pixel && pixel[0] === this.pixel[0] && pixel[1] === this.pixel[1] && onInput === this.onInput;
    this.pixel = pixel;
    this.onInput = onInput;
    if (!same) this.refresh();
    return true;
  }

  /** @param {Panel} panel @param {View["camera"]} camera */
  toggle(panel, camera, /** @type {number} */ x, /** @type {number} */ y) {
    const was = this.pixel;
    if (!this.point(panel, camera, x, y)) return;
    this.pinned = !(this.pinned && was && was[0] === this.pixel?.[0] && was[1] === this.pixel?.[1]);
    this.refresh();
  }

  /** Put the lens on a pixel and hold it there. @param {[number, number]} pixel */
  pin(pixel, onInput = false) {
    Object.assign(this, {pixel, onInput, pinned: true});
    this.refresh();
  }

  /** @param {Panel} panel */
  walk(panel, /** @type {number} */ down, /** @type {number} */ right) {
    const onInput = panel === this.studio.view.input, {width, height} = panel.source;
    const [row, col] = this.onInput === onInput && this.pixel ? this.pixel : [height >> 1, width >> 1];
    this.pixel = [Math.min(height - 1, Math.max(0, row + down)), Math.min(width - 1, Math.max(0, col + right))];
    this.onInput = onInput;
    this.refresh();
  }

  /** Which channel the table shows, of so many. @param {number} count */
  channelOf(count) {
    return Math.min(count - 1, Math.max(0, this.studio.channel));
  }

  refresh() {
    const {chain, at, view} = this.studio, ran = chain.lab?.steps[at];
    const input = chain.input(at), output = chain.outputs[at];
    if (!output || !ran) return;
    const step = fullStep(ran); // what the numbers were made with, which can be a frame behind the controls
    this.pixel ??= this.strongest(output);
    const [row, col] = this.pixel, limits = this.onInput ? input : output;
    this.pixel = [Math.min(row, limits.height - 1), Math.min(col, limits.width - 1)];
    const channel = this.channelOf(input.channels);
    if (this.onInput) {
      const value = input.data[(channel * input.height + this.pixel[0]) * input.width + this.pixel[1]];
      this.table.showFed(fedBy(chain, at, this.pixel), this.pixel, value, step);
    } else this.table.showWindow(windowOf(chain, at, this.pixel, channel), step, this.pixel, channel, input.channels);
    for (const panel of view.panels) panel.box.classList.toggle("pinned", this.pinned);
  }

  /** The strongest value of the middle half of the result. @param {Planes} planes @returns {[number, number]} */
  strongest({data, height, width}) {
    let best = -1, at = 0;
    for (let y = height >> 2; y < height - (height >> 2); y++) {
      for (let i = y * width + (width >> 2); i < (y + 1) * width - (width >> 2); i++) {
        if (Math.abs(data[i]) > best) [best, at] = [Math.abs(data[i]), i];
      }
    }
    return [Math.floor(at / width), at % width];
  }
}
