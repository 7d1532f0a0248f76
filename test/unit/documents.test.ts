// promise: README.md, table "Settings"
// promise: docs/api.md, table "Error codes"
// promise: docs/architecture.md, table "Rooms"
// promise: pipelines.md, table "Catalogue of features"
// promise: docs/writing-a-package.md, table "Refusals"

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { generatedDocuments } from '../../scripts/docs-tables.ts';
import { readPromises } from '../../scripts/promises.ts';
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

test('every row of the documents names what holds it, and docs/promises.md lists that', () => {
  const { problems, list } = readPromises(PROJECT_ROOT);
  expect(problems).toEqual([]);
  expect(readFileSync(join(PROJECT_ROOT, 'docs', 'promises.md'), 'utf8')).toBe(list);
});

test.each([
  ['a row without a test', '| cell |\n|---|\n| one |\n', [], ['no test names the row "one".']],
  ['a test without a row', '', ['"two"'], ['names no row, or more than one.']],
  [
    'a row that is there twice',
    '| a |\n|---|\n| b |\n| b |\n',
    ['"b"'],
    ['names no row', 'row "b"', 'row "b"'],
  ],
  ['a whole table', '# Some\n\n| a |\n|---|\n| b |\n', [', table "Some"'], []],
])('%s is found out', async (_, readme, annotations, problems) => {
  const root = await mkdtemp(join(tmpdir(), 'promises-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const folder of ['docs', 'test', 'bench']) await mkdir(join(root, folder));
  await writeFile(join(root, 'README.md'), readme);
  await writeFile(join(root, 'CONTRIBUTING.md'), '');
  const comments = annotations.map(
    (text) => `// promise: ${'README.md'}${text.startsWith(',') ? '' : ' '}${text}\n`,
  );
  await writeFile(join(root, 'test', 'some.test.ts'), comments.join(''));
  const found = readPromises(root).problems.filter((problem) => !problem.startsWith('scripts/'));
  expect(found).toEqual(problems.map((problem) => expect.stringContaining(problem)));
});
