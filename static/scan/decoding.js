// Pixels → texts of the QR codes in them: by the browser's own detector where there is one, else by the vendored one.

const PATIENCE_WITH_NATIVE = 1500; // ms; without its provider's service a detector may exist and never answer

export class Decoder {
  #addresses;
  #native = null;
  #worker = null;
  #waiting = [];
  #isClosed = false;

  /** `addresses`: where the worker, its library and its WebAssembly lie. */
  constructor(addresses) {
    this.#addresses = addresses;
  }

  async open() {
    this.#native = await nativeDetector();
    if (this.#native === null) await this.#openWorker();
    return this;
  }

  get name() {
    return this.#native === null ? "vendored" : "native";
  }

  /** The texts in an ImageData, whose pixels are gone afterwards. `thorough`: for a photo, which has no next frame. */
  async read(pixels, thorough = false) {
    if (this.#native !== null) {
      try {
        const texts = (await within(PATIENCE_WITH_NATIVE, this.#native.detect(pixels))).map((code) => code.rawValue);
        if (texts.length > 0 || !thorough) return texts;
      } catch {
        this.#native = null;
      }
    }
    await this.#openWorker();
    return this.#ask({ pixels, thorough }, [pixels.data.buffer]);
  }

  close() {
    this.#isClosed = true;
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error("closed"));
  }

  async #openWorker() {
    if (this.#isClosed) throw new Error("closed");
    if (this.#worker !== null) return;
    const { worker, library, wasm } = this.#addresses;
    this.#worker = new Worker(worker);
    this.#worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.#waiting.shift();
      if (data.error === undefined) resolve(data.texts);
      else reject(new Error(data.error));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.close();
    };
    await this.#ask({ library, wasm });
  }

  // The worker answers in the order of the questions.
  #ask(question, transfer = []) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(question, transfer);
    });
  }
}

async function nativeDetector() {
  try {
    const formats = await within(PATIENCE_WITH_NATIVE, BarcodeDetector.getSupportedFormats());
    return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

/** What `promise` gives, unless it takes longer than `milliseconds`: then an error. */
export function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("too late")), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
