// What the tests give the browser's verifier: a world as Python's register answered it, and cases. Runs in node, with
// the input's file as argument, and is imported by a page.
import { checkEvidence, readCatalogue, verify } from "../static/verifier.mjs";
import { fromBase64 } from "../static/verifier/bytes.mjs";
import { readStatusList } from "../static/verifier/statuses.mjs";
import { readRoot, readTrustList } from "../static/verifier/trust.mjs";

const optional = (text) => (text === null ? null : fromBase64(text));

async function readWorld({ publicUrl, catalogue, keys, statusLists, stored, asOf }) {
  const lists = new Map(statusLists.map((each) => readStatusList(fromBase64(each))).map((list) => [key(list), list]));
  const licences = stored.map((each) => ({ ...each, line: fromBase64(each.line), notice: optional(each.notice) }));
  return {
    publicUrl,
    catalogue: readCatalogue(catalogue),
    trustList: await readTrustList(fromBase64(keys.list), fromBase64(keys.signatures), readRoot(fromBase64(keys.root))),
    statusList: (issuerId, number) => lists.get(`${issuerId}/${number}`) ?? null,
    register: {
      versions: (typeCode, number) => licences.filter((each) => each.typeCode === typeCode && each.number === number),
      byNumber: (wanted) => licences.filter((each) => each.numberKey === wanted),
      asOf: (issuerId) => asOf[issuerId] ?? null,
    },
  };
}

const key = (list) => `${list.issuerId}/${list.listNumber}`;

export async function answers({ worlds, cases, documents }) {
  const catalogue = readCatalogue(worlds[0].catalogue);
  const read = [];
  for (const world of worlds) read.push(await readWorld(world));
  const verdicts = [];
  for (const { text, at, world } of cases) verdicts.push(await verify(text, at, read[world]));
  const checked = [];
  for (const { document, root } of documents) {
    const { verdict, rootSha256, discrepancies } = await checkEvidence(fromBase64(document), catalogue, root);
    checked.push({ verdict, rootSha256, parts: discrepancies.map((each) => each.parts) });
  }
  return JSON.stringify({ verdicts, checked }, (_, value) => (typeof value === "bigint" ? Number(value) : value));
}

if (globalThis.process?.argv[2]) {
  const { readFile } = await import("node:fs/promises");
  if (process.argv[3] === "without-webcrypto") Object.defineProperty(globalThis, "crypto", { value: undefined });
  console.log(await answers(JSON.parse(await readFile(process.argv[2], "utf8"))));
}
