/* Small comforts for staff pages; every page works without them. */
"use strict";
(() => {
  const find = (selector) => document.querySelector(selector);

  // Say aloud what a swap changed: the server sends HX-Trigger: {"announce": "…"}.
  document.addEventListener("announce", (event) => {
    const region = find("#announce");
    if (region) region.textContent = event.detail.value;
  });

  // A page nobody looks at asks for nothing; a new act clears the refusal of the one before.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.requestConfig.verb === "get") event.preventDefault();
    const refusal = find("#refusal");
    if (refusal && event.detail.requestConfig.verb !== "get") refusal.replaceChildren();
  });

  // The session ended: show the log-in page instead of swapping it into a corner of this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answered = new URL(event.detail.xhr.responseURL || location.href, location.href);
    if (answered.pathname === document.body.dataset.logIn) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  // No network: say so where refusals stand; nothing was lost, nothing was sent.
  document.addEventListener("htmx:sendError", () => {
    const words = find("#no-network");
    const refusal = find("#refusal");
    if (words && refusal) refusal.replaceChildren(words.content.cloneNode(true));
  });

  // A second tap on the same button sends nothing twice; coming back to the page or waiting frees it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(free, 8000); // a form that answers with a file leaves this page standing
  });
  const free = () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  addEventListener("pageshow", free);

  // Show the chosen photos before they are sent.
  document.addEventListener("change", (event) => {
    const output = event.target.closest(".shots")?.querySelector("output");
    if (!output || event.target.type !== "file") return;
    output.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    output.replaceChildren(...Array.from(event.target.files, (file) => {
      const image = new Image();
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      return image;
    }));
  });
})();
