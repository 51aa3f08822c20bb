// SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905), raw r‖s, signer id 1234567812345678: verification only.
// The points are noble-curves'; its package has neither the hash nor the equation.
import { weierstrass } from "../vendor/noble/curves/abstract/weierstrass.js";
import { concat, fromHex, hex, utf8 } from "./bytes.mjs";

const A = "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc";
const B = "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93";
const GX = "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7";
const GY = "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;

const number = (digits) => BigInt(`0x${digits}`);

export const Point = weierstrass({ p: P, n: N, h: 1n, a: number(A), b: number(B), Gx: number(GX), Gy: number(GY) });

// Whether the key with this point (64 bytes, x‖y, on the curve) signed the message.
export function verify(signature, message, xy) {
  const r = number(hex(signature.slice(0, 32)));
  const s = number(hex(signature.slice(32)));
  const t = (r + s) % N;
  if (r === 0n || r >= N || s === 0n || s >= N || t === 0n) return false;
  const e = number(hex(sm3(concat(signerDigest(xy), message))));
  const point = Point.BASE.mulAddUnsafe(s, Point.fromBytes(concat([4], xy)), t);
  return !point.is0() && (e + point.toAffine().x) % N === r;
}

// Z of GB/T 32918.2, 5.5: binds the signer's id, the curve and the key into what is signed.
function signerDigest(xy) {
  const id = utf8("1234567812345678");
  return sm3(concat([0, id.length * 8], id, fromHex(A + B + GX + GY), xy));
}

const START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const rotate = (word, by) => (word << by % 32) | (word >>> (32 - (by % 32)) % 32);
const p0 = (word) => word ^ rotate(word, 9) ^ rotate(word, 17);
const p1 = (word) => word ^ rotate(word, 15) ^ rotate(word, 23);

function sm3(message) {
  const padded = new Uint8Array((message.length + 72) & ~63);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  const state = Int32Array.from(START);
  for (let block = 0; block < padded.length; block += 64) compress(state, view, block);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => digest.setInt32(4 * index, word));
  return new Uint8Array(digest.buffer);
}

function compress(state, view, block) {
  const w = new Int32Array(68);
  for (let j = 0; j < 16; j++) w[j] = view.getInt32(block + 4 * j);
  for (let j = 16; j < 68; j++) {
    w[j] = p1(w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)) ^ rotate(w[j - 13], 7) ^ w[j - 6];
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let j = 0; j < 64; j++) {
    const early = j < 16;
    const ss1 = rotate((rotate(a, 12) + e + rotate(early ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ rotate(a, 12)) + (w[j] ^ w[j + 4])) | 0;
    const tt2 = (gg + h + ss1 + w[j]) | 0;
    [d, c, b, a] = [c, rotate(b, 9), a, tt1];
    [h, g, f, e] = [g, rotate(f, 19), e, p0(tt2)];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] ^= word;
  });
}
