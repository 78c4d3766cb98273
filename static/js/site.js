/* The alerts of the desk and the wall: a new one is said once, as a notification too where the browser may. */
"use strict";
(() => {
  const board = () => document.querySelector("#live[data-fresh]");
  const rows = () => Array.from(board()?.querySelectorAll("[data-alert]") ?? []);
  const able = "Notification" in window;
  const known = new Set(rows().map((row) => row.dataset.alert));

  const say = (words) => {
    const region = document.getElementById("announce");
    if (region) region.textContent = words;
  };

  const notify = (number, words) => {
    if (!able || Notification.permission !== "granted") return;
    try {
      // One tag an alert: the desk and the wall in two windows show it once.
      new Notification(words, { tag: `alert-${number}` }).addEventListener("click", () => window.focus());
    } catch { /* Some phones have the permission but not this way of notifying. */ }
  };

  const look = () => {
    const fresh = rows().filter((row) => !known.has(row.dataset.alert));
    fresh.forEach((row) => {
      known.add(row.dataset.alert);
      notify(row.dataset.alert, row.dataset.said);
    });
    if (fresh.length) say(fresh.map((row) => row.dataset.said).join(" "));
  };
  document.addEventListener("htmx:afterSettle", look);

  // While nobody looks at the page, htmx asks for nothing (guanshe.js); an alert must be heard all the same.
  setInterval(async () => {
    const shown = board();
    if (!document.hidden || !shown || !able || Notification.permission !== "granted") return;
    try {
      const answer = await fetch(shown.getAttribute("hx-get"), { headers: { "HX-Request": "true" } });
      if (answer.status !== 200 || answer.redirected) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (!next || board() !== shown) return;
      shown.replaceWith(next);
      htmx.process(next);
      look();
    } catch { /* No network: the next look tries again. */ }
  }, 5000);

  // Browsers answer only to somebody's tap, and only once.
  const button = document.querySelector("[data-notify]");
  if (!button || !able || Notification.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const answer = await Notification.requestPermission();
    button.hidden = answer !== "default";
    if (answer !== "default") say(answer === "granted" ? button.dataset.granted : button.dataset.denied);
  });
})();
