// The portal's verifier in the browser: the same verdict from the same evidence. It asks nobody and writes nothing.
//
// A world is what the verdict rests on:
//   { publicUrl, catalogue, trustList, statusList(issuerId, number), register }
// and its register { versions(typeCode, number), byNumber(key), asOf(issuerId) } answers with stored records, the
// highest version first, or with null where it cannot be read:
//   { credentialId, issuerId, version, line, notice, noticeSignedAt, registeredAt, asOf }
import { Malformed } from "./verifier/envelope.mjs";
import { decide, decideBroken, decideOther, isGenuine, verdictOf } from "./verifier/decide.mjs";
import { evidenceOn } from "./verifier/evidence.mjs";
import { Unexpected } from "./verifier/json.mjs";
import { lookupKey, parsePresented } from "./verifier/presentation.mjs";
import { readNotice, readRecord } from "./verifier/records.mjs";
import { readStatus } from "./verifier/statuses.mjs";
import { NotAuthorised, requireNoticeSigner } from "./verifier/trust.mjs";

export { checkEvidence } from "./verifier/recheck.mjs";
export { readCatalogue } from "./verifier/catalogue.mjs";

// The answer to a scanned or typed text, whatever it is, as of `at` (seconds since 1970, UTC).
export async function verify(text, at, world) {
  const presented = parsePresented(text, world.publicUrl);
  if (presented.kind === "credential") return verifyCredential(presented.credential, at, world, presented.otherHost);
  if (presented.kind === "broken") return decideBroken(presented, at);
  return presented.kind === "number" ? lookUp(presented.text, at, world) : decideOther(presented, at);
}

async function lookUp(number, at, world) {
  const key = lookupKey(number);
  const stored = key ? world.register.byNumber(key) : [];
  if (stored === null) return verdictOf("register_unavailable", at);
  const credentials = stored.flatMap((each) => readStored(each)?.credential ?? []);
  const entries = [];
  for (const credential of credentials.filter((each) => lookupKey(each.number) === key)) {
    entries.push(await verifyCredential(credential, at, world, null));
  }
  if (!entries.length) return verdictOf(stored.length ? "register_unavailable" : "not_found", at);
  const one = entries.length === 1 ? entries[0] : { reason: null, outcome: "none", attributes: [] };
  return { reason: one.reason, outcome: one.outcome, attributes: one.attributes, number, entries };
}

async function verifyCredential(credential, at, world, otherHost) {
  const { trustList, catalogue } = world;
  const unasked = { kind: "absent", successor: null, asOf: null };
  const evidence = await evidenceOn(credential, unasked, trustList, catalogue, at);
  const { signer } = evidence;
  // Without a valid signature nothing is asked of the register.
  if (signer?.signatureHolds) evidence.register = await registration(credential, at, world, signer);
  const list = signer && world.statusList(signer.issuer.id, credential.statusList);
  const status = list ? readStatus(list, credential.statusIndex, at) : null;
  return decide({ ...evidence, status, otherHost });
}

async function registration(credential, at, world, signer) {
  const versions = world.register.versions(credential.typeCode, credential.number);
  if (versions === null) return { kind: "unavailable" };
  const successor = await successorOf(versions, credential, at, world);
  // Another authority could sign the same claims: that its own register does not have.
  const isMine = (each) => each.credentialId === credential.credentialId && each.issuerId === signer.issuer.id;
  const taken = versions.find(isMine);
  if (!taken) return { kind: "absent", successor, asOf: world.register.asOf(signer.issuer.id) };
  const record = readStored(taken);
  if (record?.credential.credentialId !== credential.credentialId) return { kind: "unavailable" };
  const notice = taken.notice && (await noticeFrom(taken, credential, at, world.trustList));
  return { kind: "held", registeredAt: taken.registeredAt, face: record.face, notice, successor, asOf: taken.asOf };
}

// The highest version above the credential's that is genuine.
async function successorOf(versions, credential, at, world) {
  for (const stored of versions) {
    if (stored.version <= credential.version) return null;
    const record = readStored(stored);
    if (record === null || !isLaterVersion(record.credential, credential)) continue;
    const { registeredAt } = stored;
    const taken = { kind: "held", registeredAt, face: record.face, notice: null, successor: null };
    const evidence = await evidenceOn(record.credential, taken, world.trustList, world.catalogue, at);
    if (isGenuine(evidence)) return record.credential;
  }
  return null;
}

function isLaterVersion(candidate, credential) {
  const isSame = candidate.number === credential.number && candidate.typeCode === credential.typeCode;
  return isSame && candidate.version > credential.version;
}

function readStored(stored) {
  try {
    return readRecord(stored.line);
  } catch (error) {
    if (error instanceof Malformed || error instanceof Unexpected) return null;
    throw error;
  }
}

async function noticeFrom(stored, credential, at, trustList) {
  try {
    const notice = readNotice(stored.notice);
    await requireNoticeSigner(notice, credential, trustList, at, stored.noticeSignedAt);
    return notice;
  } catch (error) {
    if (error instanceof Malformed || error instanceof NotAuthorised) return null;
    throw error;
  }
}
