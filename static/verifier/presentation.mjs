// What a person presents: a text → a credential, a broken code, a number or another text. Nothing is fetched.
import { fromBase32 } from "./bytes.mjs";
import { Malformed, malformed, MAX_CREDENTIAL_BYTES, readCredential } from "./envelope.mjs";

const MAX_TEXT_LENGTH = 2048;
const LONGEST_HOST = 253;
const MAX_NUMBER_LENGTH = 64;
const MAX_TYPED_LENGTH = 4 * MAX_NUMBER_LENGTH;
const SURELY_A_TOKEN = 64;
// What Python takes for white space.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const IS_SPACE = new RegExp(`[${SPACE}]`);
const ANYWHERE = new RegExp(`[${SPACE}]+`, "g");
// A host is compared and shown, never visited; what must not pass is a second host hidden behind user information.
const CODE_URL = new RegExp(`^(https?)://([^\\x00-\\x20\\x7f${SPACE}/?#@\\\\%]+)/v/(.*)$`, "isu");
const URL_HOST = new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*://(?:[^${SPACE}/?#@\\\\]*@)?([^${SPACE}/?#\\\\]+)`, "u");
const NUMBER_CHARACTERS = /^[0-9A-Z\u3400-\u9fff()\-.·#/]+$/u;
const BRACKETS = { "[": "(", "【": "(", "〔": "(", "{": "(", "〖": "(", "]": ")", "】": ")", "〕": ")", "}": ")", "〗": ")" };

const length = (text) => [...text].length;
const first = (text, count) => [...text].slice(0, count).join("");

// `publicUrl` is the portal's own address, such as https://yz.example.gov.cn.
export function parsePresented(text, publicUrl) {
  const presented = parseStripped(trimmed(text), publicUrl);
  if (presented.kind !== "credential" || length(text) <= MAX_TEXT_LENGTH) return presented;
  return { kind: "broken", otherHost: presented.otherHost };
}

// By places, since a pattern would look at blanks within the text again from each of them.
function trimmed(text) {
  let [start, end] = [0, text.length];
  while (start < end && IS_SPACE.test(text[start])) start += 1;
  while (end > start && IS_SPACE.test(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function parseStripped(stripped, publicUrl) {
  const ownPrefix = publicUrl + "/v/";
  if (stripped.startsWith(ownPrefix)) return readCode(stripped.slice(ownPrefix.length), null);
  const url = CODE_URL.exec(stripped);
  if (url) return parseCodeUrl(stripped, url, publicUrl);
  if (looksLikeAToken(stripped)) return readCode(stripped, null);
  return couldBeANumber(stripped) ? { kind: "number", text: stripped } : otherCode(stripped);
}

function parseCodeUrl(text, [, scheme, host, token], publicUrl) {
  // In ASCII alone: the lower case of a Kelvin sign is a k.
  const isOwn = /^[\x21-\x7e]+$/.test(host) && `${scheme}://${host}`.toLowerCase() === publicUrl;
  if (isOwn) return readCode(token, null);
  if (scheme.toLowerCase() !== "https" || !looksLikeAToken(token)) return otherCode(text);
  return readCode(token, first(host, LONGEST_HOST));
}

function looksLikeAToken(text) {
  // Every tagged COSE_Sign1 begins D2 84, which base32 writes as 2KC and one more letter.
  if (text.slice(0, 3).toUpperCase() === "2KC") return true;
  return text.length >= SURELY_A_TOKEN && text.length <= MAX_TEXT_LENGTH && /^[A-Za-z2-7]+$/.test(text);
}

function otherCode(text) {
  const host = URL_HOST.exec(text);
  return { kind: "other", host: host && first(host[1], LONGEST_HOST) };
}

function readCode(token, otherHost) {
  try {
    return { kind: "credential", credential: readCredential(decodeToken(token)), otherHost };
  } catch (error) {
    if (error instanceof Malformed) return { kind: "broken", otherHost };
    throw error;
  }
}

function decodeToken(token) {
  const bits = length(token) * 5;
  const size = Math.floor(bits / 8);
  if (bits % 8 >= 5 || size <= 0 || size > MAX_CREDENTIAL_BYTES) malformed("the token has an impossible length");
  return fromBase32(token) ?? malformed("the token has a character outside the alphabet, or bits left over");
}

// The written form of a number: NFKC, no white space, one kind of dash and bracket, capitals.
export function normalise(text) {
  const joined = text.normalize("NFKC").toUpperCase().replace(ANYWHERE, "");
  const bracketed = joined.replace(/[[【〔{〖\]】〕}〗]/g, (bracket) => BRACKETS[bracket]);
  const dashed = bracketed.replace(/[-\u2010-\u2015\u2212\ufe58\uff0d~\u30fc]/g, "-");
  return dashed.replace(/(?<=[)\p{Nd}])一|一(?=\p{Nd})/gu, "-");
}

// The form under which numbers are compared.
export function lookupKey(text) {
  if (length(text) > MAX_TYPED_LENGTH) return "";
  return normalise(text).replace(/[^0-9A-Z\u3400-\u9fff]/gu, "").replace(/号$/, "");
}

function couldBeANumber(text) {
  if (length(text) > MAX_TYPED_LENGTH) return false;
  const written = normalise(text);
  if (length(written) > MAX_NUMBER_LENGTH || length(written) < 4 || written.includes("//")) return false;
  return NUMBER_CHARACTERS.test(written) && /\d/.test(written);
}
