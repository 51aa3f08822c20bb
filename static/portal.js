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
    if (navigator.onLine) return;
    event.preventDefault();
    status.textContent = status.dataset.offline;
    const leave = () => {
      status.textContent = "";
      form.submit();
    };
    addEventListener("online", leave, { once: true });
  });
}
