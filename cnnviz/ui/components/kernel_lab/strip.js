// The chain as a row of small pictures: choose one to open it, add one at the end.

class Strip {
  /** @param {HTMLElement} box @param {Studio} studio */
  constructor(box, studio) {
    this.box = box;
    this.studio = studio;
    this.key = "";
    /** @type {HTMLButtonElement[]} */ this.buttons = [];
  }

  show() {
    const {lab, at} = this.studio;
    const key = lab.steps.map((step) => step.kind).join();
    if (key !== this.key) this.build(lab, key);
    this.buttons.forEach((button, i) => {
      const {channels, height, width} = this.studio.chain.outputs[i];
      if (button.getAttribute("aria-pressed") !== String(i === at)) button.setAttribute("aria-pressed", String(i === at));
      setText(/** @type {HTMLElement} */ (button.querySelector("small")), `${channels}×${height}×${width}`);
    });
  }

  /** @param {Lab} lab @param {string} key */
  build(lab, key) {
    this.key = key;
    this.buttons = lab.steps.map((step, i) => {
      const button = document.createElement("button"), name = document.createElement("span");
      button.type = "button";
      name.append(`${i + 1} ${STEP_NAMES[step.kind]}`, document.createElement("small"));
      button.append(document.createElement("canvas"), name);
      button.addEventListener("click", () => this.studio.open(i));
      return button;
    });
    const add = document.createElement("select");
    add.setAttribute("aria-label", "Add a step at the end");
    add.append(new Option("Add a step", ""), ...Object.entries(STEP_NAMES).map(([kind, label]) => new Option(label, kind)));
    add.disabled = lab.steps.length >= 4;
    add.addEventListener("change", () => this.studio.addStep(add.value));
    this.box.replaceChildren(...this.buttons, add);
  }

  /** Draw the thumbnails; called when the hand has paused, as they follow at leisure.
   * @param {(at: number, target: HTMLCanvasElement) => void} drawInto */
  draw(drawInto) {
    this.buttons.forEach((button, i) => drawInto(i, /** @type {HTMLCanvasElement} */ (button.querySelector("canvas"))));
  }
}

/** @type {Record<string, string>} */
const STEP_NAMES = {kernel: "Kernel", magnitude: "Magnitude", relu: "ReLU", abs: "Absolute", max_pool: "Max pool", avg_pool: "Average pool"};
/** @type {Record<string, Step>} */
const NEW_STEP = {
  kernel: {kind: "kernel", kernel: identity(3), padding: [1, 1], mode: "replicate"},
  magnitude: {kind: "magnitude", kernel: SOBEL, second: transposed(SOBEL), padding: [1, 1], mode: "replicate"},
  relu: {kind: "relu"},
  abs: {kind: "abs"},
  max_pool: {kind: "max_pool", size: [2, 2], stride: [2, 2]},
  avg_pool: {kind: "avg_pool", size: [2, 2], stride: [2, 2]},
};
