/* The round on a phone: a swipe follows the page's own links to the doors beside this one; every page works without. */
"use strict";
(() => {
  const FAR = 60, SLANT = 2, SLOW = 800, EDGE = 24;
  const main = document.getElementById("main");
  const form = document.getElementById("reading");
  const rtl = document.documentElement.dir === "rtl";
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  // Whoever drags a field or the keypad means that one.
  const OWN = "input, select, textarea, button, label, summary, .keys, .scroll, [contenteditable]";
  let start = null;

  const ticked = () => form?.querySelector("input[type=checkbox]:checked");

  const settle = () => { start = null; main.style.translate = ""; };

  addEventListener("touchstart", (event) => {
    const touch = event.touches[0];
    const own = event.target.closest?.(OWN);
    const atEdge = touch.clientX < EDGE || touch.clientX > innerWidth - EDGE; // the system's own gesture
    const zoomed = (visualViewport?.scale ?? 1) > 1.01;
    settle();
    if (event.touches.length > 1 || own || atEdge || zoomed || !getSelection().isCollapsed) return;
    start = { x: touch.clientX, y: touch.clientY, at: event.timeStamp };
  }, { passive: true });

  addEventListener("touchmove", (event) => {
    if (!start) return;
    const [x, y] = [event.touches[0].clientX - start.x, event.touches[0].clientY - start.y];
    if (event.touches.length > 1 || Math.abs(y) > FAR) return settle();
    if (!still.matches) main.style.translate = Math.abs(x) > SLANT * Math.abs(y) ? `${x / 4}px` : "";
  }, { passive: true });

  addEventListener("touchend", (event) => {
    if (!start) return;
    const touch = event.changedTouches[0];
    const [x, y] = [touch.clientX - start.x, touch.clientY - start.y];
    const meant = Math.abs(x) >= FAR && Math.abs(x) > SLANT * Math.abs(y) && event.timeStamp - start.at < SLOW;
    settle();
    // The page is pushed away: to the left lies what comes next, to the right where Arabic is read.
    if (meant) document.querySelector(`a[rel=${x < 0 === !rtl ? "next" : "prev"}]`)?.click();
  }, { passive: true });
  addEventListener("touchcancel", settle, { passive: true });

  // What was ticked is saved by the temperature's tap only: whoever leaves before is asked.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.dataset.leave !== undefined || !ticked()) return;
    event.preventDefault();
    const asked = document.getElementById("unsaved").content.cloneNode(true);
    const leave = asked.querySelector("[data-leave]");
    leave.href = link.href;
    document.getElementById("refusal").replaceChildren(asked);
    document.getElementById("refusal").scrollIntoView({ block: "center" });
    leave.focus();
  });
})();
