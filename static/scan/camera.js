// One camera at a time: opened by a tap, with its torch and its lenses, and a word for each way in which it fails.

const REASONS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
  NotReadableError: "busy",
  AbortError: "busy",
};
const FRONT = /front|user|facetime|前/i;

export class Camera {
  #video;
  #stream = null;
  #lenses = [];
  #turn = 0; // of each opening its own: a stream that comes after it was closed is stopped

  constructor(video) {
    this.#video = video;
  }

  /** Begin to show the picture of the rear camera. To be called in the tap: some browsers draw nothing otherwise. */
  async open() {
    this.#video.play().catch(() => {});
    await this.#show({ facingMode: "environment" });
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    const rear = cameras.filter(({ label }) => !FRONT.test(label));
    this.#lenses = (rear.length > 0 ? rear : cameras).map(({ deviceId }) => deviceId);
  }

  close() {
    this.#turn += 1;
    stop(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
  }

  get isOpen() {
    return this.#stream !== null;
  }

  get hasLenses() {
    return this.#lenses.length > 1;
  }

  async nextLens() {
    const current = this.#track.getSettings().deviceId;
    const next = this.#lenses[(this.#lenses.indexOf(current) + 1) % this.#lenses.length];
    this.close(); // a phone gives one camera at a time
    await this.#show({ deviceId: { exact: next } });
  }

  get hasTorch() {
    return this.#track.getCapabilities?.().torch === true;
  }

  async light(isOn) {
    await this.#track.applyConstraints({ advanced: [{ torch: isOn }] });
  }

  get #track() {
    return this.#stream.getVideoTracks()[0];
  }

  async #show(choice) {
    const video = { ...choice, width: { ideal: 1920 }, height: { ideal: 1080 }, advanced: [{ focusMode: "continuous" }] };
    const turn = ++this.#turn;
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    if (turn !== this.#turn) {
      stop(stream);
      throw new DOMException("closed meanwhile", "AbortError");
    }
    this.#stream = stream;
    this.#video.srcObject = stream;
    await this.#video.play();
  }
}

function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** The word for why a camera did not open. */
export function whyNot(error) {
  if (!navigator.mediaDevices?.getUserMedia) return "unsupported";
  return REASONS[error.name] ?? "failed";
}
