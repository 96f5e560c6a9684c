/**
 * One grid on two canvases: the cells, drawn when something changes, and above them the light, drawn at every
 * movement. Only the part that was lit is cleared.
 */
class Panel {
  /** @param {string} name @param {(panel: Panel, row: number, column: number) => void} point
   *  @param {(panel: Panel, row: number, column: number) => void} pick */
  constructor(name, point, pick) {
    this.name = name;
    this.figure = document.createElement("figure");
    this.caption = document.createElement("figcaption");
    this.box = document.createElement("div");
    this.box.className = "box";
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.base = document.createElement("canvas");
    this.glow = document.createElement("canvas");
    this.box.append(this.base, this.glow);
    this.figure.append(this.caption, this.box);
    this.rows = { low: 0, high: 1 };
    this.columns = { low: 0, high: 1 };
    this.cell = 1;
    this.at = [0, 0];
    this.litArea = [0, 0, 0, 0];
    this.onPoint = point;
    this.onPick = pick;
    this.listen();
  }

  listen() {
    /** @param {PointerEvent} event */
    const follow = (event) => {
      const bounds = this.box.getBoundingClientRect();
      const column = Math.floor((event.clientX - bounds.left) / this.cell) + this.columns.low;
      const row = Math.floor((event.clientY - bounds.top) / this.cell) + this.rows.low;
      this.goTo(row, column, true);
    };
    this.box.onpointermove = follow;
    this.box.onpointerdown = follow;
    this.box.onclick = () => this.onPick(this, this.at[0], this.at[1]);
    this.box.onkeydown = (event) => this.key(event);
    this.box.onfocus = () => {
      if (this.box.matches(":focus-visible")) this.goTo(this.at[0], this.at[1]);
    };
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      Home: [-1e6, -1e6], End: [1e6, 1e6] };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (step) this.goTo(this.at[0] + step[0], this.at[1] + step[1]);
    else if (event.key === "Enter") this.onPick(this, this.at[0], this.at[1]);
    else return;
    event.preventDefault();
  }

  /** Point at a cell, held inside the grid. @param {number} row @param {number} column @param {boolean} [onlyNew] */
  goTo(row, column, onlyNew) {
    const r = Math.min(Math.max(row, this.rows.low), this.rows.high - 1);
    const c = Math.min(Math.max(column, this.columns.low), this.columns.high - 1);
    if (onlyNew && this.pointed && r === this.at[0] && c === this.at[1]) return;
    this.at = [r, c];
    this.onPoint(this, r, c);
  }

  get height() { return this.rows.high - this.rows.low; }
  get width() { return this.columns.high - this.columns.low; }

  /** @param {number} cell pixels a side */
  resize(cell) {
    this.cell = cell;
    const [width, height] = [this.width * cell, this.height * cell];
    const scale = window.devicePixelRatio || 1;
    for (const canvas of [this.base, this.glow]) {
      canvas.width = Math.ceil(width * scale) + 2;
      canvas.height = Math.ceil(height * scale) + 2;
      canvas.style.width = `${canvas.width / scale}px`;
      canvas.style.height = `${canvas.height / scale}px`;
      this.context(canvas).setTransform(scale, 0, 0, scale, 0, 0);
    }
    this.box.style.width = `${width + 1}px`;
    this.box.style.height = `${height + 1}px`;
    this.litArea = [0, 0, 0, 0];
  }

  /** @param {HTMLCanvasElement} canvas */
  context(canvas) { return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")); }

  /** @param {(row: number, column: number) => CellLook} look @param {Colours} colours
   *  @param {CanvasImageSource | undefined} picture @param {number[]} inner rows and columns of the real cells */
  draw(look, colours, picture, inner) {
    const pen = this.context(this.base);
    const size = this.cell;
    pen.clearRect(0, 0, this.width * size + 2, this.height * size + 2);
    if (picture) {
      pen.imageSmoothingEnabled = false;
      pen.drawImage(picture, -this.columns.low * size, -this.rows.low * size, inner[1] * size, inner[0] * size);
    }
    for (let row = this.rows.low; row < this.rows.high; row++)
      for (let column = this.columns.low; column < this.columns.high; column++)
        this.drawCell(pen, look(row, column), colours, row, column);
    if (size < 2) return;
    pen.strokeStyle = colours.text;
    pen.lineWidth = 1.5;
    pen.strokeRect(-this.columns.low * size + 0.5, -this.rows.low * size + 0.5, inner[1] * size, inner[0] * size);
  }

  /** @param {CanvasRenderingContext2D} pen @param {CellLook} look @param {Colours} colours
   *  @param {number} row @param {number} column */
  drawCell(pen, look, colours, row, column) {
    const size = this.cell;
    const [x, y] = [(column - this.columns.low) * size, (row - this.rows.low) * size];
    if (look.tint > 0) {
      pen.globalAlpha = look.tint;
      pen.fillStyle = colours.train;
      pen.fillRect(x, y, size, size);
    }
    pen.globalAlpha = 1;
    if (look.mark !== "none") this.drawMark(pen, look.mark, colours, x, y);
    if (size < 5 || look.bare) return;
    pen.strokeStyle = colours.muted;
    pen.globalAlpha = look.outside ? 0.55 : 0.5;
    pen.lineWidth = 1;
    pen.setLineDash(look.outside ? [2, 2] : []);
    pen.strokeRect(x + 0.5, y + 0.5, size, size);
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} pen @param {string} mark @param {Colours} colours
   *  @param {number} x @param {number} y */
  drawMark(pen, mark, colours, x, y) {
    const size = this.cell;
    if (mark === "outside") {
      pen.fillStyle = colours.muted;
      pen.globalAlpha = 0.16;
      pen.fillRect(x, y, size, size);
    } else if (mark === "skipped") {
      pen.fillStyle = colours.valid;
      pen.beginPath();
      pen.arc(x + size / 2, y + size / 2, Math.max(0.8, size / 6), 0, 7);
      pen.fill();
    } else {
      pen.fillStyle = colours.wrong;
      pen.globalAlpha = 0.22;
      pen.fillRect(x, y, size, size);
      pen.globalAlpha = 1;
      pen.strokeStyle = colours.wrong;
      pen.lineWidth = size < 8 ? 1 : 1.6;
      pen.beginPath();
      pen.moveTo(x + size * 0.25, y + size * 0.25);
      pen.lineTo(x + size * 0.75, y + size * 0.75);
      pen.moveTo(x + size * 0.75, y + size * 0.25);
      pen.lineTo(x + size * 0.25, y + size * 0.75);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  clear() {
    const [x, y, width, height] = this.litArea;
    if (width) this.context(this.glow).clearRect(x - 3, y - 3, width + 6, height + 6);
    this.litArea = [0, 0, 0, 0];
  }

  /** Light rows × columns. @param {number[]} rows @param {number[]} columns @param {string} colour
   *  @param {number} alpha @param {boolean} outlined */
  light(rows, columns, colour, alpha, outlined) {
    const pen = this.context(this.glow);
    const size = this.cell;
    pen.fillStyle = pen.strokeStyle = colour;
    pen.lineWidth = size < 5 ? 1 : 2;
    for (const [top, bottom] of runs(rows, this.rows))
      for (const [left, right] of runs(columns, this.columns)) {
        const box = [(left - this.columns.low) * size, (top - this.rows.low) * size,
          (right - left) * size, (bottom - top) * size];
        pen.globalAlpha = alpha;
        pen.fillRect(box[0], box[1], box[2], box[3]);
        pen.globalAlpha = 1;
        if (outlined) pen.strokeRect(box[0] + 0.5, box[1] + 0.5, box[2], box[3]);
        this.litArea = union(this.litArea, box);
      }
  }
}

/**
 * @typedef {{tint: number, mark: string, outside: boolean, bare: boolean}} CellLook
 * @typedef {{train: string, valid: string, wrong: string, right: string, highlight: string, muted: string,
 *   text: string}} Colours
 */

/** Neighbouring numbers as [from, to) pairs, cut to what the panel shows.
 *  @param {number[]} numbers rising @param {{low: number, high: number}} shown */
function runs(numbers, shown) {
  /** @type {number[][]} */
  const found = [];
  for (const number of numbers) {
    if (number < shown.low || number >= shown.high) continue;
    const last = found[found.length - 1];
    if (last && last[1] === number) last[1] = number + 1;
    else found.push([number, number + 1]);
  }
  return found;
}

/** @param {number[]} a @param {number[]} b boxes as x, y, width, height */
function union(a, b) {
  if (!a[2]) return b;
  const [x, y] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return [x, y, Math.max(a[0] + a[2], b[0] + b[2]) - x, Math.max(a[1] + a[3], b[1] + b[3]) - y];
}
