// Pointer and keys on the two pictures: hover or touch moves the lens, a click pins it, a drag pans, two fingers pinch.

class Hands {
  /** @param {Studio} studio */
  constructor(studio) {
    this.studio = studio;
    /** @type {Map<number, PointerEvent>} */ this.down = new Map();
    this.moved = 0;
    for (const panel of studio.view.panels) {
      const {box} = panel;
      box.addEventListener("pointerdown", (event) => this.press(event, box));
      box.addEventListener("pointermove", (event) => this.move(event, panel));
      box.addEventListener("pointerup", (event) => this.release(event, panel));
      box.addEventListener("pointercancel", (event) => this.down.delete(event.pointerId));
      box.addEventListener("wheel", (event) => this.wheel(event, box), {passive: false});
      box.addEventListener("keydown", (event) => this.key(event, panel));
    }
  }

  /** @param {PointerEvent} event @param {HTMLElement} box */
  press(event, box) {
    if (event.button) return;
    this.down.set(event.pointerId, event);
    this.moved = this.down.size > 1 ? Infinity : 0;
    box.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event @param {Panel} panel */
  move(event, panel) {
    const {view, lens} = this.studio, before = this.down.get(event.pointerId);
    if (!before || (event.pointerType === "touch" && this.down.size === 1)) {
      if (before) this.moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      if (before) this.down.set(event.pointerId, event);
      if (!lens.pinned) lens.point(panel, view.camera, event.offsetX, event.offsetY);
      return;
    }
    const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
    this.moved += Math.abs(dx) + Math.abs(dy);
    if (this.down.size === 2) this.pinch(event, before, panel);
    else if (this.moved > 4) view.pan(dx, dy);
    this.down.set(event.pointerId, event);
    view.draw();
  }

  /** @param {PointerEvent} event @param {PointerEvent} before @param {Panel} panel */
  pinch(event, before, panel) {
    const other = [...this.down.values()].find((one) => one.pointerId !== event.pointerId);
    if (!other) return;
    const away = (/** @type {PointerEvent} */ one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    const frame = panel.box.getBoundingClientRect();
    this.studio.view.zoom(away(event) / away(before), (event.clientX + other.clientX) / 2 - frame.left, (event.clientY + other.clientY) / 2 - frame.top);
    this.studio.view.pan((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
  }

  /** @param {PointerEvent} event @param {Panel} panel */
  release(event, panel) {
    const {view, lens} = this.studio;
    if (this.down.delete(event.pointerId) && this.moved <= 4) lens.toggle(panel, view.camera, event.offsetX, event.offsetY);
  }

  /** Ctrl and the wheel, or the wheel once the picture has been clicked: scrolling the page stays possible.
   * @param {WheelEvent} event @param {HTMLElement} box */
  wheel(event, box) {
    const root = /** @type {ShadowRoot} */ (box.getRootNode());
    if (!event.ctrlKey && root.activeElement !== box) return;
    event.preventDefault();
    this.studio.view.zoom(Math.exp(-event.deltaY / 300), event.offsetX, event.offsetY);
    this.studio.view.draw();
  }

  /** @param {KeyboardEvent} event @param {Panel} panel */
  key(event, panel) {
    const {view, lens} = this.studio, by = event.shiftKey ? 10 : 1;
    const move = {ArrowUp: [-by, 0], ArrowDown: [by, 0], ArrowLeft: [0, -by], ArrowRight: [0, by]}[event.key];
    const zoom = {"+": 2, "=": 2, "-": 0.5}[event.key];
    if (event.ctrlKey || event.metaKey) return;
    if (move) lens.walk(panel, move[0], move[1]);
    else if (zoom) view.zoom(zoom, view.size / 2, view.size / 2);
    else if (event.key === "0") view.fit();
    else if (event.key === "Enter" || event.key === " ") lens.pinned = !lens.pinned;
    else if (event.key === "Escape") lens.pinned = false;
    else return;
    event.preventDefault();
    if (!move) view.draw();
  }
}
