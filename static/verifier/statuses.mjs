// Token Status Lists: bytes → a list, and what it says of one licence at a given time.
import { isCalendarTime } from "./dates.mjs";
import { malformed, Members, readPayload, readSign1 } from "./envelope.mjs";
import { inflate } from "./inflate.mjs";

const MAX_INFLATED_BYTES = 64 * 1024 * 1024;
const URI_ENDING = /(?:^|\/)([0-9A-Z]{1,32})\/(0|[1-9][0-9]{0,9})$/;

export const STATUS_NAMES = new Map([
  [0x0, "in_force"],
  [0x1, "cancelled"],
  [0x2, "suspended"],
  [0x3, "superseded"],
  [0xb, "revoked"],
  [0xc, "rescinded"],
  [0xd, "withdrawn"],
  [0xe, "renewing"],
  [0xf, "ended"],
]);

export function readStatusList(encoded) {
  const envelope = readSign1(encoded, "application/statuslist+cwt");
  const claims = readPayload(envelope, "status list");
  const uri = URI_ENDING.exec(claims.text(2, 1, 2048)) ?? malformed("status list: its uri has no issuer and number");
  const [issuedAt, expiresAt, ttl] = [claims.time(6), claims.time(4), claims.unsigned(65534)];
  if (!isCalendarTime(issuedAt + Number(ttl))) malformed("status list: fresh beyond the calendar");
  const entries = new Members(claims.take(65533), "status_list");
  if (entries.unsigned("bits") !== 4) malformed("status list: entries have four bits");
  const values = inflate(entries.blob("lst"), MAX_INFLATED_BYTES);
  if (values === null) malformed("status list: cut off, too large, or followed by other bytes");
  claims.requireEmpty();
  entries.requireEmpty();
  return { envelope, issuerId: uri[1], listNumber: Number(uri[2]), issuedAt, expiresAt, ttl, values };
}

// What a list says of entry `index`. As of a time before it was signed it says the same, and is fresh.
export function readStatus(list, index, at) {
  let freshness = at < list.issuedAt + Number(list.ttl) ? "fresh" : "ageing";
  if (at >= list.expiresAt) freshness = "stale";
  const value = valueAt(list.values, Number(index));
  return { value, listNumber: list.listNumber, issuedAt: list.issuedAt, freshness };
}

function valueAt(values, index) {
  const place = Math.floor(index / 2);
  if (place >= values.length) return null;
  return STATUS_NAMES.get(index % 2 ? values[place] >> 4 : values[place] & 15) ?? null;
}
