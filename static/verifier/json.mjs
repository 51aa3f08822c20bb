// Signed JSON documents: read strictly (no member twice, no half characters), member by member and by type.
// Integers become Number, or BigInt where a Number would not be exact; every other number a Float.
import { fromBase64, fromBase64Url, fromUtf8 } from "./bytes.mjs";
import { parseTimestamp } from "./dates.mjs";

export class Unexpected extends Error {}

export class Float {
  constructor(value) {
    this.value = value;
  }

  // As Python writes it: what a face shows; 7.0 is not 7.
  toString() {
    const size = Math.abs(this.value);
    if (!Number.isFinite(this.value)) return this.value < 0 ? "-inf" : "inf";
    if (size >= 1e16 || (size && size < 1e-4)) return this.value.toExponential().replace(/([-+])(\d)$/, "$10$2");
    const sign = Object.is(this.value, -0) ? "-" : "";
    return Number.isInteger(this.value) ? sign + this.value.toFixed(1) : String(this.value);
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?/y;
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const HALF_A_CHARACTER = /\p{Cs}/u;
const MAX_DIGITS = 4300; // before the point, as Python
const MAX_DEPTH = 200; // of what has members; as jiter, which reads JSON for Python

// The object that a document (bytes or text) holds; `name` is what messages call it.
export function parse(document, name) {
  try {
    const text = typeof document === "string" ? document : fromUtf8(document);
    return new JsonObject(new Parser(text).document(), name);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) {
      throw new Unexpected(`${name}: not JSON: ${error.message}`);
    }
    throw error;
  }
}

class Parser {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
  }

  document() {
    const value = this.value();
    if (this.peek() !== "") this.refuse();
    return value;
  }

  refuse() {
    throw new SyntaxError(`at ${this.at}`);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  peek() {
    this.match(SPACE);
    return this.text.charAt(this.at);
  }

  take(character) {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }

  value() {
    const first = this.peek();
    if (first === "{") return this.object();
    if (first === "[") return this.array();
    if (first === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number() {
    const found = this.match(NUMBER);
    if (!found) this.refuse();
    const [whole, integer, fraction, exponent] = found;
    if (integer.replace("-", "").length > MAX_DIGITS) this.refuse();
    if (fraction !== undefined || exponent !== undefined) return new Float(Number(whole));
    const value = Number(integer);
    return Number.isSafeInteger(value) ? value + 0 : BigInt(integer);
  }

  string() {
    this.at += 1;
    let text = "";
    for (;;) {
      text += this.match(PLAIN)[0];
      const next = this.text.charAt(this.at);
      this.at += 1;
      if (next === '"') return HALF_A_CHARACTER.test(text) ? this.refuse() : text;
      if (next !== "\\") this.refuse();
      text += this.escape();
    }
  }

  escape() {
    const letter = this.text.charAt(this.at);
    this.at += 1;
    if (letter !== "u") return ESCAPES[letter] ?? this.refuse();
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse();
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  array() {
    this.at += 1;
    const members = [];
    if (this.take("]")) return members;
    this.enter();
    do members.push(this.value());
    while (this.take(","));
    this.leave("]");
    return members;
  }

  object() {
    this.at += 1;
    const members = new Map();
    if (this.take("}")) return members;
    this.enter();
    do {
      if (this.peek() !== '"') this.refuse();
      const name = this.string();
      if (members.has(name) || !this.take(":")) this.refuse();
      members.set(name, this.value());
    } while (this.take(","));
    this.leave("}");
    return members;
  }

  enter() {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) this.refuse();
  }

  leave(end) {
    this.depth -= 1;
    if (!this.take(end)) this.refuse();
  }
}

// What was parsed, with objects for maps.
export function plain(value) {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

// The members of a JSON object, each taken with the type that it must have.
class JsonObject {
  constructor(value, name) {
    if (!(value instanceof Map)) throw new Unexpected(`${name}: not an object`);
    this.members = value;
    this.name = name;
  }

  refuse(why) {
    throw new Unexpected(`${this.name}: ${why}`);
  }

  requireOnly(names) {
    for (const name of this.members.keys()) {
      if (!names.includes(name)) this.refuse(`unknown member '${name.slice(0, 40)}'`);
    }
  }

  has(key) {
    return this.members.has(key);
  }

  isGiven(key) {
    return (this.members.get(key) ?? null) !== null;
  }

  text(key) {
    const value = this.members.get(key);
    if (typeof value !== "string") this.refuse(`${key} is missing or of another type`);
    return value;
  }

  integer(key) {
    const value = this.members.get(key);
    if (typeof value !== "number" && typeof value !== "bigint") this.refuse(`${key} is missing or of another type`);
    return value;
  }

  number(key) {
    const value = this.members.get(key);
    return value instanceof Float ? value.value : Number(this.integer(key));
  }

  list(key) {
    const value = this.members.get(key);
    if (!Array.isArray(value)) this.refuse(`${key} is missing or of another type`);
    return value;
  }

  texts(key) {
    const values = this.list(key);
    if (!values.every((value) => typeof value === "string")) this.refuse(`${key} is no list of texts`);
    return values;
  }

  objects(key) {
    return this.list(key).map((value, index) => new JsonObject(value, `${this.name}: ${key}[${index}]`));
  }

  object(key) {
    return new JsonObject(this.members.get(key), `${this.name}: ${key}`);
  }

  base64(key) {
    return fromBase64(this.text(key)) ?? this.refuse(`${key}: no base64`);
  }

  base64s(key) {
    return this.texts(key).map((text) => fromBase64(text) ?? this.refuse(`${key}: no base64`));
  }

  base64url(key) {
    return fromBase64Url(this.text(key)) ?? this.refuse(`${key}: no base64url`);
  }

  time(key) {
    return parseTimestamp(this.text(key)) ?? this.refuse(`${key}: not a time of the form 2026-11-20T02:00:00Z`);
  }

  choice(allowed, value) {
    return allowed.includes(value) ? value : this.refuse(`'${value}' is none of ${allowed.join(", ")}`);
  }
}
