// An evidence document judged again, by itself and the root alone: the verdict as of its time, or what does not fit.
import { equal } from "./bytes.mjs";
import { decide } from "./decide.mjs";
import { changed, Discrepancies, reading } from "./discrepancies.mjs";
import { Malformed, readCredential } from "./envelope.mjs";
import { readEvidence } from "./evidence-file.mjs";
import { Float, Unexpected } from "./json.mjs";
import { KeptEvidence } from "./kept-evidence.mjs";
import { parsePresented } from "./presentation.mjs";
import { readRoot, readTrustList, TrustListRefused } from "./trust.mjs";

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

// { file, verdict, rootSha256, discrepancies: [{ parts, why }] } of a document's bytes; the verdict is null where there
// are discrepancies. `rootSha256` pins the root to rely on; null relies on the one in the document.
export async function checkEvidence(document, catalogue, rootSha256) {
  let file;
  try {
    file = readEvidence(document);
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const discrepancies = [{ parts: ["evidence"], why: error.message }];
    return { file: null, verdict: null, rootSha256: null, discrepancies };
  }
  const { root, verdict, found } = await recheck(file, catalogue, rootSha256);
  const discrepancies = found.length ? found : [...differences(verdict, file.verdict, "")];
  return { file, verdict: discrepancies.length ? null : verdict, rootSha256: root?.sha256 ?? null, discrepancies };
}

async function recheck(file, catalogue, pinned) {
  const discrepancies = new Discrepancies();
  const root = await discrepancies.attempt(() => rootOf(file, pinned));
  const trustList = root && (await discrepancies.attempt(() => trustListOf(file, root)));
  const presented = await discrepancies.attempt(() => presentedIn(file));
  let verdict = null;
  if (trustList && presented) {
    const { credential, otherHost } = presented;
    const kept = new KeptEvidence(file, credential, trustList, catalogue, discrepancies);
    verdict = decide(await kept.evidence(otherHost));
    noteIdleParts(file, verdict, discrepancies);
  }
  return { root, verdict, found: discrepancies.found };
}

async function rootOf(file, pinned) {
  const root = await reading([TrustListRefused], ["root"], () => readRoot(file.root));
  if (pinned !== null && root.sha256 !== pinned) {
    // Of the replaced root nobody can tell who knows the new one alone: the new one signs nothing about it.
    const said = `its SHA-256 is ${root.sha256}, not ${pinned}; where the root was replaced since, give that of its time`;
    changed(said, "root");
  }
  return root;
}

function trustListOf({ trustList, trustListSignatures }, root) {
  const parts = ["trust_list", "trust_list_sig", "root"];
  return reading([TrustListRefused], parts, () => readTrustList(trustList, trustListSignatures, root));
}

async function presentedIn(file) {
  await reading([Malformed], ["credential"], () => readCredential(file.credential));
  const presented = parsePresented(file.text, file.word.address);
  if (presented.kind !== "credential") changed("it is no licence code", "text");
  if (!equal(presented.credential.envelope.encoded, file.credential)) {
    changed("the text holds another credential", "text", "credential");
  }
  return presented;
}

// A document holds nothing that its verdict did not look at; of a genuine one the portal asks its register.
function noteIdleParts({ face, notice, statusList, registered, successor, word }, verdict, discrepancies) {
  const given = { face, notice, status_list: statusList, register: registered ?? successor };
  for (const part of NEVER_WITH[word.register].filter((each) => given[each] !== null)) {
    discrepancies.note(`there is none where the portal says ${word.register}`, part, SAID);
  }
  if (verdict.licence && word.register === "not_asked") {
    discrepancies.note("the document is genuine, and of such a one the portal asks its register", SAID);
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
