/* The camera reads codes into the field that a keyboard scanner would type into; typing works without any of this. */
"use strict";
(() => {
  const box = document.querySelector(".scanner");
  const form = box && document.getElementById(box.dataset.form);
  const field = form?.querySelector("input[name=code], input[name=label], input[name=place]");
  if (!field) return;
  const list = form.dataset.continuous && document.querySelector(form.dataset.continuous);
  const video = box.querySelector("video");
  const [on, off] = ["on", "off"].map((name) => box.querySelector(`[data-camera=${name}]`));
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  const freshId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // One scan after another: each is an act of its own, sent in order, while the next is already being scanned.
  let last = Promise.resolve();
  const send = (code) => {
    const values = { code, client_id: freshId(), csrfmiddlewaretoken: token };
    last = last.then(() => htmx.ajax("POST", form.getAttribute("action"), { source: list, target: list, swap: "afterbegin", values }))
      .catch(() => { field.value = code; })
      .then(() => navigator.vibrate?.(list.firstElementChild?.classList.contains("refused") ? [80, 60, 80] : 40));
  };
  if (list) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const code = field.value.trim();
      if (!code) return;
      field.value = "";
      field.focus({ preventScroll: true });
      send(code);
    });
  }

  const seen = new Map();
  const take = (text) => {
    // A label that stays in view is one scan.
    const again = Date.now() - (seen.get(text) || 0) < 4000;
    seen.set(text, Date.now());
    if (again) return;
    field.value = text;
    form.requestSubmit();
  };

  const canvas = document.createElement("canvas");
  const askServer = async () => {
    const share = Math.min(1, 1280 / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = video.videoWidth * share;
    canvas.height = video.videoHeight * share;
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    const body = new FormData();
    body.set("photo", await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8)), "frame.jpg");
    body.set("client_id", freshId());
    const answer = await fetch(box.dataset.photoUrl, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } });
    return answer.ok ? (await answer.json()).codes : [];
  };
  const reader = async () => {
    const known = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
    if (!known.includes("qr_code")) return { read: askServer, every: 700 };
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return { read: async () => (await detector.detect(video)).map((code) => code.rawValue), every: 200 };
  };

  let stream = null;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = off.hidden = true;
    on.hidden = false;
  };
  const start = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      box.querySelector("[data-said=none]").hidden = false;
      return;
    }
    video.srcObject = stream;
    on.hidden = true;
    video.hidden = off.hidden = false;
    await video.play();
    const { read, every } = await reader();
    while (stream) {
      if (!document.hidden) (await read().catch(() => [])).forEach(take);
      await pause(every);
    }
  };

  if (!navigator.mediaDevices?.getUserMedia) return;
  box.hidden = false;
  on.addEventListener("click", start);
  off.addEventListener("click", stop);
  addEventListener("pagehide", stop);
  // Who allowed the camera once is not asked again, and needs no tap.
  navigator.permissions?.query({ name: "camera" }).then((state) => { if (state.state === "granted") start(); }, () => {});
})();
