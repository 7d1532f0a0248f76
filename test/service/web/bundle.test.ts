import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';

const ASSETS = join(PROJECT_ROOT, 'dist', 'web', 'assets');
const BUDGET_BYTES = 250_000;

const scripts = async () => (await readdir(ASSETS)).filter((name) => name.endsWith('.js'));

test('all scripts of the page together are at most 250 kB, compressed', async () => {
  const sizes = await Promise.all(
    (await scripts()).map(async (name) => (await stat(join(ASSETS, `${name}.br`))).size),
  );
  expect(sizes.length).toBeGreaterThan(4);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(BUDGET_BYTES);
});

test('charts stand in a file of their own, which is imported only where one is drawn', async () => {
  const charts = (await scripts()).filter((name) => name.startsWith('chart-library-'));
  expect(charts).toHaveLength(1);
  const chart = charts[0]!;
  expect(await readFile(join(ASSETS, '..', 'index.html'), 'utf8')).not.toContain(chart);
  for (const name of await scripts()) {
    const text = await readFile(join(ASSETS, name), 'utf8');
    const isImported = new RegExp(`(?:from|import)\\s*["'\`]\\./${chart.replaceAll('.', '\\.')}`).test(text);
    expect(isImported, `${name} imports charts at once`).toBe(false);
  }
});
