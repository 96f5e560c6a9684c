/** A sheet of 96×96 pixels to draw on; the strokes go to Python on release, a byte a pixel in base64.
 * @param {{data: {pixels: string}, parentElement: ShadowRoot, setStateValue: (name: string, value: unknown) => void}} component */
export default function draw({data, parentElement, setStateValue}) {
  const sheet = /** @type {HTMLElement & {ready?: boolean}} */ (parentElement.querySelector(".draw"));
  if (sheet.ready) return;
  sheet.ready = true;
  const canvas = /** @type {HTMLCanvasElement} */ (sheet.querySelector("canvas")), side = canvas.width;
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", {willReadFrequently: true}));
  const fill = (/** @type {string} */ colour) => {
    ink.fillStyle = colour;
    ink.fillRect(0, 0, side, side);
  };
  const read = () => ink.getImageData(0, 0, side, side);
  const tell = () => {
    const {data: rgba} = read();
    let text = "";
    for (let i = 0; i < rgba.length; i += 4) text += String.fromCharCode(rgba[i]);
    setStateValue("pixels", btoa(text));
  };
  fill("#000");
  if (data.pixels) restore(ink, data.pixels, side);
  Object.assign(ink, {strokeStyle: "#fff", lineWidth: 6, lineCap: "round", lineJoin: "round"});

  const at = (/** @type {PointerEvent} */ event) => [event.offsetX / canvas.clientWidth * side, event.offsetY / canvas.clientHeight * side];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    ink.beginPath();
    ink.moveTo(...at(event));
    ink.lineTo(...at(event));
    ink.stroke();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) return;
    ink.lineTo(...at(event));
    ink.stroke();
  });
  canvas.addEventListener("pointerup", tell);
  sheet.addEventListener("click", (event) => {
    const what = /** @type {HTMLElement} */ (event.target).dataset.do;
    if (what === "clear") fill("#000");
    if (what === "invert") {
      ink.globalCompositeOperation = "difference";
      fill("#fff");
      ink.globalCompositeOperation = "source-over";
    }
    if (what) tell();
  });
}

/** Put an earlier drawing back. @param {CanvasRenderingContext2D} ink @param {string} pixels @param {number} side */
function restore(ink, pixels, side) {
  const image = ink.createImageData(side, side), bytes = atob(pixels);
  for (let i = 0; i < side * side; i++) image.data.set([bytes.charCodeAt(i), bytes.charCodeAt(i), bytes.charCodeAt(i), 255], i * 4);
  ink.putImageData(image, 0, 0);
}
