import { shownMessage } from '../errors.ts';
import { type DatabaseFault, databaseFault } from './database-fault.ts';

/** What a fault of the database means for what was to be written, as a sentence for people. */
export function faultSentence(fault: DatabaseFault): string {
  if (fault === 'disk full')
    return 'The disk of the database is full; nothing was stored. Free some space and try again.';
  if (fault === 'lost')
    return 'The database does not answer; try again in a few seconds. What was acknowledged before is stored.';
  return 'The database cannot be written now; nothing was stored.';
}

/** The message of an error for people: that of a fault of the database in our words, and no internals of others. */
export function shownError(error: unknown): string {
  const fault = databaseFault(error);
  return fault === undefined ? shownMessage(error) : faultSentence(fault);
}
