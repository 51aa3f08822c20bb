// Seconds since 1970 (UTC), and the calendar of UTC+08:00, in which the law counts days.
const EARLIEST = -62135510400;
const LATEST = 253402214400;
export const DAY = 86400;
const BEIJING = 8 * 3600;

export const isCalendarTime = (seconds) => seconds >= EARLIEST && seconds <= LATEST;

// The number of the day in Beijing, counted from 1970-01-01.
export const beijingDay = (seconds) => Math.floor((seconds + BEIJING) / DAY);

// The last day of a term: the day, in Beijing, of the second before its end.
export const lastValidDay = (end) => beijingDay(end - 1);

export const isoDay = (day) => new Date(day * DAY * 1000).toISOString().slice(0, 10);

export const formatTimestamp = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19) + "Z";

// Seconds of `2026-11-20T02:00:00Z`; null for any other form, and outside the calendar.
export function parseTimestamp(text) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || text.startsWith("0000")) return null;
  const milliseconds = Date.parse(text);
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 19) + "Z" !== text) return null;
  return isCalendarTime(milliseconds / 1000) ? milliseconds / 1000 : null;
}
