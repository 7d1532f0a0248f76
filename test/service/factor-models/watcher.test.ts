import { mkdir, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BTC, type Directory, makeDirectory, ROOT_OK, SOL } from '../../helper/factor-directory.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

let service: TestService;
let directory: Directory;

beforeEach(async () => {
  service = await startTestService({
    env: { MODEL_MANAGER_WATCH_INTERVAL: '0.1', MODEL_MANAGER_WATCH_DEBOUNCE: '0.3' },
  });
  directory = await makeDirectory(ROOT_OK);
  await service.services.factorModels.register('alpha', directory.folder);
});
afterEach(async () => {
  await service.close();
  await directory.remove();
});

const shown = () => service.services.factorModels.snapshot('alpha');
const symbols = async () => (await shown()).symbols;
const warnings = async () => (await shown()).warnings;
const group = async (key: string) => (await shown()).groups.find((one) => one.key === key);

describe('a watched directory', () => {
  test('is read again after a file was renamed into a new folder', async () => {
    await mkdir(directory.path('new/deep'), { recursive: true });
    await directory.write('tmp', 'a\nb\n');
    await rename(directory.path('tmp'), directory.path('new/deep/XRPUSDT_up_factors.txt'));
    await expect.poll(symbols).toContain('XRPUSDT');
  });

  test('never shows a half-written file, however slowly it is written', async () => {
    const whole = await directory.read(`${BTC}_model.pkl`);
    const before = await group(SOL);
    await truncate(directory.path(`${SOL}_model.pkl`), 0);
    for (const end of [100, 20_000]) {
      const snapshot = await shown();
      await directory.write(`${SOL}_model.pkl`, whole.subarray(0, end));
      await expect.poll(shown).not.toBe(snapshot);
      expect((await group(SOL))!.model).toEqual(before!.model);
    }
    await directory.write(`${SOL}_factors.txt`, await directory.read(`${BTC}_factors.txt`));
    await directory.write(`${SOL}_model.pkl`, whole);
    await expect.poll(() => group(SOL)).toMatchObject({ model: { facts: { trees: 25 } }, warnings: [] });
  });

  test('loses groups whose files are deleted, and has them again when the files come back', async () => {
    const aside = join(directory.folder, '..', `${Date.now()}-aside`);
    await rename(directory.path('nested'), aside);
    await expect.poll(symbols).not.toContain('BNBUSDT');
    await rename(aside, directory.path('nested'));
    await expect.poll(symbols).toContain('BNBUSDT');
  });

  test('keeps its last snapshot while the directory is missing', async () => {
    const aside = `${directory.folder}-aside`;
    await rename(directory.folder, aside);
    await expect.poll(async () => (await warnings()).join()).toMatch(/not found or not directory/);
    expect(await symbols()).toHaveLength(4);
    await rename(aside, directory.folder);
    await expect.poll(warnings).toEqual([]);
    await rm(directory.path('nested'), { recursive: true });
    await expect.poll(symbols).toHaveLength(3);
  });
});
