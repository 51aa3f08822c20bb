// Signed bytes → Credential, and what other envelopes share. Reading only: nothing here says that a signature holds.
import { concat, hex, sha256, utf8 } from "./bytes.mjs";
import { decode, NotDeterministic } from "./cbor.mjs";
import { isCalendarTime } from "./dates.mjs";

export const MAX_CREDENTIAL_BYTES = 768;
const NAME_OF_ALGORITHM = new Map([[-9, "ESP256"], [-19, "Ed25519"], [-65537, "SM2-SM3"]]);
const LENGTH_WIDTHS = { 0x58: 1, 0x59: 2, 0x5a: 4 };
const SHORTEST = [0, 24, 256, 0, 65536];
const SIG_STRUCTURE = concat([0x84, 0x6a], utf8("Signature1"));
const [ALG, KID, CONTENT_TYPE] = [1, 4, 16];

export class Malformed extends Error {}

export const malformed = (why) => {
  throw new Malformed(why);
};

// A COSE_Sign1 whose protected header is {1: alg, 4: kid}, with 16: contentType if one is named.
export function readSign1(encoded, contentType = null) {
  if (encoded[0] !== 0xd2 || encoded[1] !== 0x84) malformed("no COSE_Sign1: a tagged array of four");
  const [protectedStart, protectedEnd] = byteString(encoded, 2);
  if (encoded[protectedEnd] !== 0xa0) malformed("the unprotected header is not empty");
  const [payloadStart, payloadEnd] = byteString(encoded, protectedEnd + 1);
  const [signatureStart, signatureEnd] = byteString(encoded, payloadEnd);
  if (signatureEnd - signatureStart !== 64 || signatureEnd !== encoded.length) {
    malformed("a signature has 64 bytes, and nothing follows it");
  }
  const [algorithm, keyId] = readProtected(encoded.slice(protectedStart, protectedEnd), contentType);
  // ["Signature1", protected, external_aad = h'', payload] (RFC 9052 §4.4), from the bytes as they were received.
  const signedBytes = concat(
    SIG_STRUCTURE,
    encoded.slice(2, protectedEnd),
    [0x40],
    encoded.slice(protectedEnd + 1, payloadEnd),
  );
  const payload = encoded.slice(payloadStart, payloadEnd);
  return { algorithm, keyId, payload, signature: encoded.slice(signatureStart, signatureEnd), signedBytes, encoded };
}

function byteString(data, position) {
  const head = position < data.length ? data[position] : 0;
  const width = LENGTH_WIDTHS[head] ?? 0;
  const start = position + 1 + width;
  let length = head - 0x40;
  if (width) length = data.slice(position + 1, start).reduce((value, byte) => value * 256 + byte, 0);
  if (!(width || (head >= 0x40 && head <= 0x57)) || length < SHORTEST[width] || start + length > data.length) {
    malformed("envelope: not a byte string in its shortest form, or cut off");
  }
  return [start, start + length];
}

function readProtected(bytes, contentType) {
  const header = decoded(bytes, "protected header");
  const members = new Members(header, "protected header");
  const algorithm = NAME_OF_ALGORITHM.get(members.take(ALG));
  const keyId = members.take(KID);
  const found = members.take(CONTENT_TYPE);
  members.requireEmpty();
  if ((found ?? null) !== contentType) malformed("the protected header has other members than it should");
  if (algorithm === undefined) malformed("an algorithm outside the table");
  if (!(keyId instanceof Uint8Array) || keyId.length !== 8) malformed("a key id has 8 bytes");
  return [algorithm, hex(keyId)];
}

function decoded(bytes, name) {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof NotDeterministic) malformed(`${name}: ${error.message}`);
    throw error;
  }
}

export const readPayload = (envelope, name) => new Members(decoded(envelope.payload, name), name);

// The claims of a licence credential, unproven until its signature holds.
export function readCredential(encoded) {
  if (encoded.length > MAX_CREDENTIAL_BYTES) malformed(`more than ${MAX_CREDENTIAL_BYTES} bytes`);
  const envelope = readSign1(encoded);
  const claims = readPayload(envelope, "claims");
  const licence = new Members(claims.take(-65537), "licence");
  const credential = {
    envelope,
    credentialId: hex(sha256(envelope.payload)),
    number: claims.text(2, 1, 64),
    expiresAt: claims.optional(4, (key) => claims.time(key)),
    notBefore: claims.time(5),
    issuedAt: claims.time(6),
    typeCode: licence.unsigned(1),
    holder: licence.text(2, 1, 200),
    uscc: licence.optional(3, (key) => licence.text(key, 18, 18)),
    version: licence.unsigned(4, 1),
    address: licence.optional(5, (key) => licence.text(key, 1, 300)),
    faceDigest: licence.digest(6),
    statusIndex: licence.unsigned(7),
    statusList: licence.optional(8, (key) => licence.unsigned(key)) ?? 0,
  };
  claims.requireEmpty();
  licence.requireEmpty();
  return credential;
}

// The members of a map, taken one by one; what is left over at the end is refused.
export class Members {
  constructor(value, name) {
    if (!(value instanceof Map)) malformed(`${name}: not a map`);
    this.left = new Map(value);
    this.name = name;
  }

  has(key) {
    return this.left.has(key);
  }

  take(key) {
    const value = this.left.get(key);
    this.left.delete(key);
    return value;
  }

  optional(key, read) {
    return this.has(key) ? read(key) : null;
  }

  text(key, shortest, longest) {
    const value = this.take(key);
    const length = typeof value === "string" ? [...value].length : -1;
    if (length < shortest || length > longest) malformed(`${this.name}: ${key} is no text of that length`);
    return value;
  }

  integer(key) {
    const value = this.take(key);
    if (typeof value !== "number" && typeof value !== "bigint") malformed(`${this.name}: ${key} is no integer`);
    return value;
  }

  unsigned(key, least = 0) {
    const value = this.integer(key);
    if (value < least) malformed(`${this.name}: ${key} is below ${least}`);
    return value;
  }

  time(key) {
    const value = this.integer(key);
    if (!isCalendarTime(value)) malformed(`${this.name}: ${key} is outside the calendar`);
    return value;
  }

  blob(key) {
    const value = this.take(key);
    if (!(value instanceof Uint8Array)) malformed(`${this.name}: ${key} is no byte string`);
    return value;
  }

  digest(key) {
    const value = this.blob(key);
    if (value.length !== 32) malformed(`${this.name}: ${key} is no SHA-256 digest`);
    return value;
  }

  requireEmpty() {
    if (this.left.size) malformed(`${this.name}: unknown members`);
  }
}

