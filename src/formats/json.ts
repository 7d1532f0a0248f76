import { PaperdeskError } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Lists and objects that the documents of a package may have; a policy's has some dozen. */
const MAX_CONTAINERS = 100_000;

/** @throws JSON_MALFORMED when the bytes are not UTF-8 text holding a JSON object */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    // A byte order mark is taken away.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    checkJsonContainers(text, MAX_CONTAINERS, what);
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof PaperdeskError) throw cause;
    throw new PaperdeskError('JSON_MALFORMED', `${what} is not valid JSON.`, { cause });
  }
  if (!isJsonObject(value)) throw new PaperdeskError('JSON_MALFORMED', `${what} is JSON, but not an object.`);
  return value;
}

/**
 * Parsed, each `[` of a file takes some sixty bytes of memory: counted before, also where they stand in strings.
 * @throws JSON_MALFORMED
 */
export function checkJsonContainers(text: string, limit: number, what: string): void {
  let containers = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code === 0x5b || code === 0x7b) && ++containers > limit) {
      throw new PaperdeskError('JSON_MALFORMED', `${what} has more than ${limit} lists and objects.`);
    }
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of its own; never one that every object inherits. */
export function field(object: unknown, key: string): unknown {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}
