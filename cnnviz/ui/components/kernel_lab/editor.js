// The controls of the step that is open: kernel, edits, options. Each answers beside itself when it is refused.

/** @typedef {{name: string, label: string, parameters: {name: string, label: string, default: number, least: number, most: number, step: number}[]}} Preset */

/** "2", "2, 1" or "2×1" as a pair of whole numbers. */
function pairFrom(/** @type {string} */ text, /** @type {string} */ field, /** @type {number} */ least, /** @type {number} */ most) {
  const parts = text.split(/[×x,; ]+/).filter(Boolean).map(Number);
  if (parts.length < 1 || parts.length > 2 || parts.some((part) => !Number.isInteger(part))) {
    throw new LabError(field, `“${text.slice(0, 20)}” is not one or two whole numbers.`);
  }
  if (parts.some((part) => part < least || part > most)) throw new LabError(field, `${text.slice(0, 20)}: use ${least} to ${most}.`);
  return [parts[0], parts[parts.length - 1]];
}

/** Write a text only where it is another. */
function setText(/** @type {HTMLElement} */ place, /** @type {string} */ text) {
  if (place.textContent !== text) place.textContent = text;
}

const pairText = (/** @type {number[]} */ [a, b]) => (a === b ? String(a) : `${a}×${b}`);
/** @type {Record<string, [number, number]>} */
const PAIR_RANGE = {stride: [1, 64], padding: [0, 64], dilation: [1, 32], size: [1, 11]};

class Editor {
  /** @param {HTMLElement} root @param {Studio} studio */
  constructor(root, studio) {
    this.root = root;
    this.studio = studio;
    this.second = false;
    /** @type {Preset[]} */ this.presets = [];
    this.preset = "";
    this.cells = new Cells(this.part("cells"), {
      preview: (kernel) => this.putKernel(kernel, ""),
      settle: () => studio.settle(),
      fail: (error) => studio.fail(error),
    });
    this.listen();
  }

  /** @returns {HTMLElement} */
  part(/** @type {string} */ name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-part="${name}"]`));
  }

  /** @returns {HTMLInputElement} */
  control(/** @type {string} */ name) {
    return /** @type {HTMLInputElement} */ (this.root.querySelector(`[data-control="${name}"]`));
  }

  get kernelName() {
    return this.second && this.studio.step.kind === "magnitude" ? "second" : "kernel";
  }

  listen() {
    const {studio} = this;
    for (const name of Object.keys(PAIR_RANGE)) this.pairControl(name);
    for (const name of ["height", "width"]) this.numeric(name, () => this.resize());
    this.numeric("bias", (input) => studio.editStep({bias: numberFrom(input.value, "bias")}));
    this.control("mode").addEventListener("change", () => studio.editStep({mode: this.control("mode").value}, true));
    this.control("kind").addEventListener("change", () => studio.setKind(this.control("kind").value));
    this.control("channels").addEventListener("change", () => studio.edit({...studio.lab, channels: this.control("channels").value}, 0, true));
    this.control("preset").addEventListener("change", () => this.choose(this.control("preset").value));
    for (const button of this.root.querySelectorAll("[data-edit]")) {
      button.addEventListener("click", () => {
        const kernel = EDITS[/** @type {HTMLElement} */ (button).dataset.edit ?? ""](studio.step[this.kernelName]);
        if (this.putKernel(mapKernel(kernel, Math.fround), "")) studio.settle();
      });
    }
    for (const button of this.root.querySelectorAll("[data-second]")) {
      button.addEventListener("click", () => {
        this.second = /** @type {HTMLElement} */ (button).dataset.second === "1";
        this.show();
      });
    }
  }

  /** A text field: read as it is typed, stepped by the arrow keys where a step is given. */
  numeric(/** @type {string} */ name, /** @type {(input: HTMLInputElement) => void} */ read) {
    const input = this.control(name);
    const attempt = () => this.studio.attempt(() => read(input), input);
    input.addEventListener("input", attempt);
    input.addEventListener("change", () => {
      this.studio.settle();
      this.show();
    });
    input.addEventListener("keydown", (event) => {
      const by = {ArrowUp: 1, ArrowDown: -1}[event.key];
      if (!by) return;
      event.preventDefault();
      const step = name === "bias" ? 0.1 : 1;
      input.value = input.value.replace("−", "-").split(/[×x,; ]+/).map((part) => String(Number((Number(part) + by * step).toFixed(4)))).join("×");
      attempt();
    });
  }

  pairControl(/** @type {string} */ name) {
    this.numeric(name, (input) => this.studio.editStep({[name]: pairFrom(input.value, name, ...PAIR_RANGE[name])}));
  }

  resize() {
    const [height] = pairFrom(this.control("height").value, "side", 1, 11), [width] = pairFrom(this.control("width").value, "side", 1, 11);
    const {step} = this.studio;
    const change = {kernel: resized(step.kernel, height, width)};
    this.preset = "";
    this.studio.editStep(step.kind === "magnitude" ? {...change, second: resized(step.second, height, width)} : change);
  }

  /** @param {number[][]} kernel @param {string} preset its name, or "" for one's own */
  putKernel(kernel, preset) {
    const {studio} = this;
    this.preset = preset;
    /** @type {Partial<Step>} */ const change = {[this.kernelName]: kernel};
    if (studio.step.kind === "magnitude") {
      const other = this.kernelName === "kernel" ? "second" : "kernel";
      const same = studio.step[other].length === kernel.length && studio.step[other][0].length === kernel[0].length;
      if (!same) change[other] = resized(studio.step[other], kernel.length, kernel[0].length);
    }
    return studio.editStep(change);
  }

  /** @param {string} name */
  choose(name) {
    const preset = this.presets.find((one) => one.name === name);
    if (!preset) return;
    this.buildParameters(preset);
    this.fromParameters(preset);
    this.studio.settle();
  }

  /** @param {Preset} preset */
  fromParameters(preset) {
    const values = Object.fromEntries([...this.part("parameters").querySelectorAll("input")].map((input) => [input.name, Number(input.value)]));
    this.putKernel(mapKernel(MAKE[preset.name](values), Math.fround), preset.name);
  }

  /** @param {Preset} preset */
  buildParameters(preset) {
    this.part("parameters").replaceChildren(...preset.parameters.map((parameter) => {
      const label = document.createElement("label"), input = document.createElement("input"), value = document.createElement("output");
      Object.assign(input, {type: "range", name: parameter.name, min: parameter.least, max: parameter.most, step: parameter.step, value: parameter.default});
      value.value = input.value;
      input.addEventListener("input", () => {
        value.value = input.value;
        this.fromParameters(preset);
      });
      input.addEventListener("change", () => this.studio.settle());
      label.append(parameter.label, input, value);
      return label;
    }));
  }

  /** @param {Preset[]} presets */
  setPresets(presets) {
    this.presets = presets;
    this.control("preset").replaceChildren(new Option("Your own", ""), ...presets.map((one) => new Option(one.label, one.name)));
  }

  /** The preset a kernel is, at its defaults. @param {number[][]} kernel */
  recognise(kernel) {
    const text = JSON.stringify(kernel);
    return this.presets.find((one) => {
      const values = Object.fromEntries(one.parameters.map((parameter) => [parameter.name, parameter.default]));
      return JSON.stringify(mapKernel(MAKE[one.name](values), Math.fround)) === text;
    })?.name ?? "";
  }

  /** Bring every control in line with the open step. */
  show() {
    const {studio} = this, {step, lab, at} = studio, kernel = step[this.kernelName];
    setText(this.part("step-number"), String(at + 1));
    if (this.root.dataset.kind !== step.kind) this.root.dataset.kind = step.kind;
    this.write("kind", step.kind);
    this.write("channels", lab.channels);
    this.write("mode", step.mode);
    for (const name of Object.keys(PAIR_RANGE)) this.write(name, pairText(step[name]));
    this.write("bias", weightText(step.bias));
    this.write("height", String(kernel.length));
    this.write("width", String(kernel[0].length));
    for (const name of ["padding"]) this.control(name).disabled = step.mode === "none" || step.mode === "same";
    for (const button of this.root.querySelectorAll("[data-second]")) {
      button.setAttribute("aria-pressed", String((/** @type {HTMLElement} */ (button).dataset.second === "1") === (this.kernelName === "second")));
    }
    if (hasKernel(step)) this.cells.show(kernel);
    this.showPreset(kernel);
    const text = formula(step, studio.chain.input(at), studio.chain.outputs[at]);
    if (text !== this.formula) this.part("formula").innerHTML = this.formula = text; // an untouched page lays itself out faster
  }

  /** @param {number[][]} kernel */
  showPreset(kernel) {
    if (!this.preset) this.preset = this.recognise(kernel);
    const select = this.control("preset");
    const known = this.presets.find((one) => one.name === this.preset);
    if (select.value !== this.preset || (known && this.part("parameters").childElementCount !== known.parameters.length)) {
      select.value = this.preset;
      if (known) this.buildParameters(known);
      else this.part("parameters").replaceChildren();
    }
  }

  write(/** @type {string} */ name, /** @type {string} */ value) {
    const input = this.control(name), active = /** @type {ShadowRoot} */ (this.root.getRootNode()).activeElement;
    if (input.hasAttribute("aria-invalid")) input.removeAttribute("aria-invalid");
    if (input.value !== value && (input !== active || input.tagName === "SELECT")) input.value = value;
  }
}

/** The output size with its formula filled in. @param {Required<Step>} step @param {Planes} input @param {Planes} output */
function formula(step, input, output) {
  const shape = (/** @type {Planes} */ planes) => `${planes.channels}×${planes.height}×${planes.width}`;
  if (!hasWindow(step)) return `${shape(input)} stays ${shape(output)}`;
  const pads = padsOf(step), [kh, kw] = windowSize(step), dilation = hasKernel(step) ? step.dilation : [1, 1];
  const side = (/** @type {number} */ size, /** @type {number} */ padding, /** @type {number} */ d, /** @type {number} */ k, /** @type {number} */ s, /** @type {number} */ to) =>
    `⌊(${size} + ${padding} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1 = <b>${to}</b>`;
  const down = side(input.height, pads[0] + pads[1], dilation[0], kh, step.stride[0], output.height);
  const across = side(input.width, pads[2] + pads[3], dilation[1], kw, step.stride[1], output.width);
  const both = down === across ? `Height and width: ${down}` : `Height: ${down}<br>Width: ${across}`;
  return `${both}<br>${shape(input)} becomes ${shape(output)}`;
}
