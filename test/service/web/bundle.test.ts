import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';

const ASSETS = join(PROJECT_ROOT, 'dist', 'web', 'assets');

const scripts = async () => (await readdir(ASSETS)).filter((name) => name.endsWith('.js'));

test('the first view loads the scripts of no other one', async () => {
  const views = (await scripts()).find((name) => name.startsWith('views-'))!;
  expect(await readFile(join(ASSETS, '..', 'index.html'), 'utf8')).not.toContain(views);
  for (const name of await scripts()) {
    const text = await readFile(join(ASSETS, name), 'utf8');
    expect(importsAtOnce(text, views), `${name} imports other views at once`).toBe(false);
  }
});

test('charts stand in a file of their own, which is imported only where one is drawn', async () => {
  const charts = (await scripts()).filter((name) => name.startsWith('chart-library-'));
  expect(charts).toHaveLength(1);
  const chart = charts[0]!;
  expect(await readFile(join(ASSETS, '..', 'index.html'), 'utf8')).not.toContain(chart);
  for (const name of await scripts()) {
    const text = await readFile(join(ASSETS, name), 'utf8');
    expect(importsAtOnce(text, chart), `${name} imports charts at once`).toBe(false);
  }
});

function importsAtOnce(text: string, file: string): boolean {
  return new RegExp(`(?:from|import)\\s*["'\`]\\./${file.replaceAll('.', '\\.')}`).test(text);
}
