import { PaperdeskError } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** How many lists and objects, and fields of objects, a document may have. */
export interface JsonLimits {
  readonly containers: number;
  readonly fields: number;
}

/** Of a document of a package; that of a policy has some dozen. */
const LIMITS: JsonLimits = { containers: 100_000, fields: 100_000 };

/**
 * @param what how sentences about the file begin: "The scaler"
 * @throws JSON_MALFORMED when the bytes are not UTF-8 text with a JSON object
 */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    // The decoder removes a byte order mark.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    checkJsonSize(text, LIMITS, what);
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof PaperdeskError) throw cause;
    throw new PaperdeskError('JSON_MALFORMED', `${what} is not valid JSON.`, { cause });
  }
  if (!isJsonObject(value)) throw new PaperdeskError('JSON_MALFORMED', `${what} is JSON, but not an object.`);
  return value;
}

/**
 * Counts `[`, `{` and `:` before parsing, which takes some sixty bytes of memory for each container and some
 * microseconds for each field; those in strings count too.
 * @throws JSON_MALFORMED
 */
export function checkJsonSize(text: string, limits: JsonLimits, what: string): void {
  let { containers, fields } = limits;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code === 0x5b || code === 0x7b) && --containers < 0) {
      throw tooLarge(what, `${limits.containers} lists and objects`);
    }
    if (code === 0x3a && --fields < 0) throw tooLarge(what, `${limits.fields} fields`);
  }
}

function tooLarge(what: string, most: string): PaperdeskError {
  return new PaperdeskError('JSON_MALFORMED', `${what} has more than ${most}.`);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own field of an object, never one that it inherits. */
export function field(object: unknown, key: string): unknown {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
