// Comfort only: every page works without this file.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
// To reload the answer to a photo, or to come back to it, would send the photo again: it has an address without it.
for (const answer of document.querySelectorAll("[data-own-url]")) history.replaceState(null, "", answer.dataset.ownUrl);
// What was typed would be gone with the page: without a network the browser's page of an error takes its place.
for (const form of document.querySelectorAll("form.number")) {
  const status = form.querySelector("[data-offline]");
  form.addEventListener("submit", (event) => {
    status.textContent = status.dataset.sent;
    if (navigator.onLine) return;
    event.preventDefault();
    status.textContent = status.dataset.offline;
    const leave = () => {
      status.textContent = status.dataset.sent;
      form.submit();
    };
    addEventListener("online", leave, { once: true });
  });
  addEventListener("pageshow", ({ persisted }) => persisted && (status.textContent = ""));
}
// Where a tap moves the page, something else lies under the finger: the next of quick taps is not meant for that.
const [QUICK, NEAR] = [500, 20]; // ms, pixels
let first;
let last = -Infinity;
let isMeant = true;
addEventListener("pointerdown", (tap) => {
  const isNext = tap.timeStamp - last < QUICK && Math.hypot(tap.clientX - first.clientX, tap.clientY - first.clientY) < NEAR;
  if (!isNext) first = tap;
  last = tap.timeStamp;
  isMeant = !isNext || document.elementFromPoint(first.clientX, first.clientY) === first.target;
}, true);
addEventListener("click", (event) => {
  if (isMeant || event.timeStamp - last > QUICK) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
