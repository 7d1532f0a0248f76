const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?\s?(Z|[-+]\d{2}:?\d{2})?)?$/i;

/** Earlier and later times are mistakes; a year has four digits. */
const EARLIEST = Date.UTC(1970, 0, 1);

/**
 * A date (the UTC midnight at which it begins) or a time in ISO 8601, in ms since the epoch; without a zone it is UTC. NaN
 * for other text, for a day that does not exist and for times before 1970.
 */
export function parseUtcTime(text: string): number {
  const match = TIME.exec(text.trim());
  if (match === null) return Number.NaN;
  const [, day = '', clock = '00:00', seconds = ':00', zone = 'Z'] = match;
  const midnight = Date.parse(`${day}T00:00Z`);
  // Some engines take 2026-02-30 for a day in March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return Number.NaN;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const time = Date.parse(`${day}T${clock}${seconds.slice(0, 7)}${offset}`);
  return time >= EARLIEST ? time : Number.NaN;
}
