// The evidence in a document that was kept: each part proves itself. A record and a higher version are proven under a
// manifest that the issuer signed; what the portal says of its register besides is taken as it stands.
import { equal } from "./bytes.mjs";
import { isGenuine } from "./decide.mjs";
import { changed, reading } from "./discrepancies.mjs";
import { Malformed } from "./envelope.mjs";
import { evidenceOn } from "./evidence.mjs";
import { Unexpected } from "./json.mjs";
import { leafHash, readManifest, readNotice, readRecord, rootOfPath } from "./records.mjs";
import { readStatus, readStatusList } from "./statuses.mjs";
import { NotAuthorised, requireNoticeSigner, requireSigner } from "./trust.mjs";

// The parts of `file` about `credential`; what does not fit is added to `discrepancies`, and left out.
export class KeptEvidence {
  constructor(file, credential, trustList, catalogue, discrepancies) {
    Object.assign(this, { file, credential, trustList, catalogue, discrepancies });
  }

  // All that the verdict rests on, as of the time of the document.
  async evidence(otherHost) {
    const evidence = await this.evidenceOn(this.credential, await this.register());
    return { ...evidence, status: await this.discrepancies.attempt(() => this.status()), otherHost };
  }

  evidenceOn(credential, register) {
    return evidenceOn(credential, register, this.trustList, this.catalogue, this.file.checkedAt);
  }

  async status() {
    const { credential, trustList } = this;
    const { statusList, checkedAt } = this.file;
    if (statusList === null) return null;
    const [list, signer] = await reading([Malformed, NotAuthorised], ["status_list"], async () => {
      const read = readStatusList(statusList);
      return [read, await requireSigner(read.envelope, trustList, "status", read.issuedAt, read.issuedAt)];
    });
    const issuer = this.issuerOf(credential, "status_list");
    const isOurs = signer.id === issuer.id && list.issuerId === signer.id && list.listNumber === credential.statusList;
    if (!isOurs) changed("it is not the list of this licence", "status_list");
    return readStatus(list, credential.statusIndex, checkedAt);
  }

  async register() {
    const { word, registered } = this.file;
    if (word.register === "unavailable") return { kind: "unavailable" };
    if (word.register === "not_asked") return { kind: "absent", successor: null, asOf: word.registerAsOf };
    const successor = await this.discrepancies.attempt(() => this.successor());
    const proven = registered && (await this.discrepancies.attempt(() => this.proven(registered, "register")));
    if ((word.register === "held") !== (registered !== null)) {
      this.discrepancies.note(`the portal says ${word.register}, without or against proof`, "register");
    }
    if (word.register === "contradicted") {
      const notice = await this.discrepancies.attempt(() => this.notice(null));
      // Taken now: what a stolen key signed is not taken to have been there before.
      const registeredAt = this.file.checkedAt;
      return { kind: "held", registeredAt, face: null, notice, successor, asOf: word.registerAsOf };
    }
    if (!proven) return { kind: "absent", successor, asOf: word.registerAsOf };
    const { manifest, record } = proven;
    return {
      kind: "held",
      registeredAt: manifest.issuedAt,
      face: await this.discrepancies.attempt(() => this.face(record)),
      notice: await this.discrepancies.attempt(() => this.notice(this.noticeTime(manifest, record))),
      successor,
      asOf: word.registerAsOf,
    };
  }

  face(record) {
    if (record.credential.credentialId !== this.credential.credentialId) {
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

  async notice(registeredAt) {
    const { credential, trustList } = this;
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
  async proven(proof, part) {
    const [manifest, signer] = await reading([Malformed, NotAuthorised], [`${part}.manifest`], async () => {
      const read = readManifest(proof.manifest);
      const { envelope, issuedAt } = read;
      return [read, await requireSigner(envelope, this.trustList, "register", issuedAt, this.file.checkedAt)];
    });
    if (proof.size !== manifest.records) changed(`the manifest counts ${manifest.records} records`, `${part}.size`);
    const root = rootOfPath(leafHash(proof.record), proof.index, proof.size, proof.path);
    if (root === null || !equal(root, manifest.root)) {
      const parts = ["record", "index", "path"].map((each) => `${part}.${each}`);
      changed("the path does not lead to the manifest's root", ...parts);
    }
    const record = await reading([Malformed, Unexpected], [`${part}.record`], () => readRecord(proof.record));
    if (this.issuerOf(record.credential, `${part}.record`).id !== signer.id) {
      changed("another authority registered the record", `${part}.manifest`, `${part}.record`);
    }
    return { manifest, record };
  }

  // The higher version of the licence that the document proves to be genuine.
  async successor() {
    const { credential } = this;
    if (this.file.successor === null) return null;
    const { manifest, record } = await this.proven(this.file.successor, "register.successor");
    const later = record.credential;
    if (later.typeCode !== credential.typeCode || later.number !== credential.number) {
      changed("it is another licence", "register.successor");
    }
    const registeredAt = manifest.issuedAt;
    const register = { kind: "held", registeredAt, face: record.face, notice: null, successor: null };
    const isHigher = later.version > credential.version;
    if (!isHigher || !isGenuine(await this.evidenceOn(later, register))) {
      changed("it is no genuine higher version", "register.successor");
    }
    return later;
  }

  issuerOf({ envelope }, part) {
    const found = this.trustList.find(envelope.keyId) ?? changed(`no published key has the id ${envelope.keyId}`, part);
    return found.issuer;
  }
}
