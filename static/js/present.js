// A presentation without reloading: keys, swipes, full screen. Without scripts its links do the same, page by page.
(() => {
  const by = (id) => document.getElementById(id);
  const stage = by("main");
  const picture = by("stage-picture");
  const slides = [...by("stage-slides").children].map((item) => item.dataset);
  const address = () => new URL(location.href);
  let place = parseInt(by("stage-place").textContent, 10);

  const fetched = new Map();
  const fetchSlide = (number) => {
    const slide = slides[number - 1];
    if (!slide || fetched.has(number)) return fetched.get(number);
    const image = new Image();
    image.src = slide.full;
    // A picture that cannot be had shows as the browser shows it, with its words.
    fetched.set(number, image.decode().catch(() => {}));
    return fetched.get(number);
  };
  const able = (id, number) => {
    const link = by(id);
    if (number) link.removeAttribute("aria-disabled");
    else link.setAttribute("aria-disabled", "true");
    const target = address();
    target.searchParams.set("at", number || place);
    link.href = target;
  };
  const frame = () => {
    by("stage-place").textContent = `${place} / ${slides.length}`;
    able("stage-before", place > 1 && place - 1);
    able("stage-after", place < slides.length && place + 1);
    fetchSlide(place + 1);
    fetchSlide(place - 1);
  };
  // One picture turns into the next, where browsers can and people want that. A turn that is overtaken is skipped.
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const crossfade = (change) => {
    if (!document.startViewTransition || still.matches) change();
    else document.startViewTransition(change).ready.catch(() => {});
  };
  const go = async (number) => {
    const wanted = Math.min(Math.max(number, 1), slides.length);
    if (wanted === place) return;
    place = wanted;
    frame();
    await fetchSlide(wanted);
    if (wanted !== place) return; // somebody was quicker
    const slide = slides[wanted - 1];
    crossfade(() => {
      Object.assign(picture, { src: slide.full, width: slide.width, height: slide.height, alt: slide.alternative });
      by("stage-caption").textContent = slide.caption;
    });
    const said = by("stage-said");
    said.textContent = `${said.dataset.words.replace("{number}", wanted).replace("{total}", slides.length)}: ${slide.alternative}`;
    const target = address();
    target.searchParams.set("at", wanted);
    history.replaceState(null, "", target);
    frame();
  };

  const captions = () => {
    const off = stage.dataset.captions !== "off";
    stage.dataset.captions = off ? "off" : "";
    const target = address();
    if (off) target.searchParams.set("captions", "0");
    else target.searchParams.delete("captions");
    history.replaceState(null, "", target);
    frame();
  };
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  by("stage-full").hidden = !document.fullscreenEnabled;

  by("stage-before").addEventListener("click", (event) => { event.preventDefault(); go(place - 1); });
  by("stage-after").addEventListener("click", (event) => { event.preventDefault(); go(place + 1); });
  by("stage-captions").addEventListener("click", (event) => { event.preventDefault(); captions(); });
  by("stage-full").addEventListener("click", full);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1 && localStorage.getItem("shortcut-key") === "off") return;
    const onControl = event.target.closest("a, button");
    const keys = {
      ArrowLeft: () => go(place - 1), ArrowUp: () => go(place - 1), PageUp: () => go(place - 1),
      ArrowRight: () => go(place + 1), ArrowDown: () => go(place + 1), PageDown: () => go(place + 1),
      Home: () => go(1), End: () => go(slides.length), c: captions,
      f: document.fullscreenEnabled && full,
      Escape: () => by("stage-leave").click(),
      " ": !onControl && (() => go(place + (event.shiftKey ? -1 : 1))),
      Enter: !onControl && (() => go(place + 1)),
    };
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // The picture: on the left third back, elsewhere on; a finger may also wipe.
  // Heard by the document, because the picture hears nothing while it turns into the next.
  let from = null;
  document.addEventListener("pointerdown", (event) => { from = event.target.closest(".stage-controls") ? null : event; });
  document.addEventListener("pointerup", (event) => {
    if (!from || event.button) return;
    const moved = event.clientX - from.clientX;
    from = null;
    if (Math.abs(moved) > 40) go(place + (moved < 0 ? 1 : -1));
    else if (Math.abs(moved) < 10) go(place + (event.clientX < innerWidth / 3 ? -1 : 1));
  });

  // Whoever holds still sees the picture alone.
  let timer = 0;
  const stir = () => {
    stage.classList.remove("is-quiet");
    clearTimeout(timer);
    timer = setTimeout(() => stage.classList.add("is-quiet"), 3000);
  };
  for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) document.addEventListener(name, stir);
  stir();

  // The screen stays on, where browsers let us; where they do not, nothing else is lost.
  const wake = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {}); };
  document.addEventListener("visibilitychange", wake);
  wake();
  frame();
})();
