// A code's text from outside: an address that holds a token, a token alone, or another text, which may name a host.
// The pages with a camera load this module too, and phones of 2021 do not know all that the verifier needs: iOS 15 has no
// lookbehind in patterns.

export const MAX_TEXT_LENGTH = 2048;
const LONGEST_HOST = 253;
const SURELY_A_TOKEN = 64;
// White space as Python has it: \s and trim() count the byte order mark, which can hide in a look-alike's host.
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const IS_SPACE = new RegExp(`[${SPACE}]`);
// A host is compared and shown, never visited; what must not pass is a second host hidden behind user information.
const CODE_URL = new RegExp(`^(https?)://([^\\x00-\\x20\\x7f${SPACE}/?#@\\\\%]+)/v/(.*)$`, "isu");
const URL_HOST = new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*://(?:[^${SPACE}/?#@\\\\]*@)?([^${SPACE}/?#\\\\]+)`, "u");

const shortened = (host) => [...host].slice(0, LONGEST_HOST).join("");

// By places, since a pattern would look at blanks within the text again from each of them.
export function trimmed(text) {
  let [start, end] = [0, text.length];
  while (start < end && IS_SPACE.test(text[start])) start += 1;
  while (end > start && IS_SPACE.test(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

// { token, otherHost } of a code, where `otherHost` is null unless its address is another portal's; null for a text that
// is no code. What the token holds is not looked at.
export function tokenIn(text, publicUrl) {
  if (text.startsWith(`${publicUrl}/v/`)) return { token: text.slice(publicUrl.length + 3), otherHost: null };
  const [, scheme, host, token] = CODE_URL.exec(text) ?? [];
  if (scheme === undefined) return looksLikeAToken(text) ? { token: text, otherHost: null } : null;
  // In ASCII alone: the lower case of a Kelvin sign is a k.
  const isOwn = /^[\x21-\x7e]+$/.test(host) && `${scheme}://${host}`.toLowerCase() === publicUrl;
  if (isOwn) return { token, otherHost: null };
  return scheme.toLowerCase() === "https" && looksLikeAToken(token) ? { token, otherHost: shortened(host) } : null;
}

function looksLikeAToken(text) {
  // Every tagged COSE_Sign1 begins D2 84, which base32 writes as 2KC and one more letter.
  if (text.slice(0, 3).toUpperCase() === "2KC") return true;
  return text.length >= SURELY_A_TOKEN && text.length <= MAX_TEXT_LENGTH && /^[A-Za-z2-7]+$/.test(text);
}

// The host that a text names, or null.
export function hostIn(text) {
  const found = URL_HOST.exec(text);
  return found && shortened(found[1]);
}
