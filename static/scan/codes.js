// What the text of a code is: this portal's licence code, a text for the server, or another code, named and never opened.
// The server decides (portal/verification/presentation.py); tests/end_to_end/test_scan_modules.py holds the two together.

// White space as Python has it: \s and trim() count the byte order mark, which can hide in a look-alike's host.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const AROUND = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const CODE_URL = new RegExp(`^(https?)://([^${SPACE}\\x00-\\x1f\\x7f/?#@\\\\%]+)/v/(.*)$`, "is");
const URL_HOST = new RegExp(`^[a-z][a-z0-9+.-]*://(?:[^${SPACE}/?#@\\\\]*@)?([^${SPACE}/?#\\\\]+)`, "i");

const OWN_TOKEN = /^[A-Za-z2-7]{1,2000}$/;
// Every token begins so: base32 of the first bytes of a tagged COSE_Sign1.
const TOKEN_START = "2KC";
const OWN_PAGE = /^(\/en)?\/(v|l|h|history|evidence)\/\S+$/;
const MAX_LOCATION = 2048;
const SURELY_A_TOKEN = /^[A-Za-z2-7]{64,2048}$/;

// The beginnings of portal/web/other_codes.py.
const KINDS = [
  ["payment", /^(wxp:\/\/|weixin:\/\/wxpay\/|alipays?:\/\/|alipayqr:\/\/|upwallet:\/\/|unionpay:\/\/)/i],
  ["payment", /^https?:\/\/(wx\.tenpay|payapp\.weixin\.qq|qr\.alipay|mobilecodec\.alipay|qr\.95516)\.com(?![\w.-])/i],
  ["payment", /^https?:\/\/(ur\.alipay|render\.alipay|myun\.tenpay|pay\.weixin\.qq)\.com(?![\w.-])/i],
  ["payment", /^000201(0102|26|15)/],
  ["wifi", /^wifi:/i],
  ["contact", /^(begin:vcard|mecard:|bizcard:)/i],
  ["event", /^begin:(vevent|vcalendar)/i],
  ["phone", /^tel:/i],
  ["message", /^(sms(to)?:|mmsto:|mailto:|matmsg:|smtp:)/i],
  ["place", /^geo:/i],
  ["chat", /^(weixin:\/\/|https?:\/\/((u\.wechat|qm\.qq|work\.weixin\.qq)\.com(?![\w.-])|weixin\.qq\.com\/[rgx]\/))/i],
  ["web_page", /^https?:\/\//i],
  ["program", /^[a-z][a-z0-9+.-]{1,30}:(\/\/|\S)/i],
];

/** {token} of this portal's code, {isLicence} for a text that only the server can judge, else {kind, host} */
export function readCode(text, publicUrl) {
  const stripped = text.replace(AROUND, "");
  const token = ownToken(stripped, publicUrl);
  if (token !== null) return OWN_TOKEN.test(token) ? { token } : { isLicence: true };
  if (looksLikeToken(CODE_URL.exec(stripped)?.[3] ?? "") && /^https:/i.test(stripped)) return { isLicence: true };
  if (isOwnPage(stripped, publicUrl)) return { isLicence: true };
  const kind = KINDS.find(([, pattern]) => pattern.test(stripped))?.[0] ?? "text";
  return { kind, host: URL_HOST.exec(stripped)?.[1].slice(0, 253) ?? null };
}

function ownToken(text, publicUrl) {
  if (text.startsWith(`${publicUrl}/v/`)) return text.slice(publicUrl.length + 3);
  const [, scheme, host, token] = CODE_URL.exec(text) ?? [];
  // In ASCII alone: the lower case of a Kelvin sign is a k.
  if (/^[\x21-\x7e]+$/.test(host) && `${scheme}://${host}`.toLowerCase() === publicUrl) return token;
  return looksLikeToken(text) ? text : null;
}

// The address of another page of this portal, to which the server leads (portal/web/own_pages.py).
function isOwnPage(text, publicUrl) {
  const starts = [publicUrl, publicUrl.replace(/^https?:\/\//, "")];
  const paths = starts.filter((start) => text.startsWith(`${start}/`)).map((start) => text.slice(start.length));
  return paths.some((path) => OWN_PAGE.test(path) && quoted(path).length <= MAX_LOCATION);
}

// As Python's quote() writes a path.
function quoted(path) {
  const escaped = encodeURIComponent(path).replaceAll("%2F", "/");
  return escaped.replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
}

function looksLikeToken(text) {
  return text.slice(0, 3).toUpperCase() === TOKEN_START || SURELY_A_TOKEN.test(text);
}
