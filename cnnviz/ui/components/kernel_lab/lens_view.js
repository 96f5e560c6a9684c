// The lens on the page: marks over the two pictures, and the table beside them.

const MARK = 7; // pixels on the screen
const CHANNEL_NAMES = ["red", "green", "blue"];

/** A number in the width of a cell. @param {number} value */
function short(value) {
  if (Object.is(value, -0) || value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 5e-4 ? value.toExponential(1) : size >= 100 ? value.toFixed(1) : value.toFixed(3);
  return (text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text).replace("-", "−");
}

class LensView {
  /** @param {ShadowRoot | HTMLElement} root @param {View} view */
  constructor(root, view) {
    this.view = view;
    this.sumLine = /** @type {HTMLElement} */ (root.querySelector('[data-part="sum"]'));
    this.tables = /** @type {HTMLElement} */ (root.querySelector('[data-part="tables"]'));
    this.shape = "";
    /** @type {HTMLElement[][]} */ this.cells = [];
    this.colours = {highlight: "#CC79A7", muted: "#8A8F98", right: "#009E73", wrong: "#D55E00"};
  }

  /** Show an output pixel's window. @param {Window} found @param {Required<Step>} step @param {[number, number]} pixel
   * @param {number} channel @param {number} channels how many the table could show */
  showWindow(found, step, pixel, channel, channels) {
    const which = channels > 1 ? ` ${CHANNEL_NAMES[channel]}` : "";
    const grids = hasKernel(step)
      ? [["Pixels" + which, found.patch], ["× weights", found.weights], ["= products", found.products]]
      : [["Pixels" + which, found.patch]];
    if (step.kind === "magnitude") grids.splice(1, 2, ["weights a", found.weights], ["weights b", found.second]);
    this.fill(grids, found.pads);
    this.sumLine.innerHTML = `<b>Output (${pixel.join(", ")})</b> ${sentence(found, step)}`;
    this.markWindow(found, pixel);
  }

  /** Show what an input pixel feeds. @param {Fed[]} fed @param {[number, number]} pixel @param {number} value @param {Required<Step>} step */
  showFed(fed, pixel, value, step) {
    const rows = [...new Set(fed.map((one) => one.row))].sort((a, b) => a - b);
    const cols = [...new Set(fed.map((one) => one.col))].sort((a, b) => a - b);
    const at = new Map(fed.map((one) => [`${one.row},${one.col}`, one.weight]));
    const grid = rows.slice(0, 11).map((y) => cols.slice(0, 11).map((x) => at.get(`${y},${x}`) ?? 0));
    this.fill(fed.length && step.kind === "kernel" ? [["Its weight in each", grid]] : [], []);
    this.sumLine.innerHTML = `<b>Input (${pixel.join(", ")}) = ${short(value)}</b> feeds ` +
      `${fed.length} output${fed.length === 1 ? "" : "s"}${fed.length ? `: rows ${ends(rows)}, columns ${ends(cols)}` : ""}`;
    this.markFed(fed, pixel);
  }

  clear(/** @type {string} */ text) {
    this.sumLine.textContent = text;
    this.fill([], []);
    for (const panel of this.view.panels) wipe(panel);
  }

  /** Write the grids, reusing the cells of the last ones when the shape is the same.
   * @param {[string, number[][]][]} grids @param {boolean[][]} pads */
  fill(grids, pads) {
    const shape = grids.map(([, grid]) => `${grid.length}x${grid[0].length}`).join();
    if (shape !== this.shape) this.build(grids, shape);
    grids.forEach(([title, grid], at) => {
      const [caption, ...cells] = this.cells[at];
      if (caption.textContent !== title) caption.textContent = title;
      const most = Math.max(...grid.flat().map(Math.abs)) || 1;
      grid.forEach((row, i) => row.forEach((value, j) => {
        const cell = cells[i * row.length + j];
        const text = short(value);
        if (cell.firstChild.data !== text) cell.firstChild.data = text;
        const strength = Math.round((Math.abs(value) / most) * 45);
        const hue = value < 0 ? "var(--low)" : "var(--high)";
        cell.style.backgroundColor = at === 0 && title !== "Its weight in each" ? "" : `color-mix(in srgb, ${hue} ${strength}%, transparent)`;
        if (at === 0) cell.classList.toggle("padding", pads[i]?.[j] ?? false);
      }));
    });
  }

  build(/** @type {[string, number[][]][]} */ grids, /** @type {string} */ shape) {
    this.shape = shape;
    this.tables.replaceChildren();
    this.cells = grids.map(([, grid]) => {
      const table = document.createElement("table"), caption = table.createCaption(), cells = [caption];
      table.style.setProperty("--n", String(grid[0].length));
      for (const row of grid) {
        const line = table.insertRow();
        for (let j = 0; j < row.length; j++) {
          const cell = line.insertCell();
          cell.append("");
          cells.push(cell);
        }
      }
      this.tables.append(table);
      return cells;
    });
  }

  /** @param {Window} found @param {[number, number]} pixel */
  markWindow(found, [row, col]) {
    const {input, output, camera} = this.view, ink = wipe(input), scale = camera.scale;
    const x0 = found.cols[0], y0 = found.rows[0], x1 = found.cols[found.cols.length - 1] + 1, y1 = found.rows[found.rows.length - 1] + 1;
    const place = (/** @type {number} */ x, /** @type {number} */ y) => [(x - camera.x) * scale, (y - camera.y) * scale];
    ink.setTransform(this.view.ratio, 0, 0, this.view.ratio, 0, 0);
    if (scale >= 4) {
      found.rows.forEach((y, i) => found.cols.forEach((x, j) => {
        const [left, top] = place(x, y);
        if (found.pads[i][j]) {
          ink.globalAlpha = 0.45;
          ink.fillStyle = this.colours.muted;
          ink.fillRect(left, top, scale, scale);
          ink.globalAlpha = 1;
        }
        outline(ink, left, top, scale, scale, this.colours.highlight, 1);
      }));
    }
    outline(ink, ...visible(...place(x0, y0), (x1 - x0) * scale, (y1 - y0) * scale), this.colours.highlight, 2);
    this.markPixels(output, [[row, col]]);
  }

  /** @param {Fed[]} fed @param {[number, number]} pixel */
  markFed(fed, [row, col]) {
    this.markPixels(this.view.input, [[row, col]]);
    this.markPixels(this.view.output, fed.map((one) => [one.row, one.col]));
  }

  /** @param {Panel} panel @param {number[][]} pixels */
  markPixels(panel, pixels) {
    const ink = wipe(panel), {camera} = this.view, {place} = panel;
    ink.setTransform(this.view.ratio, 0, 0, this.view.ratio, 0, 0);
    for (const [row, col] of pixels) {
      outline(ink, ...visible((place.left + col * place.stepX - camera.x) * camera.scale,
        (place.top + row * place.stepY - camera.y) * camera.scale, place.stepX * camera.scale, place.stepY * camera.scale,
      ), this.colours.highlight, 2);
    }
  }
}

/** @param {Panel} panel */
function wipe(panel) {
  const ink = /** @type {CanvasRenderingContext2D} */ (panel.marks.getContext("2d"));
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.clearRect(0, 0, panel.marks.width, panel.marks.height);
  return ink;
}

/** A frame about the same middle that is large enough to be seen. @returns {[number, number, number, number]} */
function visible(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ width, /** @type {number} */ height) {
  const more = Math.max(0, (MARK - width) / 2), taller = Math.max(0, (MARK - height) / 2);
  return [x - more, y - taller, width + 2 * more, height + 2 * taller];
}

/** A line that shows on any picture: the colour between two of white and black. */
function outline(/** @type {CanvasRenderingContext2D} */ ink, /** @type {number} */ x, /** @type {number} */ y,
  /** @type {number} */ width, /** @type {number} */ height, /** @type {string} */ colour, /** @type {number} */ thick) {
  if (thick > 1) {
    ink.lineWidth = thick + 2;
    ink.strokeStyle = "rgba(0, 0, 0, 0.65)";
    ink.strokeRect(x, y, width, height);
  }
  ink.lineWidth = thick;
  ink.strokeStyle = colour;
  ink.strokeRect(x, y, width, height);
}

const ends = (/** @type {number[]} */ list) => (list.length > 1 ? `${list[0]}–${list[list.length - 1]}` : `${list[0]}`);

/** How the value comes about. @param {Window} found @param {Required<Step>} step */
function sentence(found, step) {
  const value = `<output>${short(found.value)}</output>`;
  if (step.kind === "kernel") {
    const parts = found.sums.length > 1 ? found.sums.map((sum, c) => `${CHANNEL_NAMES[c]} ${short(sum)}`).join(" + ") : `sum ${short(found.sum)}`;
    return `= ${parts} + bias ${short(found.bias)} = ${value}`;
  }
  if (step.kind === "magnitude") return `= √(a² + b²), a = ${short(found.sum)}, b = ${short(found.other)}: ${value}`;
  if (step.kind === "relu") return `= max(0, ${short(found.patch[0][0])}) = ${value}`;
  if (step.kind === "abs") return `= |${short(found.patch[0][0])}| = ${value}`;
  return `= ${step.kind === "max_pool" ? "the largest" : "the mean"} of ${found.rows.length * found.cols.length} pixels = ${value}`;
}
