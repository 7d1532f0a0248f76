import { expect, test } from 'vitest';
import type { ModelPackageAnswer } from '../../../src/http/packages/schema.ts';
import { searchPackages } from '../../../src/web/data/search-packages.ts';

const packageOf = (facts: Partial<ModelPackageAnswer>) =>
  ({
    name: '',
    notes: null,
    tags: [],
    aliases: [],
    hash: '',
    files: [],
    ...facts,
  }) as unknown as ModelPackageAnswer;

const all = [
  packageOf({ id: 'alpha', name: 'Älpha', aliases: ['champion'], tags: ['btc'], hash: 'abcdef12' }),
  packageOf({
    id: 'beta',
    name: 'Beta',
    notes: 'trained in May',
    files: [{ name: 'a', size: 1, sha256: '99aa77bb' }],
  }),
];

test.each([
  ['', ['alpha', 'beta']],
  [' äLPH', ['alpha']],
  ['@champ', ['alpha']],
  ['#btc', ['alpha']],
  ['in may', ['beta']],
  ['abcdef', ['alpha']],
  ['99aa77b', ['beta']],
  // Too short for a hash.
  ['abcde', []],
  ['nothing', []],
])('%j finds %j', (text, ids) => {
  expect(searchPackages(all, text).map(({ id }) => id)).toEqual(ids);
});
