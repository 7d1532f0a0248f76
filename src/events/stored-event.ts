import type { Row } from '../db/tables.ts';
import { EVENT_KINDS, type EventKind, type ServiceEvent } from './event-hub.ts';

/** The kind of a stored event that resets all subscribers. */
export const RESET = 'reset';

/** An event as it was stored; undefined for a reset, and for a row that this version of the program cannot read. */
export function eventOfRow(
  { id, node, kind, data }: Row<'events'>,
  ownNode: string,
): ServiceEvent | undefined {
  const known = EVENT_KINDS.find((one) => one === kind);
  const content = known === undefined ? undefined : objectOf(data);
  if (known === undefined || content === undefined) return undefined;
  return { id: String(id), kind: known satisfies EventKind, data: content, isOwn: node === ownNode };
}

function objectOf(text: string): ServiceEvent['data'] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
