// "Why does this find edges": short paragraphs, each of which moves the lens to a place that shows it.

/** @typedef {{title: string, text: string, look: string}} Stop */

class Tour {
  /** @param {Studio} studio */
  constructor(studio) {
    this.studio = studio;
    studio.tour = this;
    this.box = studio.editor.part("tour");
  }

  /** @param {Stop[]} stops */
  show(stops) {
    if (this.box.childElementCount) return;
    const heading = document.createElement("h3");
    heading.textContent = "Why does this find edges?";
    this.box.append(heading, ...stops.map((stop) => {
      const part = document.createElement("article"), name = document.createElement("h4");
      const text = document.createElement("p"), button = document.createElement("button");
      name.textContent = stop.title;
      text.textContent = stop.text;
      button.type = "button";
      button.textContent = "Show me";
      button.setAttribute("aria-label", `Show me: ${stop.title}`);
      button.addEventListener("click", () => this.go(stop.look));
      part.append(name, text, button);
      return part;
    }));
  }

  /** @param {string} look */
  go(look) {
    const {studio} = this, {lab} = studio;
    const first = lab.steps[0];
    const edge = first.kind === "kernel" && JSON.stringify(first.kernel) === JSON.stringify(EDGE);
    if (!edge || studio.at) {
      studio.open(0);
      studio.editor.preset = "prewitt_x";
      if (!studio.editStep({kind: "kernel", kernel: EDGE, bias: 0}, true)) return;
    }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const pixel = this.find(look, studio.chain.outputs[0]);
      studio.view.lookAt(pixel);
      studio.lens.pin(pixel);
      studio.view.draw();
      studio.view.output.box.scrollIntoView({block: "nearest"});
    }));
  }

  /** The flattest, brightest-to-the-right or darkest-to-the-right place.
   * @param {string} look @param {Planes} planes @returns {[number, number]} */
  find(look, {data, height, width}) {
    let best = -Infinity, found = /** @type {[number, number]} */ ([height >> 1, width >> 1]);
    const edge = Math.min(12, height >> 2, width >> 2);
    for (let y = edge; y < height - edge; y++) {
      for (let x = edge; x < width - edge; x++) {
        const value = data[y * width + x];
        const score = look === "high" ? value : look === "low" ? -value : this.flatness(y, x, value);
        if (score > best) [best, found] = [score, [y, x]];
      }
    }
    return found;
  }

  /** High where the input hardly changes and is neither black nor white. */
  flatness(/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ value) {
    const {data, width} = this.studio.chain.input(0), here = data[y * width + x];
    return -Math.abs(value) - Math.abs(here - 0.6) - Math.abs(data[y * width + x + 1] - here) - Math.abs(data[(y + 1) * width + x] - here);
  }
}
