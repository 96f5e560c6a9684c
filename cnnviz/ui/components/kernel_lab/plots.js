// What follows at leisure, a moment after the hand has paused: histogram, scale, captions, thumbnails.

const BINS = 64;

class Plots {
  /** @param {HTMLElement} root @param {Studio} studio */
  constructor(root, studio) {
    this.studio = studio;
    this.part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-part="${name}"]`));
  }

  draw() {
    const {studio} = this, {chain, at, lab} = studio, output = chain.outputs[at], input = chain.input(at);
    const show = studio.showOf(at, lab.show, output), limits = limitsOf(output.data, show);
    const size = (/** @type {Planes} */ planes) => `${planes.channels}×${planes.height}×${planes.width}`;
    this.part("input-caption").textContent = `${at ? `Into step ${at + 1}` : "Picture"} · ${size(input)}`;
    this.part("output-caption").textContent = `After step ${at + 1}, ${STEP_NAMES[lab.steps[at].kind].toLowerCase()} · ${size(output)}`;
    studio.editor.write("show", lab.show);
    const colour = Math.max(input.channels, output.channels) > 1;
    this.part("channel-line").hidden = !colour;
    this.scale(show, limits, output.channels === 3 && studio.channel < 0);
    this.histogram(output.data, rangeOf(output.data));
    studio.strip.draw((i, canvas) => this.thumbnail(i, canvas));
  }

  /** @param {string} show @param {[number, number]} limits @param {boolean} colour */
  scale(show, [low, high], colour) {
    const {diverging, sequential} = this.studio.ramps;
    const table = colour ? [[0, 0, 0], [255, 255, 255]] : show.startsWith("signed") ? diverging : show === "heat" ? sequential : [[0, 0, 0], [255, 255, 255]];
    const stops = table.filter((_, i) => i % 16 === 0 || i === table.length - 1).map((rgb) => `rgb(${rgb.join()})`);
    const bar = document.createElement("i"), right = document.createElement("b");
    bar.style.background = `linear-gradient(to right, ${stops.join()})`;
    right.textContent = short(high);
    this.part("scale").replaceChildren(bar, short(low), right);
  }

  /** @param {Float32Array} data @param {[number, number]} range */
  histogram(data, [low, high]) {
    const counts = new Uint32Array(BINS), scale = BINS / (high - low || 1);
    let sum = 0;
    for (let i = 0; i < data.length; i++) {
      counts[Math.min(BINS - 1, ((data[i] - low) * scale) | 0)]++;
      sum += data[i];
    }
    const words = `Values from ${short(low)} to ${short(high)}, mean ${short(sum / data.length)}`;
    setText(this.part("range"), words);
    const canvas = /** @type {HTMLCanvasElement} */ (this.part("histogram"));
    canvas.setAttribute("aria-label", `Histogram of the output. ${words}`);
    this.bars(canvas, counts, low, high);
  }

  /** @param {HTMLCanvasElement} canvas @param {Uint32Array} counts @param {number} low @param {number} high */
  bars(canvas, counts, low, high) {
    const ratio = this.studio.view.ratio, width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    ink.scale(ratio, ratio);
    const style = getComputedStyle(canvas), left = 16, floor = height - 28, across = (width - left - 2) / BINS;
    const most = Math.sqrt(Math.max(...counts)) || 1;
    ink.fillStyle = this.studio.lens.table.colours.train;
    counts.forEach((count, i) => {
      const tall = (Math.sqrt(count) / most) * (floor - 4);
      ink.fillRect(left + i * across, floor - tall, Math.max(1, across - 0.5), tall);
    });
    ink.fillStyle = style.color;
    ink.font = `11px ${style.fontFamily}`;
    ink.fillText(short(low), left, height - 16);
    ink.textAlign = "right";
    ink.fillText(short(high), width - 2, height - 16);
    ink.textAlign = "center";
    ink.fillText("Value", left + (width - left) / 2, height - 3);
    if (low < 0 && high > 0) {
      const zero = left + ((0 - low) / (high - low)) * (width - left - 2);
      ink.fillRect(zero, 2, 1, floor);
      if (zero > left + 44 && zero < width - 46) ink.fillText("0", zero, height - 16);
    }
    ink.translate(10, floor / 2);
    ink.rotate(-Math.PI / 2);
    ink.fillText("√ pixels", 0, 0);
  }

  /** @param {number} at @param {HTMLCanvasElement} canvas */
  thumbnail(at, canvas) {
    const {studio} = this, planes = studio.chain.outputs[at];
    const panel = {image: new ImageData(planes.width, planes.height)};
    const show = studio.showOf(at, studio.lab.show, planes);
    paint(planes, show, planes.channels === 1 ? 0 : studio.channel, studio.tables, panel.image, limitsOf(planes.data, show));
    const full = document.createElement("canvas");
    full.width = planes.width;
    full.height = planes.height;
    /** @type {CanvasRenderingContext2D} */ (full.getContext("2d")).putImageData(panel.image, 0, 0);
    const side = 44 * studio.view.ratio, scale = Math.min(side / planes.width, side / planes.height);
    canvas.width = canvas.height = side;
    const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    ink.imageSmoothingEnabled = scale < 1;
    ink.imageSmoothingQuality = "medium"; // the default skips pixels when it shrinks this much
    ink.drawImage(full, (side - planes.width * scale) / 2, (side - planes.height * scale) / 2, planes.width * scale, planes.height * scale);
  }
}
