// Evidence documents: a JSON file → its parts, in the one form in which they are written. Nothing is judged.
import { parse, plain } from "./json.mjs";

const MEMBERS = "evidence checked_at text credential face notice status_list trust_list trust_list_sig root register verdict";
const PROOF_MEMBERS = ["manifest", "record", "index", "size", "path"];
const WORD = "on_the_portals_word";
const WORD_MEMBERS = ["address", "register", "register_as_of"];
const HOLDINGS = ["held", "not_held", "contradicted", "unavailable", "not_asked"];

// Unexpected, which names the member, if it is not of the form of a document.
export function readEvidence(document) {
  const raw = parse(document, "evidence");
  if (!raw.has("evidence") || raw.integer("evidence") !== 1) raw.refuse("not an evidence file of version 1");
  raw.requireOnly(MEMBERS.split(" "));
  const [registered, successor] = raw.isGiven("register") ? readRegister(raw.object("register")) : [null, null];
  const bytes = (key) => (raw.isGiven(key) ? raw.base64(key) : null);
  const { [WORD]: _, ...verdict } = plain(raw.object("verdict").members);
  return {
    checkedAt: raw.time("checked_at"),
    text: raw.text("text"),
    credential: raw.base64("credential"),
    face: bytes("face"),
    notice: bytes("notice"),
    statusList: bytes("status_list"),
    trustList: raw.base64("trust_list"),
    trustListSignatures: raw.base64("trust_list_sig"),
    root: raw.base64("root"),
    registered,
    successor,
    word: readWord(raw.object("verdict").object(WORD)),
    verdict,
  };
}

// The proofs of the credential and of its successor, of which one at least is there, and whole.
function readRegister(raw) {
  raw.requireOnly([...PROOF_MEMBERS, "successor"]);
  const successor = raw.has("successor") ? raw.object("successor") : null;
  successor?.requireOnly(PROOF_MEMBERS);
  const isAlone = successor !== null && !PROOF_MEMBERS.some((each) => raw.has(each));
  return [isAlone ? null : readProof(raw), successor && readProof(successor)];
}

function readProof(raw) {
  return {
    manifest: raw.base64("manifest"),
    record: raw.base64("record"),
    index: raw.integer("index"),
    size: raw.integer("size"),
    path: raw.base64s("path"),
  };
}

function readWord(raw) {
  raw.requireOnly(WORD_MEMBERS);
  return {
    address: raw.text("address"),
    register: raw.choice(HOLDINGS, raw.text("register")),
    registerAsOf: raw.isGiven("register_as_of") ? raw.time("register_as_of") : null,
  };
}
