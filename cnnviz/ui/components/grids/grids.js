/**
 * Input, kernel and output side by side. Point at one and see what it meets in the others, with the pointer,
 * a finger or the arrow keys; until then a timer plays the window across.
 *
 * @typedef {{rows: Axis, columns: Axis, names: Record<string, string>, showKernel: boolean, stamps: boolean,
 *   divisors: number[][] | null, divisor: number | null,
 *   picture: string | null, heat: string | null, picked: number[] | null,
 *   colours: Colours, maxHeight: number}} GridData
 */
const STEP_MS = 600;
const WIDE = 560;
const LARGEST_CELL = 34;
const GAP = 28;
const MAP_WIDTH = 150;
/** @type {WeakMap<object, Grids>} */
const mounted = new WeakMap();

class Grids {
  /** @param {HTMLElement} root @param {(name: string, value: unknown) => void} setState */
  constructor(root, setState) {
    this.root = root;
    this.setState = setState;
    this.playing = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.timer = 0;
    this.next = 0;
    this.painted = 0;
    /** @type {{input?: CanvasImageSource, heat?: CanvasImageSource}} */
    this.pictures = {};
    this.current = { panel: "output", row: 0, column: 0 };
    const point = (/** @type {Panel} */ panel, /** @type {number} */ row, /** @type {number} */ column) => {
      this.pause();
      this.show(panel.name, row, column);
    };
    this.panels = ["input", "kernel", "heat", "output"].map((name) => new Panel(name, point, (p, r, c) => this.pick(p, r, c)));
    this.build();
  }

  build() {
    this.root.innerHTML = '<div class="bar"><button type="button"></button><output></output></div>'
      + '<div class="panels"></div><div class="legend"></div>';
    this.button = /** @type {HTMLButtonElement} */ (this.root.querySelector("button"));
    this.words = /** @type {HTMLOutputElement} */ (this.root.querySelector("output"));
    this.legend = /** @type {HTMLElement} */ (this.root.querySelector(".legend"));
    const place = /** @type {HTMLElement} */ (this.root.querySelector(".panels"));
    place.append(...this.panels.map((panel) => panel.figure));
    this.button.onclick = () => (this.playing ? this.pause() : this.play());
    this.observer = new ResizeObserver(() => this.data && this.layout());
    this.observer.observe(this.root);
  }

  /** @param {GridData} data */
  update(data) {
    const same = JSON.stringify(data);
    if (same === this.known) return;
    this.known = same;
    this.data = data;
    this.meet = [new Meetings(data.rows), new Meetings(data.columns)];
    this.frame();
    this.pictures = {};
    this.load("input", data.picture);
    this.load("heat", data.heat);
    const [row, column] = data.picked ?? [this.current.row, this.current.column];
    if (data.picked) this.current = { panel: "output", row, column };
    this.layout();
    if (this.playing) this.play();
    else this.setButton();
  }

  /** @param {"input" | "heat"} name @param {string | null} source */
  load(name, source) {
    if (!source) return;
    const picture = new Image();
    picture.onload = () => {
      this.pictures[name] = picture;
      this.layout();
    };
    picture.src = source;
  }

  /** Which cells each panel shows, padding and what is cropped included. */
  frame() {
    const data = /** @type {GridData} */ (this.data);
    const [input, kernel, heat, output] = this.panels;
    for (const [side, axis] of /** @type {["rows" | "columns", Axis][]} */ ([["rows", data.rows], ["columns", data.columns]])) {
      input[side] = { low: Math.min(0, -axis.before), high: axis.inSize + Math.max(0, axis.after) + axis.overhang };
      kernel[side] = { low: 0, high: axis.kernel };
      heat[side] = input[side];
      output[side] = { low: -axis.cropBefore, high: axis.outSize + axis.cropAfter };
    }
    kernel.figure.style.display = data.showKernel ? "" : "none";
    heat.figure.style.display = data.heat ? "" : "none";
    for (const panel of this.panels) {
      const size = panel.name === "input" || panel.name === "heat" ? [data.rows.inSize, data.columns.inSize]
        : panel.name === "output" ? [data.rows.outSize, data.columns.outSize]
        : [data.rows.kernel, data.columns.kernel];
      panel.caption.textContent = `${data.names[panel.name]} ${size[0]} × ${size[1]}`;
      panel.box.setAttribute("aria-label", `${data.names[panel.name]}, ${size[0]} rows, ${size[1]} columns. `
        + `Arrow keys move through the cells${data.picked && panel.name === "output" ? ", Enter picks one" : ""}.`);
      panel.at = [Math.min(Math.max(panel.at[0], panel.rows.low), panel.rows.high - 1),
        Math.min(Math.max(panel.at[1], panel.columns.low), panel.columns.high - 1)];
    }
  }

  layout() {
    const data = /** @type {GridData} */ (this.data);
    const shown = this.panels.filter((panel) => panel.figure.style.display !== "none");
    const room = Math.max(120, this.root.clientWidth - 4);
    // On a photograph the feature map is small: it gets a place and a scale of its own.
    const apart = data.picture ? shown.filter((panel) => panel.name === "output") : [];
    const even = shown.filter((panel) => !apart.includes(panel));
    const wide = room >= WIDE;
    const across = wide ? sum(even.map((panel) => panel.width)) : Math.max(...even.map((panel) => panel.width));
    const free = wide ? room - GAP * (shown.length - 1) - MAP_WIDTH * apart.length : room;
    const cell = fit(free / across, data.maxHeight / Math.max(...even.map((panel) => panel.height)));
    for (const panel of even) panel.resize(cell);
    for (const panel of apart) panel.resize(fit(MAP_WIDTH / panel.width, MAP_WIDTH / panel.height));
    this.draw();
    this.drawLegend();
    this.show(this.current.panel, this.current.row, this.current.column);
  }

  draw() {
    const data = /** @type {GridData} */ (this.data);
    const [rows, columns] = /** @type {Meetings[]} */ (this.meet);
    const [input, kernel, heat, output] = this.panels;
    const most = Math.max(1, peak(rows, true) * peak(columns, true));
    const mostInputs = Math.max(1, peak(rows, false) * peak(columns, false));
    const plain = Boolean(data.picture);
    input.draw((row, column) => this.inputLook(row, column, most, plain), data.colours, this.pictures.input,
      [data.rows.inSize, data.columns.inSize]);
    const bare = { tint: 0, mark: "none", outside: false, bare: true };
    if (data.heat) heat.draw(() => bare, data.colours, this.pictures.heat, [data.rows.inSize, data.columns.inSize]);
    const even = { tint: 0.12, mark: "none", outside: false, bare: false };
    if (data.showKernel) kernel.draw(() => even, data.colours, undefined, [data.rows.kernel, data.columns.kernel]);
    output.draw((row, column) => {
      const outside = row < 0 || column < 0 || row >= data.rows.outSize || column >= data.columns.outSize;
      const count = rows.inputs(row) * columns.inputs(column);
      const tint = outside ? 0 : data.stamps ? 0.08 + 0.42 * (count / mostInputs) : 0.12;
      return { tint: count ? tint : 0, mark: outside ? "outside" : count ? "none" : "skipped", outside, bare: false };
    }, data.colours, undefined, [data.rows.outSize, data.columns.outSize]);
  }

  /** @param {number} row @param {number} column @param {number} most @param {boolean} plain @returns {CellLook} */
  inputLook(row, column, most, plain) {
    const data = /** @type {GridData} */ (this.data);
    const [rows, columns] = /** @type {Meetings[]} */ (this.meet);
    const outside = row < 0 || column < 0 || row >= data.rows.inSize || column >= data.columns.inSize;
    const readers = rows.readers(row) * columns.readers(column);
    const dropped = data.rows.dropped.includes(row) || data.columns.dropped.includes(column);
    const mark = dropped ? "dropped" : outside ? "outside" : readers ? "none" : "skipped";
    const tint = outside || plain || !readers ? 0 : 0.08 + 0.42 * (readers / most);
    return { tint, mark, outside, bare: plain && !outside };
  }

  drawLegend() {
    const data = /** @type {GridData} */ (this.data);
    const axes = [data.rows, data.columns];
    const items = [];
    if (axes.some((a) => a.before > 0 || a.after > 0)) items.push(["outside", "padding"]);
    if (axes.some((a) => a.overhang > 0)) items.push(["outside", "past the end (ceil_mode)"]);
    if (axes.some((a) => a.cropBefore > 0 || a.cropAfter > 0)) items.push(["outside", "cut off by padding"]);
    if (!data.picture && !data.stamps) items.push(["tint", "stronger: read by more windows"]);
    if (data.stamps) items.push(["tint", "stronger: more stamps overlap"]);
    if (axes.some((a) => a.dropped.length)) items.push(["dropped", "dropped by rounding down"]);
    if (axes.some((a) => a.skipped.length)) items.push(["skipped", "read by no window"]);
    if (/** @type {Meetings[]} */ (this.meet).some((m) => m.unreached())) items.push(["skipped", "reached by no input"]);
    this.legend.replaceChildren(...items.map(([kind, text]) => {
      const item = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.className = kind;
      item.append(swatch, text);
      return item;
    }));
    for (const [name, colour] of Object.entries(data.colours)) this.root.style.setProperty(`--${name}`, colour);
  }

  /** Light a cell and all it meets. @param {string} name @param {number} row @param {number} column */
  show(name, row, column) {
    const data = /** @type {GridData} */ (this.data);
    const panel = /** @type {Panel} */ (this.panels.find((p) => p.name === name));
    const r = Math.min(Math.max(row, panel.rows.low), panel.rows.high - 1);
    const c = Math.min(Math.max(column, panel.columns.low), panel.columns.high - 1);
    for (const each of this.panels) each.pointed = each === panel;
    panel.at = [r, c];
    this.current = { panel: name, row: r, column: c };
    const [rows, columns] = /** @type {Meetings[]} */ (this.meet);
    const [lit, across] = [rows.from(name, r), columns.from(name, c)];
    this.lit = [lit, across];
    const [input, kernel, heat, output] = this.panels;
    const colour = data.colours.highlight;
    for (const each of this.panels) each.clear();
    if (!data.picture) input.light(lit.cells, across.cells, colour, 0.25, false);
    input.light(lit.positions, across.positions, colour, data.picture ? 0.3 : 0.35, true);
    if (data.showKernel && lit.kernels.length) kernel.light(lit.kernels, across.kernels, colour, 0.45, true);
    output.light(lit.outs, across.outs, colour, 0.6, true);
    this.showPicked();
    this.words.textContent = describe(name, r, c, lit, across, data);
    this.root.dataset.painted = String(++this.painted);
  }

  /** The picked output cell, and its field on the effective picture, which was computed for it. */
  showPicked() {
    const data = /** @type {GridData} */ (this.data);
    const [, , heat, output] = this.panels;
    if (!data.picked) return;
    const [rows, columns] = /** @type {Meetings[]} */ (this.meet);
    const [lit, across] = [rows.from("output", data.picked[0]), columns.from("output", data.picked[1])];
    if (data.heat) heat.light(lit.positions, across.positions, data.colours.right, 0, true);
    output.light([data.picked[0]], [data.picked[1]], data.colours.right, 0.5, true);
  }

  /** @param {Panel} panel @param {number} row @param {number} column */
  pick(panel, row, column) {
    const data = /** @type {GridData} */ (this.data);
    if (!data.picked || panel.name !== "output" || row < 0 || column < 0) return;
    this.setState("picked", [row, column]);
  }

  play() {
    const data = /** @type {GridData} */ (this.data);
    window.clearInterval(this.timer);
    this.playing = true;
    this.words.removeAttribute("aria-live");
    const count = data.rows.outSize * data.columns.outSize;
    this.timer = window.setInterval(() => {
      this.next = (this.next + 1) % count;
      this.show("output", Math.floor(this.next / data.columns.outSize), this.next % data.columns.outSize);
    }, STEP_MS);
    this.setButton();
  }

  pause() {
    if (!this.playing && !this.timer) return;
    window.clearInterval(this.timer);
    this.timer = 0;
    this.playing = false;
    this.words.setAttribute("aria-live", "polite");
    this.setButton();
  }

  setButton() {
    this.button.textContent = this.playing ? "Pause" : "Play";
    this.button.setAttribute("aria-label", this.playing ? "Pause the moving window" : "Play the window across the input");
  }

  stop() {
    window.clearInterval(this.timer);
    this.observer.disconnect();
  }
}

/** Whole pixels a side for a cell. @param {...number} limits */
function fit(...limits) {
  return Math.max(1, Math.floor(Math.min(LARGEST_CELL, ...limits)));
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The most readers of any input position, or inputs of any output. @param {Meetings} meet @param {boolean} ofInput */
function peak(meet, ofInput) {
  let most = 0;
  for (const set of (ofInput ? meet.outputOf : meet.inputOf).values()) most = Math.max(most, set.size);
  return most;
}

/** @param {{parentElement: HTMLElement | ShadowRoot, data: GridData,
 *   setStateValue: (name: string, value: unknown) => void}} component */
export default function (component) {
  const root = /** @type {HTMLElement & {grids?: Grids}} */ (component.parentElement.querySelector(".grids"));
  let grids = mounted.get(root);
  if (!grids) {
    grids = new Grids(root, component.setStateValue);
    mounted.set(root, grids);
    root.grids = grids;
  }
  grids.setState = component.setStateValue;
  grids.update(component.data);
  return () => grids.stop();
}
