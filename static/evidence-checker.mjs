// The page that checks an evidence file: chosen, checked and shown, without a network.
import { checkEvidence, readCatalogue } from "./verifier.mjs";

const { words, catalogue } = JSON.parse(document.getElementById("given").textContent);
const types = readCatalogue(catalogue);
const [file, root, result] = ["file", "root", "result"].map((id) => document.getElementById(id));

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function facts(rows) {
  const list = element("dl");
  for (const [label, value] of rows) {
    if (value === null) continue;
    const row = element("div");
    const definition = element("dd");
    definition.append(element("bdi", value));
    row.append(element("dt", label), definition);
    list.append(row);
  }
  return list;
}

function showVerdict({ file: read, verdict, rootSha256 }, pinned) {
  const section = element("section", undefined, `verdict ${verdict.outcome}`);
  section.dataset.reason = verdict.reason;
  const band = element("div", undefined, "band");
  band.append(element("h2", words.headlines[verdict.reason]));
  const licence = verdict.licence;
  const issuer = licence && licence.issuer[words.language];
  section.append(band);
  const card = element("section", undefined, "card facts");
  card.append(
    facts([
      [words.asOf, `${verdict.checked_at} · ${read.word.address}`],
      [words.number, licence?.number ?? null],
      [words.holder, licence?.holder ?? null],
      [words.issuer, issuer ?? null],
      [words.until, licence?.last_valid_date ?? null],
      ...verdict.checks.map(({ name, state }) => [words.checks[name], words.states[state]]),
      [words.rootUsed, `${rootSha256} · ${pinned ? words.compared : words.notCompared}`],
    ]),
  );
  result.replaceChildren(section, card);
}

function showChanged({ objections }) {
  const section = element("section", undefined, "card");
  section.dataset.reason = "changed";
  const list = element("ul");
  for (const { parts, why } of objections) {
    const item = element("li");
    item.append(element("strong", parts.join(" / ")), element("bdi", ` ${why}`));
    list.append(item);
  }
  section.append(element("h2", words.changed), element("p", words.changedLead), list);
  result.replaceChildren(section);
}

async function check() {
  if (!file.files.length) return;
  const pinned = root.value.replace(/\s/g, "").toLowerCase();
  if (pinned && !/^[0-9a-f]{64}$/.test(pinned)) {
    result.replaceChildren(element("p", words.rootWrong, "problem"));
    return;
  }
  const checked = await checkEvidence(new Uint8Array(await file.files[0].arrayBuffer()), types, pinned || null);
  if (checked.verdict) showVerdict(checked, pinned);
  else showChanged(checked);
}

file.addEventListener("change", check);
root.addEventListener("change", check);
