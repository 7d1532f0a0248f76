import { expect, test } from 'vitest';
import { documents } from '../../scripts/docs-tables.ts';

test('the tables in the documents are those of the program (npm run docs writes them)', async () => {
  for (const { path, text, wanted } of await documents()) expect(text, path).toBe(wanted);
});
