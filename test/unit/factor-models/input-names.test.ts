import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrixOf } from '../../../src/http/factor-models/predict/rows.ts';
import { createTestScanner, type Directory, makeDirectory } from '../../helper/factor-directory.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import { ubjson } from '../../helper/ubjson-writer.ts';
import { gbtree, model } from '../../helper/xgboost-writer.ts';

let directory: Directory;
let cache: Directory;
beforeAll(async () => {
  [directory, cache] = [await makeDirectory(), await makeDirectory()];
});
afterAll(() => Promise.all([directory.remove(), cache.remove()]));

/** A group whose list has the factors a, b and c. */
async function groupWith(featureNames: string[]) {
  await directory.write('XUSDT_up_factors.txt', 'a\nb\nc\n');
  await directory.write('XUSDT_up_model.ubj', ubjson(model(gbtree([1]), { featureNames })));
  return createTestScanner(directory.folder, cache.folder).scan().groups.get('XUSDT_up')!;
}

describe("the model's own names of its inputs", () => {
  test.each([
    ['none', []],
    ['the same', ['a', 'b', 'c']],
    ["XGBoost's numbers", ['f0', 'f1', 'f2']],
    ["pandas' numbers", ['0', '1', '2']],
  ])('%s: rows by name follow the list', async (_name, names) => {
    const group = await groupWith(names);
    expect(group.warnings).toEqual([]);
    expect([...matrixOf([{ a: 1, b: 2, c: 3 }], group)]).toEqual([1, 2, 3]);
  });

  test('in another order: a warning, and rows by name follow the model', async () => {
    const group = await groupWith(['c', 'b', 'a']);
    expect(group.warnings).toEqual([
      expect.stringMatching(/listed in another order.*input 0 is "c" to the model/),
    ]);
    expect([...matrixOf([{ a: 1, b: 2, c: 3 }, [1, 2, 3], { 0: 7 }], group)]).toEqual([
      ...[3, 2, 1],
      ...[1, 2, 3],
      ...[7, Number.NaN, Number.NaN],
    ]);
  });

  test.each([
    ['other names', ['x', 'y', 'z']],
    ['numbers in another order', ['f2', 'f1', 'f0']],
    ['two of three', ['a', 'b', 'z']],
  ])('%s: a warning, and only its own names are taken', async (_name, names) => {
    const group = await groupWith(names);
    expect(group.warnings).toEqual([expect.stringMatching(/has other names for its inputs/)]);
    expect([...matrixOf([{ [names[2]!]: 3, [names[0]!]: 1 }], group)]).toEqual([1, Number.NaN, 3]);
    expectRefusal(() => matrixOf([{ c: 1 }], group), 'FACTOR_ROWS_INVALID', /"c".*names its own: "/);
  });
});
