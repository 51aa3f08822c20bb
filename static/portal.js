// Comfort only: every page works without this file. A chosen photo is sent at once, and the print button appears.
for (const form of document.querySelectorAll("[data-photo-form]")) {
  const photo = form.querySelector("input[type=file]");
  const send = form.querySelector("button[type=submit]");
  const reading = form.querySelector("[data-reading]");
  send.hidden = true;
  form.classList.add("at-once");
  photo.addEventListener("change", () => {
    if (photo.files.length === 0) return;
    reading.textContent = reading.dataset.reading;
    form.requestSubmit(send);
  });
  // A page that comes back from the browser's memory has read its photo long ago.
  addEventListener("pageshow", () => {
    reading.textContent = "";
    form.reset();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
