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
  const tell = (text) => { status.textContent = text; };
  let decoder = null;
  let turn = 0; // of each photo its own: whatever belongs to an earlier one ends by itself

  // A photo that waits, with its name, for the button: chosen before this script came, or come back to.
  const offer = (isWaiting) => {
    send.hidden = !isWaiting;
    form.classList.toggle("at-once", !isWaiting);
  };
  offer(photo.files.length > 0);
  const leave = (texts) => {
    form.reset(); // who comes back from this answer has another photo
    goToAnswer(texts);
  };

  // The decoder is fetched while the person takes the photo.
  photo.addEventListener("click", () => {
    decoder ??= new Decoder(addresses).open();
    decoder.catch(() => {});
  });
  const answer = async () => {
    const mine = ++turn;
    offer(false); // a second tap would begin a sending of minutes again
    tell(words("reading_here"));
    const reading = textsOf(photo.files[0], decoder ?? new Decoder(addresses).open());
    decoder = null;
    const texts = await within(PATIENCE, reading).catch(() => []);
    onceOnline(tell, () => {
      if (mine !== turn) return;
      if (texts.length > 0) return leave(texts);
      tell(words("sending"));
      form.submit();
      // Over a weak network a photo takes minutes. What is read of it meanwhile is answered at once, and ends the sending.
      reading.then((late) => late.length > 0 && mine === turn && leave(late));
    });
  };
  photo.addEventListener("change", () => photo.files.length > 0 && answer());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  // Who comes back, as after a sending that was cut off, finds the photo: in the browser's memory, or given again to a page
  // that is loaded again, after this script came.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) {
      turn += 1;
      tell("");
    }
    if (status.textContent === "") offer(photo.files.length > 0);
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
