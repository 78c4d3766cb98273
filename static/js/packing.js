/* Small comforts for the pair's phone; every form works without them. */
"use strict";
(() => {
  // The thumb's button opens the camera of the view it names.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const field = opener && document.querySelector(`#${CSS.escape(opener.dataset.opens)} input[type=file]`);
    if (!field) return;
    event.preventDefault();
    field.click();
  });

  // A camera gives one photo at a time: what was chosen before stays chosen. The second listener shows them.
  const chosen = new WeakMap();
  const hold = (field, files) => {
    const all = new DataTransfer();
    files.forEach((file) => all.items.add(file));
    field.files = all.files;
    chosen.set(field, files);
  };
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type !== "file" || !field.multiple || !field.closest("#put-in")) return;
    const before = chosen.get(field) || [];
    const same = (one) => (other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
    const fresh = Array.from(field.files).filter((file) => !before.some(same(file)));
    hold(field, before.concat(fresh));
  }, true);

  document.addEventListener("change", (event) => {
    const anew = event.target.closest("form")?.querySelector("[data-anew]");
    if (anew && event.target.type === "file") anew.hidden = !event.target.files.length;
  });
  document.querySelectorAll("[data-anew]").forEach((button) => button.addEventListener("click", () => {
    const field = button.form.querySelector("input[type=file]");
    hold(field, []);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }));

  // Quantity by thumb.
  document.querySelectorAll("[data-stepper] [data-step]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = button.closest("[data-stepper]").querySelector("input");
      field.value = Math.max(1, (Number(field.value) || 1) + Number(button.dataset.step));
    });
  });

  // A photo that could not be sent is still chosen: offer to send it again.
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      const again = event.target.querySelector?.("[data-again]");
      if (again) again.hidden = false;
    });
  }
})();
