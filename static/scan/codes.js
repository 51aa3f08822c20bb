// What the text of a code is: this portal's licence code, a text for the server, or another code, named and never opened.
// The server decides (portal/verification/presentation.py); tests/end_to_end/test_scan_modules.py holds the two together.

import { hostIn, tokenIn, trimmed } from "../verifier/code-texts.mjs";

const OWN_TOKEN = /^[A-Za-z2-7]{1,2000}$/;
const OWN_PAGE = /^(\/en)?\/(v|l|h|history|evidence)\/\S+$/;
const MAX_LOCATION = 2048;

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
  const stripped = trimmed(text);
  const code = tokenIn(stripped, publicUrl);
  if (code) return code.otherHost === null && OWN_TOKEN.test(code.token) ? { token: code.token } : { isLicence: true };
  if (isOwnPage(stripped, publicUrl)) return { isLicence: true };
  const kind = KINDS.find(([, pattern]) => pattern.test(stripped))?.[0] ?? "text";
  return { kind, host: hostIn(stripped) };
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
