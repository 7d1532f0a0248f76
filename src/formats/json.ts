import { PaperdeskError } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws JSON_MALFORMED when the bytes are not UTF-8 text holding a JSON object */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    // A byte order mark is taken away.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new PaperdeskError('JSON_MALFORMED', `${what} is not valid JSON.`, { cause });
  }
  if (!isJsonObject(value)) throw new PaperdeskError('JSON_MALFORMED', `${what} is JSON, but not an object.`);
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of its own; never one that every object inherits. */
export function field(object: unknown, key: string): unknown {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}
