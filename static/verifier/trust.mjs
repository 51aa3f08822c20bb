// The published keys: exact bytes and root signatures → a trust list, or a refusal. What a key may sign, and when.
import { hex, sha256 } from "./bytes.mjs";
import { parse, Unexpected } from "./json.mjs";
import { isAlgorithm, loadKey } from "./signatures.mjs";

const MAX_CLOCK_SKEW = 300; // seconds by which an issuer's clock may be ahead of ours
const KEY_MEMBERS = ["kid", "alg", "spki", "use", "types", "not_before", "not_after", "state", "since"];

// The root, the list or its signatures cannot be relied on.
export class TrustListRefused extends Error {}

// No published key that may sign this has signed it.
export class NotAuthorised extends Error {}

const refuse = (why) => {
  throw new TrustListRefused(why);
};

const unauthorised = (why) => {
  throw new NotAuthorised(why);
};

function refusing(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unexpected) refuse(error.message);
    throw error;
  }
}

export function readRoot(document) {
  const [threshold, keys] = refusing(() => {
    const raw = parse(document, "root.json");
    return [raw.integer("threshold"), raw.objects("keys").map(readPublicKey)];
  });
  refuseDuplicates(keys.map((key) => key.keyId));
  // A threshold of nothing would accept every list.
  if (!(threshold >= 1 && threshold <= keys.length)) refuse(`root.json: threshold ${threshold} of ${keys.length} keys`);
  return { threshold, keys, sha256: hex(sha256(document)) };
}

// Accept a list under `root`; TrustListRefused otherwise. Whether it has expired is judged with each verdict.
export async function readTrustList(document, signatures, root) {
  await requireRootSignatures(document, signatures, root);
  const list = refusing(() => {
    const raw = parse(document, "trust-list.json");
    const issuers = raw.objects("issuers").map(readIssuer);
    return {
      version: raw.integer("version"),
      issuedAt: raw.time("issued_at"),
      expiresAt: raw.time("expires_at"),
      issuers,
    };
  });
  refuseDuplicates(list.issuers.map((issuer) => issuer.id));
  refuseDuplicates(list.issuers.flatMap((issuer) => issuer.keys.map((key) => key.keyId)));
  const keys = new Map(list.issuers.flatMap((issuer) => issuer.keys.map((key) => [key.keyId, { issuer, key }])));
  return { ...list, isUsable: (at) => at < list.expiresAt, find: (keyId) => keys.get(keyId) ?? null };
}

async function requireRootSignatures(document, signatures, root) {
  const entries = refusing(() => {
    const raw = parse(signatures, "trust-list.json.sig");
    return raw.objects("signatures").map((entry) => [entry.text("kid"), entry]);
  });
  const signedBy = new Set();
  for (const [keyId, entry] of entries) {
    const key = root.keys.find((each) => each.keyId === keyId);
    if (key && (await key.verify(refusing(() => entry.base64("sig")), document))) signedBy.add(keyId);
  }
  if (signedBy.size < root.threshold) {
    refuse(`valid signatures of ${signedBy.size} root keys, ${root.threshold} are needed`);
  }
}

function readIssuer(entry) {
  const name = entry.object("name");
  return {
    id: entry.text("id"),
    zh: name.text("zh"),
    en: name.text("en"),
    region: entry.text("region"),
    provinces: entry.texts("provinces"),
    portal: entry.text("portal"),
    keys: entry.objects("keys").map(readIssuerKey),
  };
}

function readIssuerKey(entry) {
  entry.requireOnly(KEY_MEMBERS);
  return {
    ...readPublicKey(entry),
    uses: entry.texts("use").map((use) => entry.choice(["licence", "status", "register"], use)),
    types: entry.texts("types"),
    notBefore: entry.time("not_before"),
    notAfter: entry.time("not_after"),
    state: entry.choice(["active", "retired", "compromised"], entry.text("state")),
    since: entry.time("since"),
  };
}

function readPublicKey(entry) {
  const [keyId, algorithm, spki] = [entry.text("kid"), entry.text("alg"), entry.base64("spki")];
  if (!isAlgorithm(algorithm)) refuse(`key ${keyId.slice(0, 16)}: an algorithm outside the table`);
  if (keyId !== hex(sha256(spki)).slice(0, 16)) refuse(`key ${keyId.slice(0, 16)}: the key id does not match the key`);
  const verify = loadKey(algorithm, spki) ?? refuse(`key ${keyId}: not a key of ${algorithm}`);
  return { keyId, algorithm, verify };
}

function refuseDuplicates(ids) {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) refuse(`${twice} is listed twice`);
}

// Whether the key could sign at `signedAt`, as seen at `at`. A retired key's term ended when it retired.
export function isInTerm(key, signedAt, at) {
  const end = key.state === "retired" ? Math.min(key.notAfter, key.since) : key.notAfter;
  return key.notBefore <= signedAt && signedAt <= end && signedAt <= at + MAX_CLOCK_SKEW;
}

export const maySignType = (key, slug) => key.types.includes("*") || key.types.includes(slug);

// The key's record, not the message, chooses the algorithm.
async function signatureHolds(envelope, key) {
  return envelope.algorithm === key.algorithm && (await key.verify(envelope.signature, envelope.signedBytes));
}

// Whose key a credential names, and whether the signature holds under it; null where no published key has its id.
export async function signerOf(credential, trustList) {
  const found = trustList.find(credential.envelope.keyId);
  return found && { ...found, signatureHolds: await signatureHolds(credential.envelope, found.key) };
}

// The issuer that signed `envelope` for `use` at `signedAt`, as of `at`; NotAuthorised otherwise.
// What a compromised key signed stands only if it was registered under a manifest signed before the compromise.
export async function requireSigner(envelope, trustList, use, signedAt, at, registeredAt = null) {
  if (!trustList.isUsable(at)) unauthorised("the trust list has expired");
  const found = trustList.find(envelope.keyId) ?? unauthorised(`no published key has the id ${envelope.keyId}`);
  const { issuer, key } = found;
  if (!(await signatureHolds(envelope, key))) unauthorised(`the signature does not hold under key ${key.keyId}`);
  if (!key.uses.includes(use)) unauthorised(`key ${key.keyId} is not published for use ${use}`);
  const inTerm = isInTerm(key, signedAt, at);
  if (!inTerm && isInTerm(key, signedAt, signedAt)) unauthorised("signed in the future: is this machine's clock right?");
  if (!inTerm) unauthorised(`signed outside the term of key ${key.keyId}`);
  if (key.state === "compromised" && (registeredAt === null || registeredAt >= key.since)) {
    unauthorised(`key ${key.keyId} is compromised`);
  }
  return issuer;
}

// NotAuthorised unless the issuer of `credential` signed `notice` about this very licence.
export async function requireNoticeSigner(notice, credential, trustList, at, registeredAt) {
  const isAbout =
    notice.number === credential.number &&
    notice.typeCode === credential.typeCode &&
    notice.version === credential.version;
  if (!isAbout) unauthorised("the notice is about another licence");
  const signer = await requireSigner(notice.envelope, trustList, "status", notice.issuedAt, at, registeredAt);
  if (trustList.find(credential.envelope.keyId)?.issuer.id !== signer.id) {
    unauthorised("the notice is signed by another authority than the licence");
  }
}
