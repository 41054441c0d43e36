// Zoom and pan of one picture in a stage: wheel, pinch, drag, double click, and steps from outside. `swiped` hears -1 or 1.
window.zoomable = (stage, picture, swiped) => {
  let scale = 1, x = 0, y = 0;
  const held = new Map();
  let began = null;

  // True pixels: one pixel of the picture on one of the screen; never less than what fits.
  const trueScale = () => {
    const fit = Math.min(stage.clientWidth / picture.naturalWidth, stage.clientHeight / picture.naturalHeight);
    return Math.max(1, 1 / (fit * window.devicePixelRatio));
  };
  const most = () => Math.max(4, trueScale() * 4);
  const apply = (settling = false) => {
    const room = (side, own) => Math.max(0, (own * scale - side) / 2);
    x = Math.min(Math.max(x, -room(stage.clientWidth, picture.clientWidth)), room(stage.clientWidth, picture.clientWidth));
    y = Math.min(Math.max(y, -room(stage.clientHeight, picture.clientHeight)), room(stage.clientHeight, picture.clientHeight));
    picture.classList.toggle("is-settling", settling);
    picture.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("is-zoomed", scale > 1);
    stage.dataset.scale = scale.toFixed(3);
  };
  // Around a point of the stage, counted from its middle, so that what is under the pointer stays there.
  const zoom = (to, at = { x: 0, y: 0 }, settling = true) => {
    const next = Math.min(Math.max(to, 1), most());
    x = at.x - ((at.x - x) * next) / scale;
    y = at.y - ((at.y - y) * next) / scale;
    scale = next;
    apply(settling);
  };
  const middle = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  };

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), middle(event), false);
  }, { passive: false });
  stage.addEventListener("dblclick", (event) => zoom(scale > 1 ? 1 : Math.max(2, trueScale()), middle(event)));

  const gesture = () => {
    const points = [...held.values()];
    if (points.length < 2) return { at: points[0], apart: 0 };
    const [one, other] = points;
    return { at: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    held.set(event.pointerId, middle(event));
    began = { ...gesture(), scale, x, y, start: middle(event), fingers: held.size };
  });
  stage.addEventListener("pointermove", (event) => {
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
  const let_go = (event) => {
    const point = held.get(event.pointerId);
    held.delete(event.pointerId);
    if (point && began?.fingers === 1 && scale === 1 && event.type === "pointerup") {
      const [across, down] = [point.x - began.start.x, point.y - began.start.y];
      if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(down)) swiped(across < 0 ? 1 : -1);
    }
    began = held.size ? { ...gesture(), scale, x, y, start: gesture().at, fingers: 2 } : null;
  };
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, let_go);

  return {
    in: () => zoom(scale * 1.5),
    out: () => zoom(scale / 1.5),
    reset: () => { [scale, x, y] = [1, 0, 0]; apply(); },
    truly: () => zoom(scale === trueScale() ? 1 : trueScale()),
    pan: (across, down) => { x += across; y += down; apply(true); },
    zoomed: () => scale > 1,
  };
};
