import type { z } from 'zod';
import type { Comparison, Tolerance } from '../../decisions/proof/comparison.ts';
import { isJsonObject } from '../../formats/json.ts';

/** A kind of case in a golden file that holds `cases` of { name, input, expected }. */
export interface GoldenCaseKind {
  readonly name: string;
  /** Fields that the input of only this kind has. */
  readonly fields: readonly string[];
  /** Computes what is expected of `input`, as JSON or a promise of it. @throws ZodError when the input has another shape */
  compute(input: unknown): unknown;
  /** The tolerance of a number at a path like `drawdown.depth`; undefined where it must be identical. */
  toleranceOf(path: string): Tolerance | undefined;
}

/** A kind of case whose inputs have a shape. @param compute gives the JSON that is expected of an input */
export function goldenCase<Input>(
  { name, fields, toleranceOf }: Pick<GoldenCaseKind, 'name' | 'fields' | 'toleranceOf'>,
  shape: z.ZodType<Input>,
  compute: (input: Input) => unknown,
): GoldenCaseKind {
  return { name, fields, toleranceOf, compute: (input) => compute(shape.parse(input)) };
}

/**
 * Compares JSON with what is expected: the same fields and lengths, numbers within the tolerance of their path, everything
 * else identical. A quantity is a path without positions.
 */
export function compareJson(
  comparison: Comparison,
  toleranceOf: GoldenCaseKind['toleranceOf'],
  actual: unknown,
  expected: unknown,
  where: string,
  path = '',
): void {
  const quantity = path === '' ? 'answer' : path;
  const tolerance = typeof expected === 'number' ? toleranceOf(path) : undefined;
  if (typeof actual === 'number' && typeof expected === 'number' && tolerance !== undefined) {
    comparison.numbers(quantity, [actual], [expected], tolerance, where);
  } else if (Array.isArray(actual) && Array.isArray(expected)) {
    comparison.exact(`${quantity}, length`, actual.length, expected.length, where);
    expected.slice(0, actual.length).forEach((one, i) => {
      compareJson(comparison, toleranceOf, actual[i], one, `${where} [${i}]`, path);
    });
  } else if (isJsonObject(actual) && isJsonObject(expected)) {
    comparison.exact(`${quantity}, fields`, fieldsOf(actual), fieldsOf(expected), where);
    for (const [field, one] of Object.entries(expected)) {
      if (!Object.hasOwn(actual, field)) continue;
      const inner = path === '' ? field : `${path}.${field}`;
      compareJson(comparison, toleranceOf, actual[field], one, where, inner);
    }
  } else {
    comparison.exact(quantity, textOf(actual), textOf(expected), where);
  }
}

function fieldsOf(record: Record<string, unknown>): string {
  return Object.keys(record).sort().join(', ');
}

/** JSON writes NaN, infinities and -0 like other values, so they are named here. */
function textOf(value: unknown): string {
  if (typeof value !== 'number') return JSON.stringify(value) ?? 'nothing';
  return Object.is(value, -0) ? '-0' : String(value);
}
