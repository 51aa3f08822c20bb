// Bytes and their ways to be written.
import { sha256 } from "../vendor/noble/hashes/sha2.js";

export { sha256 };

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const equal = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]);

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const utf8 = (text) => new TextEncoder().encode(text);

// As strict as Python's decoder: no replacement, and a byte order mark is a character.
export const fromUtf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

// No group is repeated: with megabytes that would overflow the stack. The digit beside padding leaves no bits over.
const BASE64 = /^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?$/;

// The bytes of base64 with padding, in the one way to write them; null for any other text.
export function fromBase64(text) {
  if (text.length % 4 || !BASE64.test(text)) return null;
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

// The bytes of base64url, with or without padding, in the one way to write them; null for any other text.
export function fromBase64Url(text) {
  let end = text.length;
  while (text[end - 1] === "=") end -= 1;
  const bare = text.slice(0, end);
  if (/[+/]/.test(bare)) return null;
  return fromBase64(bare.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat(-bare.length & 3));
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function toBase32(bytes) {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

// The bytes of base32 without padding, in either case; null where it is not written in the one way.
export function fromBase32(text) {
  const bytes = [];
  let held = 0;
  let bits = 0;
  for (const character of text) {
    const digit = character < "\x80" ? BASE32.indexOf(character.toUpperCase()) : -1;
    if (digit < 0) return null;
    held = (held << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return bits < 5 && held === 0 ? Uint8Array.from(bytes) : null;
}
