// What the text of a code is: this portal's licence code, a text for the server, or another code, named and never opened.
// The server decides (portal/verification/presentation.py); tests/end_to_end/test_scan_modules.py holds the two together.

const OWN_TOKEN = /^[A-Za-z2-7]{1,2000}$/;
const CODE_URL = /^(https?):\/\/([^\x00-\x20\x7f\s/?#@\\%]+)\/v\/(.*)$/is;
const URL_HOST = /^[a-z][a-z0-9+.-]*:\/\/(?:[^\s/?#@\\]*@)?([^\s/?#\\]+)/i;

// Every token begins so: base32 of the first bytes of a tagged COSE_Sign1.
const TOKEN_START = "2KC";
const SURELY_A_TOKEN = /^[A-Za-z2-7]{64,2048}$/;

const OTHERS = [
  ["payment", /^(wxp|alipays?|alipayqr):\/\/|^weixin:\/\/wxpay|^https?:\/\/(payapp\.weixin\.qq|(qr|ds|m)\.alipay|qr\.95516)\.com\//i],
  ["contact", /^(begin:vcard|mecard:|bizcard:)|^https?:\/\/(u\.wechat\.com|weixin\.qq\.com)\//i],
  ["wifi", /^wifi:/i],
  ["phone", /^(tel|sms|smsto|mailto|matmsg):/i],
  ["medicine", /^8\d{19}$/],
  ["web", /^https?:\/\//i],
];

/** {token} of this portal's code, {isLicence} for a text that only the server can judge, else {kind, host} */
export function readCode(text, publicUrl) {
  const stripped = text.trim();
  const token = ownToken(stripped, publicUrl);
  if (token !== null) return OWN_TOKEN.test(token) ? { token } : { isLicence: true };
  if (looksLikeToken(CODE_URL.exec(stripped)?.[3] ?? "") && /^https:/i.test(stripped)) return { isLicence: true };
  const kind = OTHERS.find(([, pattern]) => pattern.test(stripped))?.[0] ?? "text";
  return { kind, host: URL_HOST.exec(stripped)?.[1].slice(0, 253) ?? null };
}

function ownToken(text, publicUrl) {
  if (text.startsWith(`${publicUrl}/v/`)) return text.slice(publicUrl.length + 3);
  const [, scheme, host, token] = CODE_URL.exec(text) ?? [];
  if (scheme !== undefined && `${scheme}://${host}`.toLowerCase() === publicUrl) return token;
  return looksLikeToken(text) ? text : null;
}

function looksLikeToken(text) {
  return text.slice(0, 3).toUpperCase() === TOKEN_START || SURELY_A_TOKEN.test(text);
}
