// The two pictures: drawn, zoomed and panned together. Both are laid out in pixels of the step's input, so that an
// output pixel stands where the middle of its window is.

/** One picture: an off-screen canvas with a pixel a value, a canvas on the page, and one above it for marks. */
class Panel {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.canvas = /** @type {HTMLCanvasElement} */ (box.querySelector("canvas.picture"));
    this.marks = /** @type {HTMLCanvasElement} */ (box.querySelector("canvas.marks"));
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", {alpha: true}));
    this.source = document.createElement("canvas");
    this.sourceContext = /** @type {CanvasRenderingContext2D} */ (this.source.getContext("2d", {willReadFrequently: true}));
    this.image = new ImageData(1, 1);
    /** Where the picture lies: a pixel's size and the first one's corner, in input pixels. */
    this.place = {stepX: 1, stepY: 1, left: 0, top: 0};
  }

  /** @param {Planes} planes @param {string} show @param {number} channel @param {Tables} tables @param {[number, number]} ends */
  load(planes, show, channel, tables, ends) {
    if (this.image.width !== planes.width || this.image.height !== planes.height) {
      this.image = new ImageData(planes.width, planes.height);
      this.source.width = planes.width;
      this.source.height = planes.height;
    }
    paint(planes, show, channel, tables, this.image, ends);
    this.sourceContext.putImageData(this.image, 0, 0);
  }

  /** @param {{scale: number, x: number, y: number}} camera @param {number} ratio device pixels a CSS pixel */
  draw(camera, ratio) {
    const {canvas, context, place} = this;
    const scaleX = camera.scale * place.stepX * ratio, scaleY = camera.scale * place.stepY * ratio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = scaleX < 1;
    context.setTransform(scaleX, 0, 0, scaleY,
      (place.left - camera.x) * camera.scale * ratio, (place.top - camera.y) * camera.scale * ratio);
    context.drawImage(this.source, 0, 0);
  }

  /** The pixel under a point of the box, or null. @param {{scale: number, x: number, y: number}} camera */
  pixelAt(/** @type {number} */ x, /** @type {number} */ y, camera) {
    const col = Math.floor((x / camera.scale + camera.x - this.place.left) / this.place.stepX);
    const row = Math.floor((y / camera.scale + camera.y - this.place.top) / this.place.stepY);
    const inside = row >= 0 && col >= 0 && row < this.source.height && col < this.source.width;
    return inside ? /** @type {[number, number]} */ ([row, col]) : null;
  }

  resize(/** @type {number} */ size, /** @type {number} */ ratio) {
    for (const canvas of [this.canvas, this.marks]) {
      canvas.width = canvas.height = Math.round(size * ratio);
    }
  }
}

/** The camera both panels share. */
class View {
  /** @param {Panel} input @param {Panel} output @param {() => void} changed called after every redraw */
  constructor(input, output, changed) {
    this.panels = [input, output];
    this.input = input;
    this.output = output;
    this.changed = changed;
    this.camera = {scale: 1, x: 0, y: 0};
    this.size = 0;
    this.ratio = 1;
    this.fitted = true;
    this.world = {left: 0, top: 0, width: 1, height: 1};
  }

  /** Tell where the step's output lies and how large its input is. True when the camera moved. */
  setGeometry(/** @type {Required<Step>} */ step, /** @type {Planes} */ input, /** @type {Planes} */ output) {
    const [top, , left] = padsOf(step), [tall, wide] = reachOf(step);
    const stride = hasWindow(step) ? step.stride : [1, 1];
    this.output.place = {stepY: stride[0], stepX: stride[1],
      top: (tall - stride[0]) / 2 - top, left: (wide - stride[1]) / 2 - left};
    const place = this.output.place;
    const x0 = Math.min(0, place.left), y0 = Math.min(0, place.top);
    const x1 = Math.max(input.width, place.left + output.width * stride[1]);
    const y1 = Math.max(input.height, place.top + output.height * stride[0]);
    this.world = {left: x0, top: y0, width: x1 - x0, height: y1 - y0};
    const {scale, x, y} = this.camera;
    if (this.fitted) this.fit();
    return this.camera.scale !== scale || this.camera.x !== x || this.camera.y !== y;
  }

  /** The whole picture; small ones at a whole multiple of their size. */
  fit() {
    const {world, size} = this;
    const exact = size / Math.max(world.width, world.height);
    const scale = exact >= 1 ? Math.floor(exact) : exact;
    this.fitted = true;
    this.setCamera(scale, world.left + world.width / 2 - size / scale / 2, world.top + world.height / 2 - size / scale / 2);
  }

  setCamera(/** @type {number} */ scale, /** @type {number} */ x, /** @type {number} */ y) {
    this.camera = {scale, x, y};
  }

  /** Zoom by a factor about a point of the box. */
  zoom(/** @type {number} */ factor, /** @type {number} */ x, /** @type {number} */ y) {
    const {camera} = this;
    const least = Math.min(1, this.size / Math.max(this.world.width, this.world.height)) * 0.5;
    const scale = Math.min(64, Math.max(least, camera.scale * factor));
    this.fitted = false;
    this.setCamera(scale, camera.x + x / camera.scale - x / scale, camera.y + y / camera.scale - y / scale);
  }

  pan(/** @type {number} */ dx, /** @type {number} */ dy) {
    this.fitted = false;
    this.setCamera(this.camera.scale, this.camera.x - dx / this.camera.scale, this.camera.y - dy / this.camera.scale);
  }

  /** Bring an output pixel to the middle, its neighbourhood enlarged. @param {[number, number]} pixel */
  lookAt([row, col], across = 24) {
    const {place} = this.output, scale = Math.max(1, Math.floor(this.size / across));
    this.fitted = false;
    this.setCamera(scale, place.left + (col + 0.5) * place.stepX - this.size / scale / 2,
      place.top + (row + 0.5) * place.stepY - this.size / scale / 2);
  }

  /** Match the canvases to the boxes. Returns true when the size changed. */
  measure() {
    const size = Math.floor(this.output.box.clientWidth), ratio = Math.min(2, window.devicePixelRatio || 1);
    if (!size || (size === this.size && ratio === this.ratio)) return false;
    this.size = size;
    this.ratio = ratio;
    for (const panel of this.panels) panel.resize(size, ratio);
    if (this.fitted) this.fit();
    return true;
  }

  drawInput() {
    this.input.draw(this.camera, this.ratio);
  }

  drawOutput() {
    this.output.draw(this.camera, this.ratio);
  }

  draw() {
    this.drawInput();
    this.drawOutput();
    this.changed();
  }
}
