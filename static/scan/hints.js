// Why a picture of a code was not read, from its light and from the finder patterns (the three squares) that it shows.

const LINES = 96; // rows that are looked at: a pattern of 1/14 of the height is met by seven of them
const PIXELS_A_MODULE = 2.6; // below that, no decoder reads a code of our size
const BURNT = 250;
const GLARE = 0.02; // of the picture
const TOLERANCE = 0.5; // of a module, for each stripe of a pattern; of tiny modules, a pixel
const DOWN = [[0, 1]];
const DOWN_AND_SLANTING = [[0, 1], [1, 1], [1, -1]];
const SLANT_SHOWS_FROM = 3; // pixels a module
const CROSSING = 12; // stripes as wide as modules at the edge of a picture: a code goes on beyond it

/** "black" | "dark" | "glare" | "closer" | "cut_off" | "steady" | "aim", for an ImageData without a readable code */
export function adviceOn(pixels) {
  const image = grey(pixels);
  const light = lightOf(image);
  if (light.brightest < 24) return "black";
  if (light.mean < 40) return "dark";
  const patterns = finderPatterns(image);
  if (patterns.length === 0) return "aim";
  if (light.burnt > GLARE && patterns.every((pattern) => paperOf(pattern, image) < BURNT - 15)) return "glare";
  const module = Math.min(...patterns.map((pattern) => pattern.module));
  if (module < PIXELS_A_MODULE) return "closer";
  return patterns.length < 3 && crossesAnEdge(image, module) ? "cut_off" : "steady";
}

function grey({ data, width, height }) {
  const light = new Uint8ClampedArray(width * height);
  for (let i = 0, p = 0; i < light.length; i++, p += 4) light[i] = (data[p] + 2 * data[p + 1] + data[p + 2]) >> 2;
  return { light, width, height };
}

function lightOf({ light }) {
  let [sum, brightest, burnt, count] = [0, 0, 0, 0];
  for (let i = 0; i < light.length; i += 7) {
    sum += light[i];
    brightest = Math.max(brightest, light[i]);
    burnt += light[i] >= BURNT;
    count += 1;
  }
  return { mean: sum / count, brightest, burnt: burnt / count };
}

// Glare is a spot at the end of the scale on paper that is not: paper that is burnt out everywhere is still read.
function paperOf({ x, y, module }, { light, width }) {
  const ring = Math.round(2 * module); // from the middle of a pattern to the light ring in it
  return (light[y * width + x - ring] + light[y * width + x + ring]) / 2;
}

/** The centres of the finder patterns in an image, each with the width of its module. */
function finderPatterns(image) {
  const { light, width, height } = image;
  const found = [];
  for (let y = 0; y < height; y += Math.ceil(height / LINES)) {
    for (const { centre, module } of patternsAlong(light.subarray(y * width, (y + 1) * width))) {
      const x = Math.round(centre);
      if (found.some((each) => Math.hypot(each.x - x, each.y - y) < 5 * module)) continue;
      const directions = module < SLANT_SHOWS_FROM ? DOWN : DOWN_AND_SLANTING;
      if (directions.every((direction) => isPatternFrom(image, x, y, module, direction))) found.push({ x, y, module });
    }
  }
  return found;
}

// A finder pattern shows the same stripes in every direction; what looks like one in a single row is mostly data.
function isPatternFrom(image, x, y, module, [across, down]) {
  const reach = Math.ceil(12 * module);
  const steps = Array.from({ length: 2 * reach + 1 }, (_, at) => at - reach).filter((step) => {
    const [column, row] = [x + step * across, y + step * down];
    return column >= 0 && column < image.width && row >= 0 && row < image.height;
  });
  const line = Uint8ClampedArray.from(steps, (step) => image.light[(y + step * down) * image.width + x + step * across]);
  const middle = steps.indexOf(0);
  return patternsAlong(line, reach).some((each) => Math.abs(each.centre - middle) < 2 * module && isAbout(each.module, module));
}

/** Where dark and light stripes along a line stand as 1:1:3:1:1. */
function patternsAlong(line, reach = line.length >> 4) {
  const found = [];
  const runs = runsOf(line, reach);
  for (let i = 0; i + 4 < runs.length; i++) {
    const five = runs.slice(i, i + 5);
    const length = five.reduce((sum, run) => sum + run.length, 0);
    const module = length / 7;
    const slack = Math.max(TOLERANCE * module, 0.9);
    const fits = five.every((run, at) => Math.abs(run.length - (at === 2 ? 3 : 1) * module) < slack);
    if (five[0].isDark && module >= 1 && fits) found.push({ centre: five[0].start + length / 2, module });
  }
  return found;
}

// Dark is what is darker than its surroundings, `reach` to each side: light differs from one end of a picture to the other.
function runsOf(line, reach) {
  const runs = [];
  let sum = 0;
  for (let i = 0; i < Math.min(reach, line.length); i++) sum += line[i];
  for (let i = 0; i < line.length; i++) {
    if (i + reach < line.length) sum += line[i + reach];
    if (i - reach > 0) sum -= line[i - reach - 1];
    const around = Math.min(line.length, i + reach + 1) - Math.max(0, i - reach);
    const isDark = line[i] < sum / around - 8;
    const last = runs[runs.length - 1];
    if (last?.isDark === isDark) last.length += 1;
    else runs.push({ isDark, start: i, length: 1 });
  }
  return runs;
}

function isAbout(one, other) {
  return one < 2.1 * other && other < 2.1 * one; // a slanting line counts other steps
}

function crossesAnEdge(image, module) {
  const { light, width, height } = image;
  const edges = [
    light.subarray(3 * width, 4 * width),
    light.subarray((height - 4) * width, (height - 3) * width),
    column(image, 3),
    column(image, width - 4),
  ];
  return edges.some((edge) => runsOf(edge, edge.length >> 4).filter(({ length }) => length < 4 * module).length > CROSSING);
}

function column({ light, width, height }, x) {
  return Uint8ClampedArray.from({ length: height }, (_, y) => light[y * width + x]);
}
