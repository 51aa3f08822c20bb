// The table of signature algorithms. A published key's record chooses the row; a message never does.
// P-256 and Ed25519 by WebCrypto where the browser has it (file: and https: pages of today), else by vendored code.
import { ecdsa, weierstrass } from "../vendor/noble/curves/abstract/weierstrass.js";
import { Point as Ed25519 } from "../vendor/noble/ed25519/index.js";
import { sha512 } from "../vendor/noble/hashes/sha2.js";
import { concat, equal, fromHex, hex, sha256 } from "./bytes.mjs";
import * as sm2 from "./sm2.mjs";

const SIGNATURE_LENGTH = 64;

const P256 = weierstrass({
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  h: 1n,
  a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});
const p256 = ecdsa(P256, sha256, { lowS: false });

// A SubjectPublicKeyInfo up to the key: only the key itself may vary, so comparing replaces a DER parser.
const ROWS = {
  ESP256: {
    prefix: fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04"),
    length: 64,
    isKey: (key) => isOnCurve(P256, key),
    importAs: { name: "ECDSA", namedCurve: "P-256" },
    verifyAs: { name: "ECDSA", hash: "SHA-256" },
    verify: (signature, message, key) => p256.verify(signature, message, concat([4], key), { lowS: false }),
  },
  Ed25519: {
    prefix: fromHex("302a300506032b6570032100"),
    length: 32,
    isKey: () => true,
    importAs: { name: "Ed25519" },
    verifyAs: { name: "Ed25519" },
    verify: verifyEd25519,
  },
  "SM2-SM3": {
    prefix: fromHex("3059301306072a8648ce3d020106082a811ccf5501822d034200" + "04"),
    length: 64,
    isKey: (key) => isOnCurve(sm2.Point, key),
    importAs: null,
    verify: sm2.verify,
  },
};

function isOnCurve(Curve, key) {
  try {
    Curve.fromBytes(concat([4], key)).assertValidity();
    return true;
  } catch {
    return false; // the library throws plain errors, and nothing else can go wrong here
  }
}

// The equation of RFC 8032 without the cofactor, as OpenSSL and WebCrypto check it. The library's own multiplies by it,
// and takes signatures, made by the owner of a key, that hold nowhere else.
function verifyEd25519(signature, message, key) {
  const [r, s, order] = [signature.slice(0, 32), littleEndian(signature.slice(32)), Ed25519.CURVE().n];
  if (s >= order) return false;
  let point;
  try {
    point = Ed25519.fromBytes(key, true); // as OpenSSL reads it
  } catch {
    return false; // the library throws plain errors, and nothing else can go wrong here
  }
  const challenge = littleEndian(sha512(concat(r, key, message))) % order;
  return equal(Ed25519.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(challenge)).toBytes(), r);
}

const littleEndian = (bytes) => BigInt(`0x${hex(bytes.slice().reverse())}`);

export const isAlgorithm = (name) => Object.hasOwn(ROWS, name);

// A key that verifies signatures of 64 bytes; null where `spki` is no key of this algorithm.
export function loadKey(algorithm, spki) {
  const row = ROWS[algorithm];
  const { prefix, length } = row;
  const key = spki.slice(prefix.length);
  if (spki.length !== prefix.length + length || !equal(spki.slice(0, prefix.length), prefix) || !row.isKey(key)) {
    return null;
  }
  let imported;
  return async (signature, message) => {
    if (signature.length !== SIGNATURE_LENGTH) return false; // of which the vendored code would make an error
    imported ??= await importKey(row, spki);
    if (imported) return crypto.subtle.verify(row.verifyAs, imported, signature, message);
    return row.verify(signature, message, key);
  };
}

// The browser's own key; false where it has no WebCrypto (a page without TLS), or not this algorithm.
async function importKey(row, spki) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle || !row.importAs) return false;
  try {
    return await subtle.importKey("spki", spki, row.importAs, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return false;
    throw error;
  }
}
