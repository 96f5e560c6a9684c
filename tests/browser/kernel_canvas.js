// What the tests do in the page. Each case goes a person's way: into the laboratory, onto the canvas, under the lens.
(() => {
  const host = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".lab"));
  const root = host.shadowRoot, studio = root.querySelector(".lab").studio;
  studio.send = () => undefined;

  /** As if a frame had passed, and before anything that waits for a pause. */
  const frame = () => {
    studio.busy = false;
    clearTimeout(studio.timer);
    clearTimeout(studio.leisure);
  };
  const cellsOf = (table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent));

  const runCase = ({picture, lab, at}) => {
    studio.at = 0;
    studio.channel = -1;
    studio.setPicture(picture);
    studio.inputStale = true;
    frame();
    if (!studio.edit(lab, 0)) {
      const error = root.querySelector(".message:not(:empty)").textContent;
      studio.lab = {channels: "each", show: "auto", steps: [{kind: "abs"}]};
      return {error};
    }
    frame();
    studio.open(lab.steps.length - 1);
    frame();
    const out = studio.chain.outputs[studio.at], context = studio.view.output.source.getContext("2d");
    const pixel = [Math.floor(at[0] * out.height), Math.floor(at[1] * out.width)];
    studio.lens.pin(pixel);
    const rgba = context.getImageData(0, 0, out.width, out.height).data;
    return {
      pixel, shape: [out.channels, out.height, out.width], values: Array.from(out.data),
      rgb: Array.from(rgba.filter((_, i) => i % 4 < 3)), lens: root.querySelector(".sum output").textContent,
      tables: [...root.querySelectorAll(".tables table")].map(cellsOf),
    };
  };
  window.runCases = (cases) => cases.map(runCase);

  window.runHand = ([one, kernels]) => {
    runCase(one);
    studio.open(0);
    return kernels.map((kernel) => {
      frame();
      studio.editStep({kernel});
      return studio.chain.outputs.map((out) => Array.from(out.data));
    });
  };

  window.runPresets = (asked) => {
    studio.open(0);
    studio.edit({channels: "grey", show: "auto", steps: [{kind: "kernel", kernel: [[1]], mode: "same"}]}, 0);
    const {editor} = studio;
    return asked.map(({name, values}) => {
      editor.buildParameters(editor.presets.find((one) => one.name === name));
      for (const input of root.querySelectorAll(".parameters input")) {
        Object.assign(input, {step: "any", value: values[input.name]});
      }
      editor.fromParameters(editor.presets.find((one) => one.name === name));
      const kernel = studio.step.kernel, edited = {};
      for (const button of root.querySelectorAll("[data-edit]")) {
        editor.putKernel(kernel, "");
        button.click();
        edited[button.dataset.edit] = studio.step.kernel;
      }
      return {kernel, edited};
    });
  };

  window.runFed = ([one, height, width]) => {
    runCase(one);
    return Array.from({length: height * width}, (_, i) => {
      studio.lens.pin([Math.floor(i / width), i % width], true);
      return root.querySelector(".sum").textContent;
    });
  };
})();
