// What a person presents: a text → a credential, a broken code, a number or another text. Nothing is fetched.
import { fromBase32 } from "./bytes.mjs";
import { hostIn, MAX_TEXT_LENGTH, SPACE, tokenIn, trimmed } from "./code-texts.mjs";
import { Malformed, malformed, MAX_CREDENTIAL_BYTES, readCredential } from "./envelope.mjs";

const MAX_NUMBER_LENGTH = 64;
const MAX_TYPED_LENGTH = 4 * MAX_NUMBER_LENGTH;
const ANYWHERE = new RegExp(`[${SPACE}]+`, "g");
const NUMBER_CHARACTERS = /^[0-9A-Z\u3400-\u9fff()\-.·#/]+$/u;
const BRACKETS = { "[": "(", "【": "(", "〔": "(", "{": "(", "〖": "(", "]": ")", "】": ")", "〕": ")", "}": ")", "〗": ")" };

const length = (text) => [...text].length;

// `publicUrl` is the portal's own address, such as https://yz.example.gov.cn.
export function parsePresented(text, publicUrl) {
  const presented = parseStripped(trimmed(text), publicUrl);
  if (presented.kind !== "credential" || length(text) <= MAX_TEXT_LENGTH) return presented;
  return { kind: "broken", otherHost: presented.otherHost };
}

function parseStripped(stripped, publicUrl) {
  const code = tokenIn(stripped, publicUrl);
  if (code) return readCode(code);
  return couldBeANumber(stripped) ? { kind: "number", text: stripped } : { kind: "other", host: hostIn(stripped) };
}

function readCode({ token, otherHost }) {
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
