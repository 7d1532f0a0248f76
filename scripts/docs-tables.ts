import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES, FILE_REFUSALS } from '../src/errors.ts';
import { FEATURE_FAMILIES } from '../src/pipeline/features/catalogue.ts';
import type { FeatureFamily } from '../src/pipeline/features/family.ts';
import { settingsTable } from '../src/settings.ts';
import { ROOMS, SHARED, WIRING } from './rooms.ts';

/**
 * Generates the tables of the documents: `npm run docs` writes them, and with `--check`, as in `npm run check`, a table
 * that is out of date is an error.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Tables by document and by the marker around them: `<!-- rooms -->` to `<!-- /rooms -->`. */
const TABLES: Record<string, Record<string, () => string>> = {
  'README.md': { settings: settingsTable },
  'docs/api.md': { 'error-codes': () => errorTable(ERROR_CODES) },
  'docs/architecture.md': { rooms: roomTable },
  'docs/reference/pipelines.md': { features: featureTable },
  'docs/writing-a-package.md': { forecaster: forecasterCode, refusals: () => errorTable(FILE_REFUSALS) },
};

interface GeneratedDocument {
  readonly path: string;
  readonly text: string;
  /** The text with up-to-date tables. */
  readonly expected: string;
}

/** Every document with generated tables. @throws Error when a marker is missing */
export function generatedDocuments(): Promise<GeneratedDocument[]> {
  return Promise.all(
    Object.entries(TABLES).map(async ([name, tables]) => {
      const path = `${ROOT}${name}`;
      const text = await readFile(path, 'utf8');
      let expected = text;
      for (const [marker, table] of Object.entries(tables)) {
        const block = new RegExp(`(<!-- ${marker} -->\n)[\\s\\S]*?(<!-- /${marker} -->)`);
        if (!block.test(text)) throw new Error(`${name} has no table marked <!-- ${marker} -->.`);
        expected = expected.replace(
          block,
          (_all, start: string, end: string) => `${start}${table()}\n${end}`,
        );
      }
      return { path, text, expected };
    }),
  );
}

function errorTable(codes: Record<string, { status: number; title: string }>): string {
  const rows = Object.entries(codes).map(
    ([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`,
  );
  return ['| code | status | meaning |', '|---|---|---|', ...rows].join('\n');
}

function roomTable(): string {
  const rows = ROOMS.map(({ path, holds, mayImport }) => {
    const imports = mayImport.includes('*') ? 'everything' : mayImport.map(code).join(', ') || 'nothing';
    return `| ${code(path)} | ${holds} | ${imports} |`;
  });
  return [
    '| room | holds | may import |',
    '|---|---|---|',
    ...rows,
    `| ${WIRING.map((name) => code(`src/${name}.ts`)).join(', ')} | the wiring of the rooms | everything |`,
    '',
    `Every room may also import ${SHARED.map(code).join(', ')}.`,
  ].join('\n');
}

function featureTable(): string {
  const rows = FEATURE_FAMILIES.map((family) => {
    const { template, smallest } = family;
    const limits = Object.entries(smallest ?? {}).map(
      ([letter, value]) => `; ${letter} is at least ${value}`,
    );
    const definition = `${family.definition}${limits.join('')}`.replaceAll('|', '\\|').replaceAll('*', '\\*');
    return `| ${code(template)} | ${definition} | ${firstRowText(family)} |`;
  });
  return ['| name | definition | first row |', '|---|---|---|', ...rows].join('\n');
}

/** The first row as a sum of the letters in the name, for example `N + M - 2`. @throws Error where it is none */
function firstRowText({ template, firstRow }: FeatureFamily): string {
  const letters = template.split('_').filter((part) => /^[A-Z]$/.test(part));
  const at = (value: (letter: string) => number) =>
    firstRow(Object.fromEntries(letters.map((letter) => [letter, value(letter)])));
  const constant = at(() => 0);
  const counted = letters.filter((letter) => at((other) => (other === letter ? 1 : 0)) !== constant);
  if (at(() => 1000) !== 1000 * counted.length + constant)
    throw new Error(`The first row of ${template} is not a sum of its numbers; describe it in another way.`);
  if (counted.length === 0) return `${constant}`;
  const sign = constant < 0 ? '-' : '+';
  return counted.join(' + ') + (constant === 0 ? '' : ` ${sign} ${Math.abs(constant)}`);
}

/** The forecaster of tools/make_proof.py as Python code. @throws Error when it is not found */
function forecasterCode(): string {
  const source = readFileSync(`${ROOT}tools/make_proof.py`, 'utf8');
  const indented = /^( +)class PatchTST\(nn\.Module\):\n(?:\1 .*\n|\n)*/m.exec(source);
  if (indented === null) throw new Error('tools/make_proof.py has no class PatchTST.');
  const [text, indent] = indented;
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(indent!.length));
  return ['```python', 'import torch', 'from torch import nn', '', '', ...lines, '```'].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, text, expected } of await generatedDocuments()) {
    if (text === expected) continue;
    if (process.argv.includes('--check')) {
      console.error(`${relative(ROOT, path)} has a table that is out of date; run "npm run docs".`);
      process.exitCode = 1;
    } else await writeFile(path, expected);
  }
}
