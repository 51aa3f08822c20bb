// Deterministic CBOR (RFC 8949 §4.2.1) of the few types that a credential may hold, or a refusal.
// Maps become Map; integers Number, or BigInt where a Number would not be exact.
import { fromUtf8 } from "./bytes.mjs";

const MAX_DEPTH = 6;
const MAX_PAIRS = 64;
const LONGEST_TEXT_KEY = 32;

// Control, format, private-use and surrogate characters: invisible, or able to reorder what is read.
const FORBIDDEN =
  "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e\\u200b-\\u200f\\u202a-\\u202e" +
  "\\u2060-\\u2064\\u2066-\\u206f\\ud800-\\uf8ff\\ufeff\\ufff9-\\ufffb\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}" +
  "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0001}\\u{e0020}-\\u{e007f}" +
  "\\u{f0000}-\\u{ffffd}\\u{100000}-\\u{10fffd}]";
export const FORBIDDEN_CHARACTERS = new RegExp(FORBIDDEN, "u");
export const EVERY_FORBIDDEN_CHARACTER = new RegExp(FORBIDDEN, "gu");

export class NotDeterministic extends Error {}

// The value of which `bytes` is the deterministic encoding; NotDeterministic otherwise.
export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) refuse("bytes left over");
  return value;
}

function refuse(why) {
  throw new NotDeterministic(why);
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  value(depth) {
    const [major, argument, info] = this.head();
    if (major === 0) return argument;
    if (major === 1) return negative(argument);
    if (major === 2) return this.take(argument);
    if (major === 3) return this.text(argument);
    if (major === 7 && (info === 20 || info === 21)) return info === 21;
    if (major !== 4 && major !== 5) refuse("a tag or a type that is not allowed");
    if (depth + 1 > MAX_DEPTH) refuse(`deeper than ${MAX_DEPTH}`);
    return major === 4 ? this.array(argument, depth + 1) : this.map(argument, depth + 1);
  }

  head() {
    const first = this.take(1)[0];
    const info = first & 31;
    if (info > 27) refuse("not a definite length");
    if (info < 24) return [first >> 5, info, info];
    const width = 1 << (info - 24);
    let argument = 0n;
    for (const byte of this.take(width)) argument = (argument << 8n) | BigInt(byte);
    const shortest = width === 1 ? 24n : 1n << BigInt(4 * width);
    if (argument < shortest) refuse("not the shortest encoding");
    return [first >> 5, exact(argument), info];
  }

  take(length) {
    if (length > this.bytes.length - this.at) refuse("cut off");
    this.at += Number(length);
    return this.bytes.slice(this.at - Number(length), this.at);
  }

  text(length) {
    let text;
    try {
      text = fromUtf8(this.take(length));
    } catch (error) {
      if (error instanceof TypeError) refuse("not UTF-8");
      throw error;
    }
    if (FORBIDDEN_CHARACTERS.test(text) || text.normalize("NFC") !== text) {
      refuse("text with forbidden characters, or not in NFC");
    }
    return text;
  }

  array(length, depth) {
    const members = [];
    for (let index = 0; index < length; index++) members.push(this.value(depth));
    return members;
  }

  map(pairs, depth) {
    if (pairs > MAX_PAIRS) refuse(`more than ${MAX_PAIRS} pairs`);
    const members = new Map();
    let previous = null;
    for (let index = 0; index < pairs; index++) {
      const start = this.at;
      const major = this.bytes[start] >> 5;
      if (major !== 0 && major !== 1 && major !== 3) refuse("a key that is neither integer nor text");
      const key = this.value(depth);
      const encoded = this.bytes.subarray(start, this.at);
      if (major === 3 && encoded.length - (encoded.length > 24 ? 2 : 1) > LONGEST_TEXT_KEY) refuse("a key too long");
      if (previous !== null && compare(previous, encoded) >= 0) refuse("keys out of order");
      previous = encoded;
      members.set(key, this.value(depth));
    }
    return members;
  }
}

const exact = (value) => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);

function negative(argument) {
  const value = -1n - BigInt(argument);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

function compare(a, b) {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a[index] !== b[index]) return a[index] - b[index];
  }
  return a.length - b.length;
}
