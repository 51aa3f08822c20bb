// Parts of a video or a photo as pixels, at the size that a decoder likes.

const canvas = document.createElement("canvas");
const brush = canvas.getContext("2d", { willReadFrequently: true });

/** The middle square of a video, which is what the page shows of it. */
export function middleOf(video, side) {
  const { videoWidth: width, videoHeight: height } = video;
  const cut = Math.min(width, height);
  return pixelsOf(video, (width - cut) / 2, (height - cut) / 2, cut, cut, side);
}

/** All of a picture, its longer side at most `side`. */
export function allOf(picture, side) {
  const width = picture.videoWidth ?? picture.width;
  const height = picture.videoHeight ?? picture.height;
  return pixelsOf(picture, 0, 0, width, height, side);
}

function pixelsOf(picture, x, y, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  brush.fillStyle = "#fff"; // under what is transparent
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return brush.getImageData(0, 0, canvas.width, canvas.height);
}
