// Evidence → verdict. Total: the first objection decides, and none means `in_force`. Unknown is never green or red.
import { toBase32 } from "./bytes.mjs";
import { beijingDay, formatTimestamp, isoDay, lastValidDay } from "./dates.mjs";
import { normalise } from "./presentation.mjs";
import { disagrees, faceHasDigest, isPublished, statusOf } from "./records.mjs";
import { isInTerm, maySignType } from "./trust.mjs";

const EXPIRES_SOON_DAYS = 30;
const FINAL = ["revoked", "rescinded", "withdrawn", "cancelled"];

const OUTCOMES = {
  none: ["unreadable_image", "no_code_found", "several_codes", "not_a_licence_code", "not_found"],
  caution: ["superseded", "migrated", "not_yet_in_force", "not_in_register"],
  unknown: ["trust_list_unusable", "register_unavailable", "status_unknown"],
  valid: ["in_force"],
};
const outcomeOf = (reason) => Object.keys(OUTCOMES).find((each) => OUTCOMES[each].includes(reason)) ?? "invalid";

// The status unless its list is stale: a stale list can condemn but cannot clear, suspend or excuse.
const liveStatus = ({ status }) => (status === null || status.freshness === "stale" ? null : status.value);

// The notice about the status that the list now shows; a notice about an earlier status is history.
function currentNotice({ register, status }) {
  const notice = register.kind === "held" ? register.notice : null;
  return notice !== null && status?.value && statusOf(notice) === status.value ? notice : null;
}

// What status 0xF means: its notice says; without one it counts as void.
const kindOfEnd = (evidence) => currentNotice(evidence)?.kind ?? "void";

const successorOf = ({ register }) => (register.kind === "unavailable" ? null : register.successor);

const ON_AUTHENTICITY = [
  ({ trustList, at }) => (trustList.isUsable(at) ? null : "trust_list_unusable"),
  ({ signer }) => (signer === null ? "key_unknown" : null),
  ({ signer }) => (signer.signatureHolds ? null : "signature_invalid"),
  ({ signer: { key }, credential, at }) =>
    key.uses.includes("licence") && isInTerm(key, credential.issuedAt, at) ? null : "key_not_in_term",
  ({ signer: { issuer, key }, licenceType, credential, provinces }) => {
    if (licenceType === null || !maySignType(key, licenceType.slug)) return "out_of_scope";
    const first = [...normalise(credential.number).replace(/^\(+/, "")][0] ?? "";
    return provinces.has(first) && !issuer.provinces.includes(first) ? "out_of_scope" : null;
  },
  ({ signer: { key }, register }) => {
    if (key.state !== "compromised") return null;
    // The time inside the credential is the thief's to choose; the manifest shows what was registered before the theft.
    return register.kind === "held" && register.registeredAt < key.since ? null : "key_compromised";
  },
];

function claimsMismatch({ register, licenceType, credential }) {
  if (register.kind !== "held") return null;
  const { face } = register;
  if (face === null || !faceHasDigest(face, credential.faceDigest)) return "claims_mismatch";
  return disagrees(face, credential, licenceType) ? "claims_mismatch" : null;
}

const ON_FORCE = [
  claimsMismatch,
  (evidence) => {
    const value = evidence.status?.value ?? null;
    if (value !== "ended") return FINAL.includes(value) ? value : null;
    const kind = kindOfEnd(evidence);
    return kind === "migrated" ? null : kind;
  },
  (evidence) => (liveStatus(evidence) === "suspended" ? "suspended" : null),
  (evidence) => (liveStatus(evidence) === "superseded" || successorOf(evidence) !== null ? "superseded" : null),
  (evidence) => (liveStatus(evidence) === "ended" && kindOfEnd(evidence) === "migrated" ? "migrated" : null),
  (evidence) => {
    const { expiresAt } = evidence.credential;
    return expiresAt === null || evidence.at < expiresAt || liveStatus(evidence) === "renewing" ? null : "expired";
  },
  ({ at, credential }) => (at < credential.notBefore ? "not_yet_in_force" : null),
  ({ register }) => (register.kind === "unavailable" ? "register_unavailable" : null),
  ({ register }) => (register.kind === "absent" ? "not_in_register" : null),
  (evidence) => (["in_force", "renewing"].includes(liveStatus(evidence)) ? null : "status_unknown"),
];

function first(rules, evidence) {
  for (const rule of rules) {
    const reason = rule(evidence);
    if (reason !== null) return reason;
  }
  return null;
}

// Whether anything speaks against a credential's being genuine and agreeing with its face.
export const isGenuine = (evidence) => first([...ON_AUTHENTICITY, claimsMismatch], evidence) === null;

const NAMES = ["read", "signature", "issuer", "scope", "register", "status", "dates"];
const [P, F, U, N] = ["passed", "failed", "unknown", "not_applicable"];
const AUTHENTICITY = {
  malformed: [F, N, N, N],
  trust_list_unusable: [P, U, U, U],
  key_unknown: [P, U, F, N],
  signature_invalid: [P, F, N, N],
  key_not_in_term: [P, P, F, N],
  out_of_scope: [P, P, P, F],
  key_compromised: [P, P, F, P],
};

const named = (states) => states.map((state, index) => ({ name: NAMES[index], state }));

const checksWithoutProof = (reason) => named([...(AUTHENTICITY[reason] ?? []), N, N, N]);

function checksWithProof(evidence, reason) {
  return named([P, P, P, P, registerCheck(evidence, reason), statusCheck(evidence), datesCheck(evidence)]);
}

function registerCheck({ register }, reason) {
  if (register.kind === "unavailable") return U;
  return register.kind === "held" && register.successor === null && reason !== "claims_mismatch" ? P : F;
}

function statusCheck(evidence) {
  const live = liveStatus(evidence);
  if (live === "in_force" || live === "renewing") return P;
  // A stale list proves an end, and nothing else.
  const value = evidence.status?.value ?? null;
  return [...FINAL, "ended"].includes(value) || live === "suspended" || live === "superseded" ? F : U;
}

function datesCheck(evidence) {
  const { credential, at } = evidence;
  if (at < credential.notBefore) return F;
  if (credential.expiresAt === null) return N;
  return at < credential.expiresAt || liveStatus(evidence) === "renewing" ? P : F;
}

function attributesOf(evidence) {
  const found = [];
  if (expiresSoon(evidence)) found.push("expires_soon");
  if (liveStatus(evidence) === "renewing") found.push("renewing");
  if (evidence.status?.freshness === "ageing") found.push("status_ageing");
  return found;
}

function expiresSoon({ credential, at }) {
  if (credential.expiresAt === null) return false;
  const daysLeft = lastValidDay(credential.expiresAt) - beijingDay(at);
  return daysLeft >= 0 && daysLeft <= EXPIRES_SOON_DAYS;
}

const foreign = (otherHost) => (otherHost === null ? [] : ["foreign_host"]);

// The members that every verdict has, as the portal's JSON writes them.
export function verdictOf(reason, at, members = {}) {
  const { otherHost, ...others } = members;
  return {
    reason,
    outcome: outcomeOf(reason),
    attributes: [],
    checked_at: formatTimestamp(at),
    status_as_of: null,
    register_as_of: null,
    trust_list_version: null,
    checks: [],
    ...others,
    ...((otherHost ?? null) === null ? {} : { other_host: otherHost }),
  };
}

export function decideBroken({ otherHost }, at) {
  const checks = checksWithoutProof("malformed");
  return verdictOf("malformed", at, { attributes: foreign(otherHost), checks, otherHost });
}

export const decideOther = ({ host }, at) => verdictOf("not_a_licence_code", at, { otherHost: host });

// The verdict on a well-formed credential.
export function decide(evidence) {
  const { otherHost, at, trustList } = evidence;
  const common = { otherHost, trust_list_version: trustList.version };
  const objection = first(ON_AUTHENTICITY, evidence);
  if (objection !== null) {
    const checks = checksWithoutProof(objection);
    return verdictOf(objection, at, { ...common, attributes: foreign(otherHost), checks });
  }
  const reason = first(ON_FORCE, evidence) ?? "in_force";
  return verdictOf(reason, at, {
    ...common,
    attributes: [...(reason === "in_force" ? attributesOf(evidence) : []), ...foreign(otherHost)],
    status_as_of: timeOrNull(evidence.status?.issuedAt),
    register_as_of: timeOrNull(evidence.register.asOf),
    checks: checksWithProof(evidence, reason),
    licence: licenceOf(evidence),
  });
}

const timeOrNull = (seconds) => ((seconds ?? null) === null ? null : formatTimestamp(seconds));

const tokenOf = (credential) => toBase32(credential.envelope.encoded);

function licenceOf(evidence) {
  const { credential, licenceType, signer, register, status } = evidence;
  const successor = successorOf(evidence);
  // Another document than the one that was signed may say anything: it is no part of a verdict.
  const face = register.face && faceHasDigest(register.face, credential.faceDigest) ? register.face : null;
  return {
    type: licenceType.slug,
    number: credential.number,
    version: credential.version,
    holder: credential.holder,
    uscc: credential.uscc,
    address: credential.address,
    valid_from: formatTimestamp(credential.notBefore),
    last_valid_date: credential.expiresAt === null ? null : isoDay(lastValidDay(credential.expiresAt)),
    issued_at: formatTimestamp(credential.issuedAt),
    issuer: { id: signer.issuer.id, zh: signer.issuer.zh, en: signer.issuer.en },
    key_id: signer.key.keyId,
    credential_id: credential.credentialId,
    token: tokenOf(credential),
    status: status && {
      value: status.value,
      list: status.listNumber,
      issued_at: formatTimestamp(status.issuedAt),
      freshness: status.freshness,
    },
    notice: noticeOf(currentNotice(evidence), evidence.at),
    successor: successor && tokenOf(successor),
    fields: face && !licenceType.isSensitive ? Object.fromEntries(face.fields) : null,
  };
}

// After its last day of publication a notice keeps the status and loses reason and decision number.
function noticeOf(notice, at) {
  if (notice === null) return null;
  const isShown = isPublished(notice, at);
  return {
    effective: isoDay(Number(notice.effective)),
    decision_number: isShown ? notice.decisionNumber : null,
    reason: isShown ? notice.reason : null,
    kind: notice.kind,
    successor_number: notice.successorNumber,
  };
}
