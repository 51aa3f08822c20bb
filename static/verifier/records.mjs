// What a register holds: faces, notices, manifests and records, and the path from a record to a manifest's root.
import { concat, equal, sha256, utf8 } from "./bytes.mjs";
import { EVERY_FORBIDDEN_CHARACTER, FORBIDDEN_CHARACTERS } from "./cbor.mjs";
import { beijingDay, DAY, isCalendarTime, isoDay, lastValidDay } from "./dates.mjs";
import { malformed, Members, readCredential, readPayload, readSign1 } from "./envelope.mjs";
import { parse, Unexpected } from "./json.mjs";
import { STATUS_NAMES } from "./statuses.mjs";

const MAX_FACE_BYTES = 32 * 1024;
const DEEPEST_FIELD = 16;
const FACE_MEMBERS = "type number version issuer elicence_id copy fields sites location credit links".split(" ");
const LINK_KINDS = ["traceability", "credit", "notice"];
const NOTICE_KINDS = ["void", "filing_removed", "migrated"];
const ADDRESS = /^ *(https?):\/\/([^/?#]+)/i;
const WITH_BRACKETS = /^(?:[^[\]]*@)?\[[0-9A-Fa-f:.]+\](?::[0-9]*)?$/;

function readFace(document) {
  if (document.length > MAX_FACE_BYTES) throw new Unexpected(`face: more than ${MAX_FACE_BYTES} bytes`);
  const raw = parse(document, "face");
  raw.requireOnly(FACE_MEMBERS);
  const fields = raw.object("fields").members;
  const face = {
    document,
    typeSlug: raw.text("type"),
    number: raw.text("number"),
    version: raw.integer("version"),
    fields: new Map([...fields].map(([key, value]) => [key, asText(value)])),
  };
  // What follows has no part in a verdict, and is refused where it is not of its form.
  raw.text("issuer");
  for (const key of ["elicence_id", "copy"]) if (raw.has(key)) raw.text(key);
  if (raw.has("sites")) raw.texts("sites").forEach((site) => requireAddress(raw, site, ["https", "http"]));
  if (raw.has("location")) requirePlace(raw.object("location"));
  if (raw.has("credit")) ["grade", "by", "as_of"].forEach((key) => raw.object("credit").text(key));
  if (raw.has("links")) raw.objects("links").forEach(requireLink);
  return face;
}

// A field's value for people: lists a line each. Invisible and reordering characters become visible marks.
function asText(value, depth = 0) {
  if (depth > DEEPEST_FIELD) throw new Unexpected("face: a field in too many lists");
  const inside = (each) => asText(each, depth + 1);
  if (Array.isArray(value)) return value.map(inside).join("\n");
  if (value instanceof Map) return [...value.values()].map(inside).join(" · ");
  const words = new Map([[null, ""], [true, "True"], [false, "False"]]);
  const text = words.get(value) ?? String(value);
  return text.replace(EVERY_FORBIDDEN_CHARACTER, (found) => ("\n\r\t".includes(found) ? found : "\ufffd"));
}

function requireAddress(raw, address, schemes) {
  const [, scheme, host] = ADDRESS.exec(address) ?? raw.refuse("not a web address");
  const isVisible = !FORBIDDEN_CHARACTERS.test(address) && !/[^\S ]/.test(address);
  const isWhole = !/[[\]]/.test(host) || WITH_BRACKETS.test(host);
  // A character that another stands for, such as a wide slash, would end the host elsewhere than it seems to.
  const isPlain = !/[/?#@:]/.test(host.replace(/[@:]/g, "").normalize("NFKC"));
  if (!schemes.includes(scheme.toLowerCase()) || !isVisible || !isWhole || !isPlain) raw.refuse("not a web address");
}

function requireLink(raw) {
  if (!LINK_KINDS.includes(raw.text("rel"))) raw.refuse("not a known kind of link");
  requireAddress(raw, raw.text("url"), ["https"]);
}

function requirePlace(raw) {
  const [latitude, longitude] = [raw.number("lat"), raw.number("lon")];
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) raw.refuse("no place on earth");
}

// Whether anything stands in both a face and its credential and differs.
export function disagrees(face, credential, licenceType) {
  const onFace = (key) => face.fields.get(key);
  const lastDay = credential.expiresAt === null ? null : isoDay(lastValidDay(credential.expiresAt));
  // A face that ends and a credential that does not contradict each other, although the date stands in one alone.
  if (lastDay === null && onFace("expiry_date")) return true;
  const identity = [
    [face.typeSlug, licenceType.slug],
    [face.number, credential.number],
    [face.version, credential.version],
  ];
  const fields = [
    [onFace(licenceType.holderField), credential.holder],
    [onFace("uscc"), credential.uscc],
    [onFace("expiry_date"), lastDay],
    [onFace(licenceType.numberField), credential.number],
  ];
  // A field may be left out, or left empty.
  const differs = fields.some(([shown, claimed]) => shown && claimed && shown !== claimed);
  return differs || identity.some(([shown, claimed]) => shown !== claimed);
}

export const faceHasDigest = (face, digest) => equal(sha256(face.document), digest);

// The details of a change of status.
export function readNotice(encoded) {
  const envelope = readSign1(encoded, "application/licence-notice+cwt");
  const claims = readPayload(envelope, "notice");
  const body = new Members(claims.take(-65538), "notice");
  const day = (key) => {
    const value = body.integer(key);
    return isCalendarTime(Number(value) * DAY) ? value : malformed(`notice: ${key} is outside the calendar`);
  };
  const notice = {
    envelope,
    number: claims.text(2, 1, 64),
    issuedAt: claims.time(6),
    typeCode: body.unsigned(1),
    version: body.unsigned(2, 1),
    status: body.unsigned(3),
    effective: day(4),
    decisionNumber: body.optional(5, (key) => body.text(key, 1, 200)),
    reason: body.optional(6, (key) => body.text(key, 1, 2000)),
    publishedUntil: body.optional(7, day),
    kind: body.optional(8, (key) => body.text(key, 1, 20)),
    successorNumber: body.optional(9, (key) => body.text(key, 1, 64)),
  };
  if (notice.kind !== null && !NOTICE_KINDS.includes(notice.kind)) malformed("notice: unknown kind");
  claims.requireEmpty();
  body.requireEmpty();
  return notice;
}

export const isPublished = (notice, at) => notice.publishedUntil === null || beijingDay(at) <= notice.publishedUntil;

export const statusOf = (notice) => STATUS_NAMES.get(notice.status);

// What an authority signed about a bundle.
export function readManifest(encoded) {
  const envelope = readSign1(encoded, "application/licence-register+cwt");
  const claims = readPayload(envelope, "manifest");
  const body = new Members(claims.take(-65539), "manifest");
  const kind = body.unsigned(1);
  if (kind !== 0 && kind !== 1) malformed("manifest: neither snapshot nor delta");
  body.unsigned(2); // its sequence
  if (kind === 1) body.unsigned(3); // that of the bundle which it follows
  const manifest = { envelope, issuedAt: claims.time(6), records: body.unsigned(4), root: body.digest(5) };
  claims.requireEmpty();
  body.requireEmpty();
  return manifest;
}

// One licence as a register holds it, from its exact line; Unexpected or Malformed if it is none.
export function readRecord(line) {
  const raw = parse(line, "record");
  raw.requireOnly(["credential", "face", "notice"]);
  return {
    credential: readCredential(raw.base64url("credential")),
    face: readFace(utf8(raw.text("face"))),
    notice: raw.isGiven("notice") ? readNotice(raw.base64url("notice")) : null,
  };
}

export const leafHash = (line) => sha256(concat([0], line));

const nodeHash = (left, right) => sha256(concat([1], left, right));

// The root that a path leads to (RFC 9162 §2.1.3.2); null where it is not as long as index and size ask for.
export function rootOfPath(leaf, index, size, path) {
  if (!(index >= 0 && index < size)) return null;
  let [node, at, last] = [leaf, BigInt(index), BigInt(size) - 1n];
  for (const sibling of path) {
    if (last === 0n) return null;
    if (at % 2n || at === last) {
      node = nodeHash(sibling, node);
      while (at && at % 2n === 0n) [at, last] = [at >> 1n, last >> 1n];
    } else {
      node = nodeHash(node, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n ? node : null;
}
