// Comfort: the camera in the page, and photos read on the spot. Without this file the photo form sends its photo.

import { installLiveScan } from "./live.js";
import { installPhotoForm } from "./photo.js";

document.querySelectorAll("[data-photo-form]").forEach(installPhotoForm);
document.querySelectorAll("[data-live-scan]").forEach(installLiveScan);
