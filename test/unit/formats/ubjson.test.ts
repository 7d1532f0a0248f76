import { describe, expect, test } from 'vitest';
import { readUbjson, UbjsonFloat } from '../../../src/formats/ubjson/ubjson.ts';
import { bytes, type Part } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import { ubjson } from '../../helper/ubjson-writer.ts';

const read = (...parts: readonly Part[]) => readUbjson(bytes(...parts), 'The file');
const huge = Buffer.from('7fffffffffffffff', 'hex');

describe('readUbjson', () => {
  test('reads every kind of value', () => {
    const typed = {
      d: Float32Array.from([1.5, -2]),
      D: Float64Array.from([0.1]),
      i: Int8Array.from([-1]),
      U: Uint8Array.from([255]),
      I: Int16Array.from([-300]),
      l: Int32Array.from([2 ** 31 - 1]),
      L: BigInt64Array.from([-(2n ** 63n)]),
      empty: new Float32Array(0),
    };
    const value = readUbjson(
      ubjson({ ...typed, list: [null, true, false, 'text ü', 7, -200, 1.5], nested: {} }),
      'x',
    );
    expect(value).toEqual(
      new Map(
        Object.entries({
          ...typed,
          list: [null, true, false, 'text ü', 7, -200, new UbjsonFloat(1.5)],
          nested: new Map(),
        }),
      ),
    );
  });

  test('reads containers without counts, and skips no-ops', () => {
    expect(read('[', 'N', 'i', 1, 'U', 2, ']')).toEqual([1, 2]);
    expect(read('{', 'U', 1, 'a', 'C', 'x', '}')).toEqual(new Map([['a', 'x']]));
  });

  test('keys cannot reach a prototype', () => {
    expect(readUbjson(ubjson({ ['__proto__']: 1 } as never), 'x')).toEqual(new Map([['__proto__', 1]]));
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
  });

  test.each([
    ['nothing', [], /1 bytes are declared where only 0 are left/],
    ['bytes behind its end', ['Z', 'Z'], /1 bytes follow/],
    ['an unknown type', ['X'], /"X" is not a type/],
    ['a high-precision number', ['H', 'U', 1, '1'], /"H" is not a type/],
    ['a string longer than the file', ['S', 'L', huge, 'x'], /are left/],
    ['a string of negative length', ['S', 'i', 0xff], /-1 elements/],
    ['more elements than bytes', ['[$d#', 'l', 0, 0, 0, 9, 0, 0], /9 elements/],
    ['more values than bytes', ['[#', 'L', huge], /are left/],
    ['a typed array of strings', ['[$S#', 'U', 1, 'x'], /arrays of type "S"/],
    ['a type without a count', ['[$d', 'U', 1], /has no count/],
    ['a typed object', ['{$U#', 'U', 1, 'U', 1, 'a', 1], /typed objects/],
    ['the same key twice', ['{', 'U', 1, 'a', 'Z', 'U', 1, 'a', 'Z', '}'], /occurs twice/],
    ['an array without an end', ['[', 'Z'], /are left/],
    ['deep nesting', ['['.repeat(100)], /deeper than 64/],
  ] as const)('refuses %s', (_name, parts, sentence) =>
    expectRefusal(() => read(...parts), 'UBJSON_MALFORMED', sentence),
  );
});
