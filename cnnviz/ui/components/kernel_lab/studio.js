// The laboratory itself: holds what is asked for, runs it, draws it at most once a frame, and tells Python on release.

/**
 * @typedef {{key: string, height: number, width: number, channels: number, bytes: string}} PictureData
 * @typedef {{picture: PictureData, lab: Lab, revision: string, presets: Preset[], diverging: number[][],
 *   sequential: number[][], colours: Record<string, string>, tour: Stop[]}} Data
 */

const SETTLE_MS = 350, LEISURE_MS = 160, SAMPLES = 512;

class Studio {
  /** @param {HTMLElement} root @param {(value: object) => void} send */
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.chain = new Chain();
    /** @type {Lab} */ this.lab = {channels: "sum", show: "auto", steps: [{kind: "kernel", kernel: EDGE}]};
    this.at = 0;
    this.channel = -1;
    this.from = 0;
    /** @type {Lab[]} */ this.past = [];
    /** @type {Lab[]} */ this.future = [];
    this.settled = this.lab;
    this.busy = this.dirty = this.inputStale = false;
    this.revision = this.pictureKey = "";
    const box = (/** @type {string} */ name) => new Panel(/** @type {HTMLElement} */ (root.querySelector(`[data-part="${name}"]`)));
    this.view = new View(box("input"), box("output"), () => this.lens.refresh());
    this.lens = new Lens(this, new LensView(root, this.view));
    this.editor = new Editor(root, this);
    this.strip = new Strip(this.editor.part("strip"), this);
    this.plots = new Plots(root, this);
    new Hands(this);
    new Tour(this);
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(/** @type {HTMLElement} */ (event.target)));
    for (const name of ["show", "channel"]) this.editor.control(name).addEventListener("change", () => this.showAs());
    new ResizeObserver(() => this.view.measure() && this.view.draw()).observe(this.view.output.box);
  }

  /** The open step, every field of it. */
  get step() {
    return fullStep(this.lab.steps[this.at]);
  }

  /** Take what Python sent; what has not changed since the last time is left alone. @param {Data} data */
  setData(data) {
    const words = {diverging: asWords(data.diverging), sequential: asWords(data.sequential)};
    this.tables = {...words, grey: asWords(Array.from({length: 256}, (_, v) => [v, v, v]))};
    this.ramps = {diverging: data.diverging, sequential: data.sequential};
    this.lens.table.colours = /** @type {any} */ (data.colours);
    this.root.style.setProperty("--low", data.colours.low);
    this.root.style.setProperty("--high", data.colours.high);
    if (!this.editor.presets.length) this.editor.setPresets(data.presets);
    this.tour?.show(data.tour);
    const news = data.picture.key !== this.pictureKey, asked = data.revision !== this.revision;
    if (!news && !asked) return;
    if (news) this.setPicture(data.picture);
    this.revision = data.revision;
    const held = MEMORY.revision === data.revision ? MEMORY.lab : null;
    this.adopt(asked ? held ?? data.lab : this.lab, !news);
  }

  /** @param {PictureData} picture */
  setPicture(picture) {
    const text = atob(picture.bytes), bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    this.pictureKey = picture.key;
    this.chain.setPicture(toPlanes(bytes, picture.height, picture.width, picture.channels));
    this.view.fitted = true;
    this.lens.forget();
  }

  /** Open a laboratory from outside; one that does not fit the picture is told beside its control, and the edge kernel
   * stands in when there is nothing to keep. @param {Lab} lab
   * @param {boolean} keep what is on screen fits the picture still */
  adopt(lab, keep) {
    const at = this.at;
    this.at = Math.min(this.at, lab.steps.length - 1);
    this.editor.preset = "";
    this.inputStale = true;
    if (this.edit(lab, 0)) return;
    if (keep && this.chain.lab) {
      this.at = at;
      this.tell(); // so that Python has what is on screen
      return;
    }
    const edge = {...lab, steps: [{kind: "kernel", kernel: EDGE, padding: [1, 1], mode: "replicate"}]};
    const message = this.lastError;
    this.at = 0;
    if (this.edit(edge, 0) && message) this.fail(message);
  }

  /** Ask for another laboratory. False when it can't be: the last good one stays.
   * @param {Lab} lab @param {number} from the first step that changed @param {boolean} now tell Python at once */
  edit(lab, from, now = false) {
    try {
      this.chain.shapes(lab);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      this.fail(error);
      return false;
    }
    this.clearMessages();
    this.lab = lab;
    this.from = Math.min(this.from, from);
    if (from < this.at || from === 0 && this.chain.lab?.channels !== lab.channels) this.inputStale = true;
    this.schedule();
    clearTimeout(this.timer);
    if (now) this.settle();
    else this.timer = setTimeout(() => this.settle(), SETTLE_MS);
    return true;
  }

  /** @param {Partial<Step>} change of the open step @param {boolean} now */
  editStep(change, now = false) {
    const steps = this.lab.steps.map((step, i) => (i === this.at ? {...step, ...change} : step));
    return this.edit({...this.lab, steps}, this.at, now);
  }

  /** Draw now if this frame has not been drawn, else in the next. */
  schedule() {
    if (this.busy) {
      this.dirty = true;
      return;
    }
    this.busy = true;
    this.render();
    requestAnimationFrame(() => {
      this.busy = false;
      if (this.dirty) {
        this.dirty = false;
        this.schedule();
      }
    });
  }

  render() {
    const {chain, view} = this;
    if (this.from < Infinity) chain.run(this.lab, this.from);
    this.from = Infinity;
    const input = chain.input(this.at), output = chain.outputs[this.at];
    const sized = view.measure(), moved = view.setGeometry(this.step, input, output) || sized;
    if (this.inputStale) this.load(view.input, input, this.at - 1, "auto");
    this.load(view.output, output, this.at, this.lab.show);
    if (this.inputStale || moved) view.drawInput();
    view.drawOutput();
    this.inputStale = false;
    this.lens.refresh();
    this.editor.show();
    this.strip.show();
    clearTimeout(this.leisure);
    this.leisure = setTimeout(() => this.plots.draw(), LEISURE_MS);
  }

  /** Which scale a step's result is shown on. @param {number} at −1: the picture @param {string} asked @param {Planes} planes */
  showOf(at, asked, planes) {
    return asked === "auto" ? autoShow(this.lab.steps.slice(0, at + 1), reachIn(planes.data)) : asked;
  }

  /** @param {Panel} panel @param {Planes} planes @param {number} at @param {string} asked */
  load(panel, planes, at, asked) {
    const show = this.showOf(at, asked, planes);
    panel.load(planes, show, planes.channels === 1 ? 0 : this.channel, this.tables, limitsOf(planes.data, show));
  }

  /** The hand has let go: remember the step for undo, and let Python confirm. */
  settle() {
    clearTimeout(this.timer);
    if (this.lab !== this.settled) {
      if (this.told) this.past.push(this.settled);
      this.future = [];
      this.settled = this.lab;
    } else if (this.told === this.lab && this.toldPicture === this.pictureKey) return;
    this.tell();
  }

  tell() {
    if (this.chain.settle() || this.from < Infinity) this.render();
    this.told = this.lab;
    this.toldPicture = this.pictureKey;
    Object.assign(MEMORY, {revision: this.revision, lab: this.lab});
    const {data, channels, height, width} = this.chain.outputs[this.lab.steps.length - 1];
    const count = Math.min(SAMPLES, data.length), values = [];
    for (let i = 0; i < count; i++) values.push(data[Math.floor((i * data.length) / count)]);
    this.send({lab: this.lab, picture: this.pictureKey, shape: [channels, height, width], values});
    this.button("undo").disabled = !this.past.length;
    this.button("redo").disabled = !this.future.length;
  }

  /** @param {Lab[]} from @param {Lab[]} to */
  travel(from, to) {
    const lab = from.pop();
    if (!lab) return;
    to.push(this.lab);
    this.settled = lab;
    this.adopt(lab);
    this.tell();
  }

  /** @param {string} name @returns {HTMLButtonElement} */
  button(name) {
    return /** @type {HTMLButtonElement} */ (this.root.querySelector(`[data-action="${name}"]`));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation(); // Streamlit's own shortcuts are single letters
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    this.settle();
    if (event.shiftKey) this.travel(this.future, this.past);
    else this.travel(this.past, this.future);
  }

  /** @param {HTMLElement} target */
  click(target) {
    const action = /** @type {HTMLElement | null} */ (target.closest("[data-action]"))?.dataset.action, {view} = this;
    if (action === "undo") this.travel(this.past, this.future);
    if (action === "redo") this.travel(this.future, this.past);
    if (action === "remove") this.removeStep();
    if (action === "zoom-in") view.zoom(2, view.size / 2, view.size / 2);
    if (action === "zoom-out") view.zoom(0.5, view.size / 2, view.size / 2);
    if (action === "fit") view.fit();
    if (action) view.draw();
  }

  showAs() {
    this.channel = Number(this.editor.control("channel").value);
    this.inputStale = true;
    this.edit({...this.lab, show: this.editor.control("show").value}, Infinity, true);
  }

  /** @param {string} kind */
  setKind(kind) {
    const {kernel, mode, padding, dilation, stride} = this.step;
    const old = hasKernel(this.lab.steps[this.at]) ? {kernel, mode, padding, dilation, stride} : {};
    const step = {...NEW_STEP[kind], ...(hasKernel({kind}) ? old : {})};
    if (kind === "magnitude") step.second = EDITS.transpose(step.kernel);
    if (step.second && step.second.length !== step.kernel.length) step.second = resized(step.second, step.kernel.length, step.kernel[0].length);
    this.editor.second = false;
    this.editor.preset = "";
    const steps = this.lab.steps.map((one, i) => (i === this.at ? step : one));
    if (!this.edit({...this.lab, steps}, this.at, true)) this.editor.show();
  }

  /** @param {string} kind */
  addStep(kind) {
    const steps = [...this.lab.steps, NEW_STEP[kind]];
    if (!NEW_STEP[kind] || steps.length > 4 || !this.edit({...this.lab, steps}, steps.length - 1, true)) return this.strip.build(this.lab, "");
    return this.open(steps.length - 1);
  }

  removeStep() {
    if (this.lab.steps.length < 2) return this.fail(new LabError("steps", "The chain keeps at least one step."));
    const gone = this.at, steps = this.lab.steps.filter((_, i) => i !== gone);
    const before = this.at;
    this.at = Math.max(0, gone - 1);
    if (!this.edit({...this.lab, steps}, 0, true)) this.at = before;
    return this.open(this.at);
  }

  /** @param {number} at */
  open(at) {
    this.at = at;
    this.editor.preset = "";
    this.inputStale = true;
    this.view.fitted = true;
    this.lens.forget();
    this.schedule();
  }

  /** Run what may be refused. @param {() => void} action @param {HTMLElement} input */
  attempt(action, input) {
    try {
      action();
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      input.setAttribute("aria-invalid", "true");
      this.fail(error);
    }
  }

  /** @param {LabError} error */
  fail(error) {
    this.clearMessages();
    this.lastError = error;
    const place = this.root.querySelector(`[data-message="${error.field}"]`) ?? this.root.querySelector('[data-message="steps"]');
    const other = error.step !== undefined && error.step !== this.at ? `Step ${error.step + 1}: ` : "";
    if (place) place.textContent = `${other}${error.message} The last good result stays.`;
  }

  clearMessages() {
    this.lastError = null;
    for (const place of this.root.querySelectorAll(".message")) if (place.textContent) place.textContent = "";
  }
}

// Survives the component being taken off the page and put back in the same tab.
const MEMORY = globalThis.cnnvizKernelLab ??= {revision: "", lab: null};
