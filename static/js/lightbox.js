// The lightbox: every a[data-lightbox] of the page, in the order it stands there. Its address is the page of the picture,
// so it can be reloaded and sent on, and Back closes it.
(() => {
  const dialog = document.getElementById("lightbox");
  const picture = document.getElementById("lightbox-picture");
  const stage = document.getElementById("lightbox-stage");
  const by = (id) => document.getElementById(id);
  const links = () => [...document.querySelectorAll("a[data-lightbox]")].filter((link) => !link.closest("[hidden]"));
  // Where a picture has no page of its own, it has a place on this one.
  const address = (link) => link.dataset.place || link.href;
  let current = null;

  const zoom = window.zoomable(stage, picture, (step) => go(step));
  const place = () => links().findIndex((link) => link.dataset.lightbox === current);

  const prefetch = (link) => { if (link) new Image().src = link.dataset.full; };
  const count = () => {
    const [index, length] = [place(), links().length];
    by("lightbox-place").textContent = `${index + 1} / ${length}`;
    dialog.querySelector("[data-step-to='-1']").disabled = index === 0;
    dialog.querySelector("[data-step-to='1']").disabled = index === length - 1;
  };
  const show = (link) => {
    const all = links();
    const index = all.indexOf(link);
    current = link.dataset.lightbox;
    zoom.reset();
    // The thumbnail is there at once; the original takes its place when it has come.
    const small = link.querySelector("img");
    picture.width = link.dataset.width;
    picture.height = link.dataset.height;
    picture.alt = small.alt;
    picture.src = small.currentSrc || small.src;
    const full = new Image();
    full.onload = () => { if (current === link.dataset.lightbox) picture.src = full.src; };
    full.src = link.dataset.full;
    by("lightbox-caption").textContent = link.dataset.caption;
    count();
    const said = by("lightbox-said");
    said.textContent = `${said.dataset.words.replace("{number}", index + 1).replace("{total}", all.length)}: ${small.alt}`;
    // Before the last one is reached, the gallery's next page is asked for.
    const ahead = document.querySelector(".pictures-ahead");
    if (ahead && index > all.length - 4) htmx.trigger(ahead, "wanted");
    tools(link);
    prefetch(all[index + 1]);
    prefetch(all[index - 1]);
  };
  // What is offered belongs to one picture: until the new ones are there, the old ones do nothing. The focus stays. Only the
  // latest answer counts: an earlier one for the same picture would undo what was done since.
  let latest = 0;
  const tools = async (link) => {
    if (!link.dataset.tools) return;
    by("lightbox-tools").dataset.stale = "";
    const turn = latest += 1;
    const response = await fetch(link.dataset.tools);
    const offered = response.ok ? await response.text() : '<div class="lightbox-tools" id="lightbox-tools"></div>';
    if (turn !== latest) return;
    const controls = () => [...by("lightbox-tools").querySelectorAll("a, button")];
    const focused = controls().indexOf(document.activeElement);
    by("lightbox-tools").outerHTML = offered;
    htmx.process(by("lightbox-tools"));
    if (focused >= 0) (controls()[focused] || dialog.querySelector("[data-close]")).focus();
  };
  const open = (link) => {
    show(link);
    if (dialog.open) return;
    // Whatever is outside of an open dialog is neither seen nor heard.
    dialog.append(by("toasts"));
    dialog.showModal();
  };
  const go = (step) => {
    const link = links()[place() + step];
    if (!link) return;
    // A button that is about to be disabled must not take the focus with it.
    const next = links()[place() + 2 * step];
    show(link);
    if (!next) dialog.querySelector("[data-close]").focus();
    history.replaceState({ lightbox: current }, "", address(link));
  };
  const close = () => {
    if (history.state?.lightbox) history.back();
    else dialog.close();
  };

  document.addEventListener("htmx:afterSettle", () => { if (dialog.open) count(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-lightbox]");
    if (!link || event.defaultPrevented || event.button || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    history.pushState({ lightbox: link.dataset.lightbox }, "", address(link));
    open(link);
  });
  window.addEventListener("popstate", (event) => {
    const link = links().find((one) => one.dataset.lightbox === event.state?.lightbox);
    if (link) open(link);
    else if (dialog.open) dialog.close();
  });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
  dialog.addEventListener("close", () => {
    if (history.state?.lightbox) history.back();
    document.body.append(by("toasts"));
    picture.removeAttribute("src");
    links()[place()]?.focus();
    links()[place()]?.scrollIntoView({ block: "nearest" });
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("close" in button.dataset) close();
    if (button.dataset.zoom) zoom[button.dataset.zoom]();
    if (button.dataset.stepTo) go(Number(button.dataset.stepTo));
  });
  const press = (selector) => dialog.querySelector(`#lightbox-tools:not([data-stale]) ${selector}`)?.click();
  document.addEventListener("keydown", (event) => {
    if (!dialog.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key.length === 1 && localStorage.getItem("shortcut-key") === "off") return;
    const pan = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] }[event.key];
    const keys = {
      "+": zoom.in, "=": zoom.in, "-": zoom.out, 0: zoom.reset, 1: zoom.truly,
      f: () => press(".favourite button"), d: () => press("a[download]"),
      ArrowLeft: () => go(-1), ArrowRight: () => go(1),
    };
    const act = zoom.zoomed() && pan ? () => zoom.pan(...pan) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  // Whoever reloads a page of the lightbox is on the page of the picture: that state opens nothing.
  if (history.state?.lightbox && !links().some((link) => link.dataset.lightbox === history.state.lightbox)) {
    history.replaceState(null, "");
  }
})();
