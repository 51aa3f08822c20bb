// The page that checks an evidence file: chosen, checked and shown, without a network.
import { checkEvidence, readCatalogue } from "./verifier.mjs";

const { words, catalogue } = JSON.parse(document.getElementById("given").textContent);
const types = readCatalogue(catalogue);
const [file, root, result] = ["file", "root", "result"].map((id) => document.getElementById(id));
const BEIJING = 8 * 3600 * 1000;
const SVG = "http://www.w3.org/2000/svg";
let asked = 0;

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function icon(name) {
  const [drawing, use] = ["svg", "use"].map((tag) => document.createElementNS(SVG, tag));
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  drawing.append(use);
  return drawing;
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// A day such as 2026-11-22, as the portal's pages write it.
function writtenDate(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  return filled(words.dates[month - 1], { year, day });
}

// A moment such as 2026-11-22T11:59:37Z, as the portal's pages write it: in Beijing.
function writtenTime(timestamp) {
  const [date, clock] = new Date(Date.parse(timestamp) + BEIJING).toISOString().slice(0, 19).split("T");
  return filled(words.time, { date: writtenDate(date), clock });
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

// What came of a check: a band with an icon and few words, and a sentence below.
function outcome(name, reason, headline, sentence) {
  const section = element("section", undefined, `verdict ${name}`);
  section.dataset.reason = reason;
  const band = element("div", undefined, "band");
  band.append(icon(name), element("h2", headline));
  section.append(band, element("p", sentence, "sentence"));
  return section;
}

// Headlines that tell more than the reason does.
function headlineOf({ reason, attributes }) {
  const variant = Object.keys(words.variants).find((each) => attributes.includes(each));
  return variant ? words.variants[variant] : words.headlines[reason];
}

// What the attributes without such a headline add.
function* additions({ attributes, other_host: otherHost }) {
  if (attributes.includes("status_ageing")) yield element("p", words.status_ageing, "addition");
  if (!attributes.includes("foreign_host")) return;
  const elsewhere = element("p", `${words.foreign_host} `, "elsewhere");
  elsewhere.append(element("bdi", otherHost));
  yield elsewhere;
}

function showVerdict({ file: read, verdict, rootSha256 }, pinned) {
  const licence = verdict.licence;
  const issuer = licence && licence.issuer[words.language];
  const until = licence?.last_valid_date ?? null;
  const time = writtenTime(verdict.checked_at);
  // Not the sentence of the verdict page, which speaks of today: a file may be years old.
  const sentence = filled(words.at_that_time, { time });
  const section = outcome(verdict.outcome, verdict.reason, headlineOf(verdict), sentence);
  section.append(...additions(verdict));
  if (!pinned) section.append(element("p", words.any_root, "addition"));
  const card = element("section", undefined, "card facts");
  card.append(
    facts([
      [words.as_of, `${time} · ${read.word.address}`],
      [words.number, licence?.number ?? null],
      [words.holder, licence?.holder ?? null],
      [words.issuer, issuer ?? null],
      [words.until, until && writtenDate(until)],
      ...verdict.checks.map(({ name, state }) => [words.checks[name], words.states[state]]),
      [words.root_used, `${rootSha256} · ${pinned ? words.compared : words.not_compared}`],
    ]),
  );
  result.replaceChildren(section, card);
}

function showChanged({ discrepancies }) {
  const card = element("section", undefined, "card");
  const list = element("ul");
  for (const { parts, why } of discrepancies) {
    const item = element("li");
    const labels = new Set(parts.map((part) => words.parts[part.split(".")[0]]));
    // For those who know the format; what the file says in it is quoted, so that its direction is its own.
    const details = element("small", `${parts.join(" / ")} – `);
    details.lang = "en";
    details.append(element("bdi", why));
    item.append(element("strong", [...labels].join(" / ")), element("br"), details);
    list.append(item);
  }
  card.append(list);
  result.replaceChildren(outcome("caution", "changed", words.changed, words.changed_lead), card);
}

function showProblem(reason, text) {
  const problem = element("p", text, "problem");
  problem.dataset.reason = reason;
  result.replaceChildren(problem);
}

// Whether a file says of itself that it is evidence: only of such a one can anything have been changed.
function claimsToBeEvidence(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))?.evidence !== undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

// What shows the result of a check.
async function checked(chosen, pinned) {
  const bytes = new Uint8Array(await chosen.arrayBuffer());
  if (!claimsToBeEvidence(bytes)) return () => showProblem("not_evidence", words.not_evidence);
  const found = await checkEvidence(bytes, types, pinned || null);
  return () => (found.verdict ? showVerdict(found, pinned) : showChanged(found));
}

async function check() {
  // Whatever happens next, no verdict on another file stays beside the name of this one.
  result.replaceChildren();
  const mine = (asked += 1);
  if (!file.files.length) return;
  const pinned = root.value.replace(/\s/g, "").toLowerCase();
  const isWrong = pinned !== "" && !/^[0-9a-f]{64}$/.test(pinned);
  root.setAttribute("aria-invalid", isWrong);
  root.setAttribute("aria-describedby", isWrong ? "result" : "");
  if (isWrong) {
    showProblem("root_wrong", words.root_wrong);
    return;
  }
  try {
    const show = await checked(file.files[0], pinned);
    if (mine === asked) show();
  } catch {
    if (mine === asked) showProblem("failed", words.failed);
  }
}

file.addEventListener("change", check);
root.addEventListener("change", check);
