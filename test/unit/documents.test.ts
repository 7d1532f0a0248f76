import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedDocuments } from '../../scripts/docs-tables.ts';
import { promisesOf } from '../../scripts/promises.ts';
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

test('every promise of docs/security.md names its tests, and they exist', () => {
  const promises = promisesOf(readFileSync(join(PROJECT_ROOT, 'docs', 'security.md'), 'utf8'));
  expect(promises.length).toBeGreaterThan(20);
  const isTest = (path: string) => path.endsWith('.test.ts') && existsSync(join(PROJECT_ROOT, path));
  const broken = promises.filter(({ tests }) => tests.length === 0 || !tests.every(isTest));
  expect(broken).toEqual([]);
});
