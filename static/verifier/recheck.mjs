// An evidence document judged again, by itself and the root alone: the verdict as of its time, or what does not fit.
import { equal } from "./bytes.mjs";
import { decide, isGenuine } from "./decide.mjs";
import { Malformed, readCredential } from "./envelope.mjs";
import { readEvidence } from "./evidence-file.mjs";
import { Float, Unexpected } from "./json.mjs";
import { parsePresented } from "./presentation.mjs";
import { leafHash, readManifest, readNotice, readRecord, rootOfPath } from "./records.mjs";
import { readStatus, readStatusList } from "./statuses.mjs";
import {
  NotAuthorised,
  readRoot,
  readTrustList,
  requireNoticeSigner,
  requireSigner,
  signerOf,
  TrustListRefused,
} from "./trust.mjs";

const SAID = "verdict.on_the_portals_word.register";
// The parts that no document has beside what the portal says of its register: nothing would look at what they say.
const NEVER_WITH = {
  held: [],
  contradicted: ["face"],
  not_held: ["face", "notice"],
  unavailable: ["face", "notice", "register"],
  not_asked: ["face", "notice", "status_list", "register"],
};

// Which part of a document a member of the verdict follows from.
const SOURCES = {
  checked_at: "checked_at",
  other_host: "text",
  status_as_of: "status_list",
  trust_list_version: "trust_list",
  "licence.notice": "notice",
  "licence.status": "status_list",
  "licence.successor": "register.successor",
};

// { file, verdict, rootSha256, objections: [{ parts, why }] } of a document's bytes; the verdict is null where there
// are objections. `rootSha256` pins the root to rely on; null relies on the one in the document.
export async function checkEvidence(document, catalogue, rootSha256) {
  let file;
  try {
    file = readEvidence(document);
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return { file: null, verdict: null, rootSha256: null, objections: [{ parts: ["evidence"], why: error.message }] };
  }
  const checking = new Checking(file, catalogue);
  const { root, verdict } = await checking.run(rootSha256);
  let { objections } = checking;
  if (!objections.length) objections = [...differences(verdict, file.verdict, "")];
  return { file, verdict: objections.length ? null : verdict, rootSha256: root?.sha256 ?? null, objections };
}

class Changed extends Error {
  constructor(why, parts) {
    super(why);
    this.parts = parts;
  }
}

const changed = (why, ...parts) => {
  throw new Changed(why, parts);
};

function issuerOf({ envelope }, trustList, part) {
  const found = trustList.find(envelope.keyId) ?? changed(`no published key has the id ${envelope.keyId}`, part);
  return found.issuer;
}

// What `read` gives; an error of one of these kinds means that the parts were changed.
async function reading(kinds, parts, read) {
  try {
    return await read();
  } catch (error) {
    if (kinds.some((kind) => error instanceof kind)) changed(error.message, ...parts);
    throw error;
  }
}

class Checking {
  constructor(file, catalogue) {
    this.file = file;
    this.catalogue = catalogue;
    this.objections = [];
  }

  // Notes what a step objects to, so that all that is changed is named.
  async attempt(step) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      this.objections.push({ parts: error.parts, why: error.message });
      return null;
    }
  }

  async run(pinned) {
    const root = await this.attempt(() => this.root(pinned));
    const trustList = root && (await this.attempt(() => this.trustList(root)));
    const presented = await this.attempt(() => this.presented());
    const verdict = trustList && presented && (await this.verdict(presented, trustList));
    return { root, verdict };
  }

  async root(pinned) {
    const root = await reading([TrustListRefused], ["root"], () => readRoot(this.file.root));
    if (pinned !== null && root.sha256 !== pinned) {
      // Of the replaced root nobody can tell who knows the new one alone: the new one signs nothing about it.
      const said = `its SHA-256 is ${root.sha256}, not ${pinned}; where the root was replaced since, give that of its time`;
      changed(said, "root");
    }
    return root;
  }

  trustList(root) {
    const { trustList, trustListSignatures } = this.file;
    const parts = ["trust_list", "trust_list_sig", "root"];
    return reading([TrustListRefused], parts, () => readTrustList(trustList, trustListSignatures, root));
  }

  async presented() {
    await reading([Malformed], ["credential"], () => readCredential(this.file.credential));
    const presented = parsePresented(this.file.text, this.file.word.address);
    if (presented.kind !== "credential") changed("it is no licence code", "text");
    if (!equal(presented.credential.envelope.encoded, this.file.credential)) {
      changed("the text holds another credential", "text", "credential");
    }
    return presented;
  }

  async verdict({ credential, otherHost }, trustList) {
    const evidence = await this.evidence(credential, trustList, await this.register(credential, trustList));
    const status = await this.attempt(() => this.status(credential, trustList));
    const verdict = decide({ ...evidence, status, otherHost });
    this.objectToIdleParts();
    if (verdict.licence && this.file.word.register === "not_asked") {
      this.objections.push({ parts: [SAID], why: "the document is genuine, and of such a one the portal asks its register" });
    }
    return verdict;
  }

  objectToIdleParts() {
    const { face, notice, statusList, registered, successor, word } = this.file;
    const given = { face, notice, status_list: statusList, register: registered ?? successor };
    for (const part of NEVER_WITH[word.register].filter((each) => given[each] !== null)) {
      this.objections.push({ parts: [part, SAID], why: `there is none where the portal says ${word.register}` });
    }
  }

  async evidence(credential, trustList, register) {
    return {
      credential,
      at: this.file.checkedAt,
      trustList,
      signer: await signerOf(credential, trustList),
      licenceType: this.catalogue.byCode.get(credential.typeCode) ?? null,
      provinces: this.catalogue.provinces,
      register,
      status: null,
    };
  }

  async status(credential, trustList) {
    const { statusList, checkedAt } = this.file;
    if (statusList === null) return null;
    const [list, signer] = await reading([Malformed, NotAuthorised], ["status_list"], async () => {
      const read = readStatusList(statusList);
      return [read, await requireSigner(read.envelope, trustList, "status", read.issuedAt, read.issuedAt)];
    });
    const issuer = issuerOf(credential, trustList, "status_list");
    const isOurs = signer.id === issuer.id && list.issuerId === signer.id && list.listNumber === credential.statusList;
    if (!isOurs) changed("it is not the list of this licence", "status_list");
    return readStatus(list, credential.statusIndex, checkedAt);
  }

  async register(credential, trustList) {
    const { word, registered } = this.file;
    if (word.register === "unavailable") return { kind: "unavailable" };
    if (word.register === "not_asked") return { kind: "absent", successor: null, asOf: word.registerAsOf };
    const successor = await this.attempt(() => this.successor(credential, trustList));
    const proven = registered && (await this.attempt(() => this.proven(registered, "register", trustList)));
    if ((word.register === "held") !== (registered !== null)) {
      const why = `the portal says ${word.register}, without or against proof`;
      this.objections.push({ parts: ["register"], why });
    }
    if (word.register === "contradicted") {
      const notice = await this.attempt(() => this.notice(credential, trustList, null));
      // Taken now: what a stolen key signed is not taken to have been there before.
      const registeredAt = this.file.checkedAt;
      return { kind: "held", registeredAt, face: null, notice, successor, asOf: word.registerAsOf };
    }
    if (!proven) return { kind: "absent", successor, asOf: word.registerAsOf };
    const { manifest, record } = proven;
    return {
      kind: "held",
      registeredAt: manifest.issuedAt,
      face: await this.attempt(() => this.face(credential, record)),
      notice: await this.attempt(() => this.notice(credential, trustList, this.noticeTime(manifest, record))),
      successor,
      asOf: word.registerAsOf,
    };
  }

  face(credential, record) {
    if (record.credential.credentialId !== credential.credentialId) {
      changed("it proves another licence", "register.record");
    }
    if (this.file.face === null || !equal(this.file.face, record.face.document)) {
      changed("it is not the face in the register's record", "face", "register.record");
    }
    return record.face;
  }

  // When the bundle was signed that brought the notice; null where that is not proven.
  noticeTime(manifest, record) {
    const { notice } = this.file;
    const isInRecord = notice !== null && record.notice !== null && equal(record.notice.envelope.encoded, notice);
    return isInRecord ? manifest.issuedAt : null;
  }

  async notice(credential, trustList, registeredAt) {
    const { notice: encoded, checkedAt } = this.file;
    if (encoded === null) return null;
    return reading([Malformed, NotAuthorised], ["notice"], async () => {
      const notice = readNotice(encoded);
      await requireNoticeSigner(notice, credential, trustList, checkedAt, registeredAt);
      return notice;
    });
  }

  // The manifest and the record of a proof; `decide` judges by its time whether the record's key was compromised. A
  // manifest proves nothing if its own key is: nobody but the portal saw when it was taken, and its time may be the
  // thief's.
  async proven(proof, part, trustList) {
    const [manifest, signer] = await reading([Malformed, NotAuthorised], [`${part}.manifest`], async () => {
      const read = readManifest(proof.manifest);
      const { envelope, issuedAt } = read;
      return [read, await requireSigner(envelope, trustList, "register", issuedAt, this.file.checkedAt)];
    });
    if (proof.size !== manifest.records) changed(`the manifest counts ${manifest.records} records`, `${part}.size`);
    const root = rootOfPath(leafHash(proof.record), proof.index, proof.size, proof.path);
    if (root === null || !equal(root, manifest.root)) {
      const parts = ["record", "index", "path"].map((each) => `${part}.${each}`);
      changed("the path does not lead to the manifest's root", ...parts);
    }
    const record = await reading([Malformed, Unexpected], [`${part}.record`], () => readRecord(proof.record));
    if (issuerOf(record.credential, trustList, `${part}.record`).id !== signer.id) {
      changed("another authority registered the record", `${part}.manifest`, `${part}.record`);
    }
    return { manifest, record };
  }

  // The higher version of the licence that the document proves to be genuine.
  async successor(credential, trustList) {
    if (this.file.successor === null) return null;
    const { manifest, record } = await this.proven(this.file.successor, "register.successor", trustList);
    const later = record.credential;
    if (later.typeCode !== credential.typeCode || later.number !== credential.number) {
      changed("it is another licence", "register.successor");
    }
    const registeredAt = manifest.issuedAt;
    const register = { kind: "held", registeredAt, face: record.face, notice: null, successor: null };
    const isHigher = later.version > credential.version;
    if (!isHigher || !isGenuine(await this.evidence(later, trustList, register))) {
      changed("it is no genuine higher version", "register.successor");
    }
    return later;
  }
}

// The members of the verdict that the document does not prove, each with the part that it should follow from.
function* differences(proven, stated, within) {
  for (const name of [...new Set([...Object.keys(proven), ...Object.keys(stated)])].sort()) {
    const [now, before, member] = [own(proven, name), own(stated, name), within + name];
    if (!within && isObject(now) && isObject(before)) {
      yield* differences(now, before, `${name}.`);
    } else if (canonical(now) !== canonical(before)) {
      const parts = [`verdict.${member}`, ...(Object.hasOwn(SOURCES, member) ? [SOURCES[member]] : [])];
      yield { parts, why: `the verdict says ${canonical(before).slice(0, 80)}, not ${canonical(now).slice(0, 80)}` };
    }
  }
}

// What a member is called may be what every object has.
const own = (object, name) => (Object.hasOwn(object, name) ? object[name] : null) ?? null;

const isObject = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Float);

// JSON with its members in order, so that equal values are equal texts; numbers as Python writes them, of any size.
function canonical(value) {
  if (typeof value === "bigint" || value instanceof Float) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}: ${canonical(value[name])}`).join(", ")}}`;
}
