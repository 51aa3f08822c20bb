// What the page gives to its scanner (templates/scanner.html): its words, its addresses, and the way to an answer.

import { readCode } from "./codes.js";

const AT_MOST_TEXTS = 8; // as many as the server takes
const scanner = document.querySelector("[data-scanner]");

const { publicUrl, verdict, scan, worker, library, wasm } = scanner.dataset;

/** Where the decoder's files lie. */
export const addresses = { worker, library, wasm };

/** Words of the page's language; `host` stands where they leave room for it. */
export function words(name, host) {
  return scanner.content.querySelector(`[data-word="${name}"]`).textContent.replace("{host}", () => host);
}

export function codeOf(text) {
  return readCode(text, publicUrl);
}

/** Leave this page once there is a network, and tell it: without one, the browser's page of an error would come. */
export function onceOnline(tell, leave) {
  if (navigator.onLine) return leave();
  tell(words("offline"));
  addEventListener("online", leave, { once: true });
}

/** Go to the answer to these texts: the page of the one code of this portal, else what the server says to them. */
export function goToAnswer(texts) {
  const codes = texts.map(codeOf);
  const tokens = new Set(codes.filter(({ token }) => token).map(({ token }) => token));
  if (tokens.size === 1 && !codes.some(({ isLicence }) => isLicence)) location.assign(verdict + [...tokens][0]);
  else send(texts.filter((_, at) => codes[at].kind === undefined).concat(texts).slice(0, AT_MOST_TEXTS));
}

function send(texts) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = scan;
  for (const text of new Set(texts)) form.append(field(text));
  document.body.append(form);
  form.submit();
}

function field(text) {
  const input = document.createElement("textarea"); // an <input> would lose the line ends of a text
  input.name = "text";
  input.value = text;
  input.hidden = true;
  return input;
}
