// zlib (RFC 1950, RFC 1951) within a bound: a list of one megabyte could otherwise fill the memory.
// Our own, because the browser's DecompressionStream differs on what follows the end, and has no bound.
const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_BITS = 15;

// The bytes that were compressed; null where they are broken, cut off, more than `most`, or followed by others.
export function inflate(compressed, most) {
  const [cmf, flags] = compressed;
  const isZlib = (cmf & 15) === 8 && cmf >> 4 <= 7 && ((cmf << 8) | flags) % 31 === 0 && !(flags & 32);
  if (compressed.length < 6 || !isZlib) return null;
  try {
    const inflating = new Inflating(compressed, 2, most);
    inflating.run();
    return inflating.finish();
  } catch (error) {
    if (error instanceof Broken) return null;
    throw error;
  }
}

class Broken extends Error {}

class Inflating {
  constructor(source, at, most) {
    this.source = source;
    this.at = at;
    this.held = 0;
    this.count = 0;
    this.most = most;
    this.out = new Uint8Array(Math.min(most, 4 * source.length + 1024));
    this.length = 0;
  }

  bits(count) {
    while (this.count < count) {
      if (this.at >= this.source.length) throw new Broken();
      this.held |= this.source[this.at++] << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  }

  run() {
    let isLast = false;
    while (!isLast) {
      isLast = this.bits(1) === 1;
      const kind = this.bits(2);
      if (kind === 3) throw new Broken();
      if (kind === 0) this.stored();
      else this.block(...(kind === 1 ? FIXED : this.dynamic()));
    }
  }

  finish() {
    const sum = this.source.slice(this.at);
    const bytes = this.out.slice(0, this.length);
    if (sum.length !== 4 || new DataView(sum.buffer).getUint32(0) !== adler32(bytes)) throw new Broken();
    return bytes;
  }

  stored() {
    this.held = this.count = 0; // whole bytes are never held
    const [a, b, c, d] = this.source.slice(this.at, this.at + 4);
    const length = a | (b << 8);
    if (d === undefined || (length ^ (c | (d << 8))) !== 0xffff) throw new Broken();
    this.at += 4;
    if (this.at + length > this.source.length) throw new Broken();
    this.room(length);
    this.out.set(this.source.subarray(this.at, this.at + length), this.length);
    this.at += length;
    this.length += length;
  }

  room(length) {
    const needed = this.length + length;
    if (needed > this.most) throw new Broken();
    if (needed <= this.out.length) return;
    const larger = new Uint8Array(Math.min(this.most, Math.max(needed, 2 * this.out.length)));
    larger.set(this.out.subarray(0, this.length));
    this.out = larger;
  }

  dynamic() {
    const [literals, distances, codes] = [this.bits(5) + 257, this.bits(5) + 1, this.bits(4) + 4];
    if (literals > 286 || distances > 30) throw new Broken();
    const ofCodes = new Array(19).fill(0);
    for (let index = 0; index < codes; index++) ofCodes[CODE_ORDER[index]] = this.bits(3);
    const code = huffman(ofCodes, true);
    const lengths = [];
    while (lengths.length < literals + distances) this.codeLengths(code, lengths);
    if (lengths.length !== literals + distances || lengths[256] === 0) throw new Broken();
    return [huffman(lengths.slice(0, literals), false), huffman(lengths.slice(literals), false)];
  }

  codeLengths(code, lengths) {
    const symbol = this.symbol(code);
    if (symbol < 16) return lengths.push(symbol);
    if (symbol === 16 && !lengths.length) throw new Broken();
    const value = symbol === 16 ? lengths.at(-1) : 0;
    const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
    return lengths.push(...new Array(times).fill(value));
  }

  // Canonical Huffman, bit by bit: small, and fast enough for lists.
  symbol({ counts, symbols }) {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= this.bits(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Broken();
  }

  block(literals, distances) {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.room(1);
        this.out[this.length++] = symbol;
      } else {
        this.copy(symbol - 257, distances);
      }
    }
  }

  copy(kind, distances) {
    if (kind >= LENGTH_BASE.length) throw new Broken();
    const length = LENGTH_BASE[kind] + this.bits(LENGTH_EXTRA[kind]);
    const far = this.symbol(distances);
    if (far >= DISTANCE_BASE.length) throw new Broken();
    const distance = DISTANCE_BASE[far] + this.bits(DISTANCE_EXTRA[far]);
    if (distance > this.length) throw new Broken();
    this.room(length);
    for (let end = this.length + length; this.length < end; this.length++) {
      this.out[this.length] = this.out[this.length - distance];
    }
  }
}

// How many codes have each length, and the symbols in the order of their codes. As zlib, refuses too many codes, and
// too few unless it is a single one.
function huffman(lengths, mustBeComplete) {
  const counts = new Array(MAX_BITS + 1).fill(0);
  for (const length of lengths) counts[length] += 1;
  const used = lengths.length - counts[0];
  counts[0] = 0;
  let left = 1;
  for (let length = 1; length <= MAX_BITS; length++) {
    left = 2 * left - counts[length];
    if (left < 0) throw new Broken();
  }
  if (left > 0 && used > 0 && (mustBeComplete || used > 1 || counts[1] !== 1)) throw new Broken();
  const symbols = [];
  for (let length = 1; length <= MAX_BITS; length++) {
    lengths.forEach((each, symbol) => each === length && symbols.push(symbol));
  }
  return { counts, symbols };
}

const FIXED = [
  huffman([...Array(144).fill(8), ...Array(112).fill(9), ...Array(24).fill(7), ...Array(8).fill(8)], false),
  huffman(Array(32).fill(5), false),
];

function adler32(bytes) {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
