import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedDocuments } from '../../scripts/docs-tables.ts';
import { ROOMS, WIRING } from '../../scripts/rooms.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

test('the generated tables of the documents are up to date ("npm run docs" writes them)', async () => {
  for (const { path, text, expected } of await generatedDocuments()) expect(text, path).toBe(expected);
});

test('the room table has every folder and file of src, and nothing else', () => {
  const paths = [...ROOMS.map(({ path }) => path), ...WIRING.map((name) => `src/${name}.ts`)];
  expect(paths.filter((path) => !existsSync(join(PROJECT_ROOT, path)))).toEqual([]);
  const inSource = readdirSync(join(PROJECT_ROOT, 'src')).map((name) => `src/${name}`);
  expect(inSource.filter((path) => !paths.includes(path))).toEqual([]);
});
