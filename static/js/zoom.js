// Zoom and pan of one picture in a frame: wheel, pinch, drag, double click, and steps from outside.

/** @typedef {{ x: number, y: number }} Point in CSS pixels, counted from the middle of the frame */

/**
 * @param {HTMLElement} frame
 * @param {HTMLImageElement} picture
 * @param {(step: 1 | -1) => void} swiped hears where a swipe leads: to the next picture or to the one before
 */
export const zoomable = (frame, picture, swiped) => {
  let scale = 1, x = 0, y = 0;
  /** @type {Map<number, Point>} */
  const held = new Map();
  /** @type {{ at: Point, apart: number, scale: number, x: number, y: number, start: Point, fingers: number } | null} */
  let began = null;

  // True pixels: one pixel of the picture on one of the screen; never less than what fits.
  const trueScale = () => {
    const fit = Math.min(frame.clientWidth / picture.naturalWidth, frame.clientHeight / picture.naturalHeight);
    return Math.max(1, 1 / (fit * window.devicePixelRatio));
  };
  const most = () => Math.max(4, trueScale() * 4);
  const apply = (settling = false) => {
    /**
     * @param {number} side
     * @param {number} own
     */
    const room = (side, own) => Math.max(0, (own * scale - side) / 2);
    x = Math.min(Math.max(x, -room(frame.clientWidth, picture.clientWidth)), room(frame.clientWidth, picture.clientWidth));
    y = Math.min(Math.max(y, -room(frame.clientHeight, picture.clientHeight)), room(frame.clientHeight, picture.clientHeight));
    picture.classList.toggle("is-settling", settling);
    picture.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    frame.classList.toggle("is-zoomed", scale > 1);
    frame.dataset.scale = scale.toFixed(3);
  };
  // What is under the pointer stays there: the zoom is around that point.
  const zoom = (to = 1, at = { x: 0, y: 0 }, settling = true) => {
    const next = Math.min(Math.max(to, 1), most());
    x = at.x - ((at.x - x) * next) / scale;
    y = at.y - ((at.y - y) * next) / scale;
    scale = next;
    apply(settling);
  };
  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  const middle = (event) => {
    const box = frame.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  };

  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), middle(event), false);
  }, { passive: false });
  frame.addEventListener("dblclick", (event) => zoom(scale > 1 ? 1 : Math.max(2, trueScale()), middle(event)));

  // Where the fingers are, and how far from each other.
  const gesture = () => {
    const [one = { x: 0, y: 0 }, other] = [...held.values()];
    if (!other) return { at: one, apart: 0 };
    return { at: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  };
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    held.set(event.pointerId, middle(event));
    began = { ...gesture(), scale, x, y, start: middle(event), fingers: held.size };
  });
  frame.addEventListener("pointermove", (event) => {
    if (!held.has(event.pointerId) || !began) return;
    held.set(event.pointerId, middle(event));
    const now = gesture();
    if (held.size > 1) zoom((began.scale * now.apart) / began.apart, now.at, false);
    else if (scale > 1) {
      x = began.x + now.at.x - began.at.x;
      y = began.y + now.at.y - began.at.y;
      apply();
    }
  });
  /** @param {PointerEvent} event */
  const release = (event) => {
    const point = held.get(event.pointerId);
    held.delete(event.pointerId);
    if (point && began?.fingers === 1 && scale === 1 && event.type === "pointerup") {
      const [across, down] = [point.x - began.start.x, point.y - began.start.y];
      if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(down)) swiped(across < 0 ? 1 : -1);
    }
    began = held.size ? { ...gesture(), scale, x, y, start: gesture().at, fingers: 2 } : null;
  };
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) frame.addEventListener(end, release);

  return {
    in: () => zoom(scale * 1.5),
    out: () => zoom(scale / 1.5),
    reset: () => { [scale, x, y] = [1, 0, 0]; apply(); },
    truly: () => zoom(scale === trueScale() ? 1 : trueScale()),
    pan: (across = 0, down = 0) => { x += across; y += down; apply(true); },
    zoomed: () => scale > 1,
  };
};
