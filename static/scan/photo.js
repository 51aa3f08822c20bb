// A chosen photo is read here, in the browser, so that only the text of its code is sent. What the browser cannot read
// within its time is sent to the server, which tries harder; whoever has it first gives the answer.

import { Decoder, within } from "./decoding.js";
import { addresses, goToAnswer, onceOnline, words } from "./page.js";
import { allOf } from "./pictures.js";

const PATIENCE = 2000; // ms
const [MIDDLE, LARGE, SMALL] = [1600, 4000, 800]; // pixels: most photos, then small codes in large ones, then blurred ones

export function installPhotoForm(form) {
  const photo = form.querySelector("input[type=file]");
  const send = form.querySelector("button[type=submit]");
  const status = form.querySelector("[data-reading]");
  if (photo.files.length > 0) return; // it was chosen before this script came: the button that was there sends it
  const tell = (text) => { status.textContent = text; };
  let decoder = null;
  send.hidden = true;
  form.classList.add("at-once");

  // The decoder is fetched while the person takes the photo.
  photo.addEventListener("click", () => {
    decoder ??= new Decoder(addresses).open();
    decoder.catch(() => {});
  });
  photo.addEventListener("change", async () => {
    if (photo.files.length === 0) return;
    const [file] = photo.files;
    tell(words("reading_here"));
    const reading = textsOf(file, decoder ?? new Decoder(addresses).open());
    decoder = null;
    const texts = await within(PATIENCE, reading).catch(() => []);
    onceOnline(tell, () => {
      if (texts.length > 0) return goToAnswer(texts);
      tell(words("sending"));
      form.submit();
      // Over a weak network a photo takes minutes. What is read of it meanwhile is answered at once, and ends the sending.
      reading.then((late) => late.length > 0 && photo.files[0] === file && goToAnswer(late));
    });
  });
  // A page that comes back from the browser's memory has read its photo long ago. One that is loaded again, as after a sending
  // that was cut off, may be given its photo again after this script came: the button sends it.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) {
      tell("");
      form.reset();
    } else if (status.textContent === "") {
      send.hidden = photo.files.length === 0;
    }
  });
}

/** The texts of the codes in a photo; none where the browser cannot read it. */
async function textsOf(file, opening) {
  try {
    return await read(file, opening);
  } catch {
    return [];
  } finally {
    opening.then((decoder) => decoder.close(), () => {});
  }
}

async function read(file, opening) {
  const [picture, decoder] = await Promise.all([createImageBitmap(file), opening]);
  const longest = Math.max(picture.width, picture.height);
  for (const side of [MIDDLE, ...(longest > MIDDLE ? [LARGE] : []), ...(longest > SMALL ? [SMALL] : [])]) {
    const texts = await decoder.read(allOf(picture, side), true);
    if (texts.length > 0) return texts;
  }
  return [];
}
