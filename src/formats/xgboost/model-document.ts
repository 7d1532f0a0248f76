import { PaperdeskError } from '../../errors.ts';
import { checkJsonSize, type JsonLimits } from '../json.ts';
import { UbjsonFloat } from '../ubjson/ubjson.ts';

/** An XGBoost model document, from UBJSON (Maps and typed arrays) or JSON (objects and arrays). */
export type XgboostDocument = unknown;

/** Of the JSON of a model; a forest has some twenty lists and objects, and more fields, per tree. */
const LIMITS: JsonLimits = { containers: 2_000_000, fields: 4_000_000 };

/**
 * Parses JSON as XGBoost and Python write it: NaN becomes null, which `numbersOf` reads as NaN; Infinity stays infinite.
 * @throws JSON_MALFORMED
 */
export function parseModelJson(text: string, what: string): XgboostDocument {
  checkJsonSize(text, LIMITS, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    try {
      return JSON.parse(withPlainNumbers(text));
    } catch {
      // The first error is the one to report.
    }
    throw new PaperdeskError('JSON_MALFORMED', `${what} is not valid JSON.`, { cause });
  }
}

/** Replaces NaN and Infinity outside of strings, which are not valid in JSON. */
function withPlainNumbers(text: string): string {
  const names = /"|NaN|Infinity/g;
  const parts: string[] = [];
  let done = 0;
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    if (match[0] === '"') {
      names.lastIndex = endOfString(text, match.index);
    } else {
      parts.push(text.slice(done, match.index), match[0] === 'NaN' ? 'null' : '1e999');
      done = names.lastIndex;
    }
  }
  return parts.join('') + text.slice(done);
}

/** The offset after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at + 1;
  }
  return text.length;
}

/** The unchanged text of a member of the outermost object of valid JSON; undefined when it does not exist. */
export function memberText(json: string, name: string): string | undefined {
  const tokens = /["{}[\],:]/g;
  let depth = 0;
  let key: string | undefined;
  let start: number | undefined;
  for (let match = tokens.exec(json); match !== null; match = tokens.exec(json)) {
    const [token] = match;
    if (token === '}' || token === ']') depth -= 1;
    if (start !== undefined && (depth === 0 || (depth === 1 && token === ','))) {
      return json.slice(start, match.index).trim();
    }
    if (token === '{' || token === '[') depth += 1;
    else if (depth === 1 && token === ':' && key === `"${name}"` && start === undefined)
      start = tokens.lastIndex;
    if (token === '"') {
      tokens.lastIndex = endOfString(json, match.index);
      key = depth === 1 ? json.slice(match.index, tokens.lastIndex) : undefined;
    }
  }
  return undefined;
}

/** A member of an object; undefined for anything else. */
export function memberOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** The member at a path of names. */
export function pathOf(value: unknown, ...names: string[]): unknown {
  return names.reduce(memberOf, value);
}

/** A list of any kind as float64; null is NaN, true is 1. Undefined when it is not a list of numbers. */
export function numbersOf(value: unknown): Float64Array | undefined {
  if (value instanceof BigInt64Array) return Float64Array.from(value, Number);
  if (ArrayBuffer.isView(value)) return new Float64Array(value as Float32Array);
  if (!Array.isArray(value)) return undefined;
  const numbers = new Float64Array(value.length);
  for (let i = 0; i < numbers.length; i++) {
    const number = numberOf(value[i]);
    if (number === undefined) return undefined;
    numbers[i] = number;
  }
  return numbers;
}

function numberOf(item: unknown): number | undefined {
  if (typeof item === 'number') return item;
  if (item === null) return Number.NaN;
  if (item instanceof UbjsonFloat) return item.value;
  return typeof item === 'boolean' || typeof item === 'bigint' ? Number(item) : undefined;
}

/** A parameter as text: XGBoost writes `"12"` and `"5E-1"`; numbers are accepted too. */
export function parameterOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const number = typeof value === 'object' && !(value instanceof UbjsonFloat) ? undefined : numberOf(value);
  return number === undefined ? undefined : String(number);
}
