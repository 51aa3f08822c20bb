// The camera in the page: opened by a tap, closed at the first licence code. Other codes are named and never opened;
// whatever keeps the camera from working is told, and a photo is offered in its place.

import { Camera, whyNot } from "./camera.js";
import { Decoder, within } from "./decoding.js";
import { adviceOn } from "./hints.js";
import { addresses, codeOf, goToAnswer, onceOnline, words } from "./page.js";
import { allOf, middleOf } from "./pictures.js";

const MIDDLE = 640; // pixels: 2.6 a module for a code of ours that fills a third of the guide, and 15 decodes a second
const WHOLE = 1280;
const WHOLE_EVERY = 4; // frames: for a code beside the guide, or far away
const SECOND = 1000;
const FROZEN = 3 * SECOND;
const SLOW = 3 * SECOND; // a network over which the decoder takes longer
const BLACK_SECONDS = 4;
const ENOUGH_ADVICE = 12; // then a photo is offered as well
const NAMED_FOR = 3 * SECOND; // another code's name stays this long, though it is seen no more

class LiveScan {
  #part;
  #panel;
  #video;
  #camera;
  #decoder = null;
  #run = 0; // of each opening its own: whatever belongs to an earlier one ends by itself
  #told = 0;
  #advices = 0;
  #black = 0;
  #decodes = 0;

  constructor(panel) {
    this.#panel = panel;
    this.#part = (name) => panel.querySelector(`[data-part="${name}"]`);
    this.#video = this.#part("video");
    this.#camera = new Camera(this.#video);
    this.#part("start").addEventListener("click", () => this.#start());
    this.#part("stop").addEventListener("click", () => this.#stop(null));
    this.#part("instead").addEventListener("click", () => document.querySelector("#photo").click());
    this.#part("lens").addEventListener("click", () => this.#nextLens());
    this.#part("torch").addEventListener("click", () => this.#light());
    document.querySelector("#photo").addEventListener("change", () => this.#stop(null)); // which is read in its place
    document.addEventListener("visibilitychange", () => document.hidden && this.#camera.isOpen && this.#stop("paused"));
    addEventListener("pagehide", () => this.#stop(null));
    panel.hidden = false;
  }

  async #start() {
    const run = ++this.#run;
    this.#arrange(true);
    this.#tell(words("opening"));
    this.#part("status").scrollIntoView({ block: "nearest" });
    // The decoder is fetched while the person is asked whether the camera may be used.
    this.#decoder = new Decoder(addresses);
    const loading = this.#decoder.open().then(() => true, () => false);
    const why = await this.#camera.open().catch(whyNot);
    if (run !== this.#run) return;
    if (why !== undefined) return this.#stop(why, true);
    this.#arrangeTools();
    const isLoaded = await within(SLOW, loading).catch(() => this.#offerMeanwhile(loading));
    if (run !== this.#run) return;
    if (!isLoaded) return this.#stop("failed", true);
    this.#panel.dataset.decoder = this.#decoder.name;
    await this.#watch(run);
  }

  // The portal reads a photo itself, and so without the decoder.
  #offerMeanwhile(loading) {
    this.#tell(words("loading"));
    this.#part("instead").hidden = false;
    return loading;
  }

  async #watch(run) {
    let frame = nextFrame(this.#video);
    for (let turn = 1; run === this.#run; turn++) {
      try {
        await within(FROZEN, frame);
      } catch {
        return run === this.#run && this.#camera.isOpen && this.#stop("frozen", true);
      }
      if (run !== this.#run) return;
      frame = nextFrame(this.#video); // it may come while this one is read
      await this.#look(run, turn % WHOLE_EVERY === 0).catch(() => run === this.#run && this.#stop("failed", true));
    }
  }

  async #look(run, atAll) {
    const pixels = atAll ? allOf(this.#video, WHOLE) : middleOf(this.#video, MIDDLE);
    const isDue = !atAll && performance.now() - this.#told > SECOND;
    const advice = isDue ? adviceOn(pixels) : null;
    const texts = await this.#decoder.read(pixels);
    if (run !== this.#run) return;
    this.#panel.dataset.decodes = ++this.#decodes;
    if (texts.length > 0) this.#see(texts);
    else if (advice !== null) this.#advise(advice);
  }

  #see(texts) {
    const licence = texts.find((text) => codeOf(text).token) ?? texts.find((text) => codeOf(text).isLicence);
    if (licence !== undefined) {
      this.#stop("found");
      navigator.vibrate?.(60);
      return onceOnline((text) => this.#tell(text), () => goToAnswer([licence]));
    }
    if (performance.now() - this.#told < SECOND) return;
    const { kind, host } = codeOf(texts[0]);
    this.#tell(words("other") + (kind === "web_page" ? words("leads_to", host) : words(kind)));
    this.#told += NAMED_FOR - SECOND;
  }

  #advise(advice) {
    this.#black = advice === "black" ? this.#black + 1 : 0;
    if (this.#black >= BLACK_SECONDS) return this.#stop("black", true);
    if (++this.#advices >= ENOUGH_ADVICE) this.#part("instead").hidden = false;
    this.#tell(words(advice === "black" ? "dark" : advice));
  }

  async #nextLens() {
    if (!this.#camera.isOpen) return; // a second tap, while the first one's lens opens
    const run = ++this.#run;
    const why = await this.#camera.nextLens().catch(whyNot);
    if (run !== this.#run) return;
    if (why !== undefined) return this.#stop(why, true);
    this.#arrangeTools();
    await this.#watch(run);
  }

  async #light() {
    const torch = this.#part("torch");
    const isOn = torch.getAttribute("aria-pressed") !== "true";
    try {
      await this.#camera.light(isOn);
      torch.setAttribute("aria-pressed", String(isOn));
    } catch {
      torch.hidden = true;
    }
  }

  /** `why`: the word that is told; `hasFailed`: a photo is offered instead. */
  #stop(why, hasFailed = false) {
    this.#run += 1;
    this.#camera.close();
    this.#decoder?.close();
    this.#decoder = null;
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#arrange(false);
    this.#part("instead").hidden = !hasFailed;
    if (hasFailed) this.#part("instead").focus({ preventScroll: true });
    else if (hadFocus && why !== "found") this.#part("start").focus({ preventScroll: true });
    this.#tell(why === null ? "" : words(why));
  }

  #arrange(isOpen) {
    this.#part("start").hidden = isOpen;
    this.#part("picture").hidden = !isOpen;
    this.#part("tools").hidden = true;
    this.#part("instead").hidden = true;
    this.#black = this.#advices = 0;
  }

  #arrangeTools() {
    const torch = this.#part("torch");
    this.#part("tools").hidden = false;
    torch.hidden = !this.#camera.hasTorch;
    torch.setAttribute("aria-pressed", "false");
    this.#part("lens").hidden = !this.#camera.hasLenses;
    this.#part("stop").focus({ preventScroll: true }); // the button that was pressed is gone
  }

  // Read aloud by screen readers, hence only what is new.
  #tell(text) {
    this.#told = performance.now();
    const status = this.#part("status");
    if (status.textContent !== text) status.textContent = text;
  }
}

function nextFrame(video) {
  return new Promise((resolve) => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });
}

export function installLiveScan(panel) {
  new LiveScan(panel);
}
