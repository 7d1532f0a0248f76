// promise: docs/operations.md "data/factor-models"
// promise: factor-models.md "<key>_factors.txt"
// promise: factor-models.md "<key>_ic.csv"
// promise: factor-models.md "<key>_info.pkl"
// promise: factor-models.md "<key>_model.json"

import { mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { featureDimOf, isPayloadReady } from '../../../src/factor-models/factor-group.ts';
import { readCachedModel } from '../../../src/factor-models/group-cache.ts';
import {
  BTC,
  createTestScanner,
  type Directory,
  makeDirectory,
  ROOT_OK,
  SOL,
} from '../../helper/factor-directory.ts';
import { op, pickle } from '../../helper/pickle-assembler.ts';

let directory: Directory;
let cacheFolder: Directory;
let scanner: ReturnType<typeof createTestScanner>;

beforeEach(async () => {
  directory = await makeDirectory(ROOT_OK);
  cacheFolder = await makeDirectory();
  scanner = createTestScanner(directory.folder, cacheFolder.folder);
});
afterEach(async () => {
  await directory.remove();
  await cacheFolder.remove();
});

function modelText(key: string): string {
  return readCachedModel(scanner.scan().groups.get(key)!.model!).toString();
}

describe('a group', () => {
  test('is found in nested folders; its key is the name before the suffix', async () => {
    const { groups } = scanner.scan();
    expect([...groups.keys()]).toEqual([
      'BNBUSDT_mid_chg_1m',
      'BTCUSDT_mid_chg_1m',
      'ETHUSDT_mid_chg_5m',
      'SOLUSDT_mid_chg_1m',
    ]);
    expect([...groups.values()].every((group) => isPayloadReady(group) && group.warnings.length === 0)).toBe(
      true,
    );
  });

  test('takes factors and IC rows from the text files before the info', async () => {
    await directory.write(`${SOL}_factors.txt`, '\r\n a \n\nb\n');
    await directory.write(`${SOL}_ic.csv`, 'Kendall_tau,x,factor_name\nnan,1,a\n-0.5,2,"b"\n');
    const group = scanner.scan().groups.get(SOL)!;
    expect(group.factors).toEqual(['a', 'b']);
    expect(group.icRows).toEqual([
      { symbol: null, factorName: 'a', returnName: null, kendallTau: null },
      { symbol: null, factorName: 'b', returnName: null, kendallTau: -0.5 },
    ]);
  });

  test('takes factors and IC rows from the info where there are no text files', async () => {
    await rm(directory.path(`${SOL}_ic.csv`));
    await rm(directory.path(`${SOL}_factors.txt`));
    const group = scanner.scan().groups.get(SOL)!;
    expect(group.factors).toHaveLength(12);
    expect(group.icRows[0]).toEqual({
      symbol: 'SOLUSDT',
      factorName: 'ofi_l1',
      returnName: 'mid_chg_1m',
      kendallTau: -0.02801,
    });
    expect(group.warnings).toEqual([]);
  });

  test('takes its symbol from the key where no artifact has it', async () => {
    await directory.write('XRPUSDT_mid_chg_9m_factors.txt', 'a\n');
    await directory.write('lonely_factors.txt', 'a\n');
    const { groups } = scanner.scan();
    expect(groups.get('XRPUSDT_mid_chg_9m')).toMatchObject({
      symbol: 'XRPUSDT',
      returnName: 'mid_chg_9m',
      model: null,
    });
    expect(groups.get('lonely')).toMatchObject({ symbol: 'lonely', warnings: ['lonely has no model.'] });
  });

  test('has files of one folder only, the first one', async () => {
    await mkdir(directory.path('a'));
    await directory.write(`a/${SOL}_factors.txt`, 'other\n');
    const group = scanner.scan().groups.get(SOL)!;
    expect(group.artifacts.model_pkl!.path).toBe(directory.path(`${SOL}_model.pkl`));
    expect(group.factors).toHaveLength(12);
    expect(group.warnings).toEqual([expect.stringContaining('two folders')]);
  });

  test('has no file that begins with a dot or has another suffix', async () => {
    await directory.write(`.${SOL}x_factors.txt`, 'a\n');
    await directory.write('X_factors.txt.tmp', 'a\n');
    await directory.write('_factors.txt', 'a\n');
    expect(scanner.scan().groups.size).toBe(4);
  });

  test('uses a model in JSON unchanged, before the pickle', async () => {
    const json = (await directory.read('ETHUSDT_mid_chg_5m_model.json')).toString();
    await directory.write(`${SOL}_model.json`, ` ${json}\n`);
    const group = scanner.scan().groups.get(SOL)!;
    expect(group.model).toMatchObject({ from: 'model_json', jsonPath: directory.path(`${SOL}_model.json`) });
    expect(featureDimOf(group)).toBe(8);
    expect(group.warnings).toEqual([expect.stringContaining('12 factors, but its model takes 8')]);
    expect(modelText(SOL)).toBe(` ${json}\n`);
  });
});

describe('a broken file is a warning on its group, and the other groups work', () => {
  const command = pickle(op.global('os', 'system'), op.text('touch /tmp/pwned'), op.tuple1, op.reduce);
  test.each([
    ['_info.pkl', command, /os system/],
    ['_model.pkl', command, /os system/],
    ['_info.pkl', pickle(op.emptyList), /not a dict/],
    ['_model.pkl', Buffer.from('garbage'), /not a valid pickle/],
    ['_model.json', '{"learner":', /not valid JSON/],
    ['_model.json', '{"learner":{}}', /not an XGBoost model/],
    ['_factors.txt', Buffer.from([0xff, 0xfe, 0x41]), /not UTF-8/],
    ['_factors.txt', '\n \n', /names no factor/],
    ['_ic.csv', 'symbol,factor_name\nSOLUSDT,a\n', /no column Kendall_tau/],
    ['_ic.csv', 'factor_name,Kendall_tau\na,0.5\nb\n', /row 2, has 1 fields/],
    ['_ic.csv', 'factor_name,Kendall_tau\na,half\n', /"half"/],
    ['_ic.csv', 'factor_name,Kendall_tau\n"a"b,0.5\n', /quote/],
    ['_info.pkl', '', /0 bytes/],
  ])('%s (case %#)', async (suffix, content, sentence) => {
    await directory.write(`${SOL}${suffix}`, content);
    const { groups } = scanner.scan();
    expect(groups.get(SOL)!.warnings[0]).toMatch(sentence);
    expect(groups.get(BTC)).toMatchObject({ warnings: [] });
    expect(isPayloadReady(groups.get(BTC)!)).toBe(true);
  });

  test('a root that does not exist or is a file is refused', async () => {
    for (const name of ['nowhere', `${SOL}_ic.csv`]) {
      const scan = () => createTestScanner(directory.path(name), cacheFolder.folder).scan();
      expect(scan).toThrow(`model root path not found or not directory: ${directory.path(name)}`);
    }
  });
});

describe('another scan', () => {
  test('reads only groups that changed', async () => {
    expect(scanner.scan()).toMatchObject({ read: 4, unchanged: 0 });
    expect(scanner.scan(false)).toMatchObject({ read: 0, unchanged: 4, removed: [] });
    await utimes(directory.path(`${SOL}_ic.csv`), 1, 1);
    const changed = scanner.scan(false);
    expect(changed).toMatchObject({ read: 1, unchanged: 3 });
    expect([...changed.groups.keys()]).toEqual([SOL]);
    await rm(directory.path('nested'), { recursive: true });
    expect(scanner.scan(false)).toMatchObject({ read: 0, removed: ['BNBUSDT_mid_chg_1m'] });
  });

  test('reads only groups that changed, also after a restart', async () => {
    const before = scanner.scan().groups;
    scanner.restart();
    const after = scanner.scan();
    expect(after).toMatchObject({ read: 0, unchanged: 4 });
    expect(after.groups).toEqual(before);
  });

  test('does not change the directory', async () => {
    const list = async () => (await readdir(directory.folder, { recursive: true })).sort();
    const before = await list();
    scanner.scan();
    expect(await list()).toEqual(before);
  });

  test('converts models again that are missing in the cache, and deletes unused ones', async () => {
    const path = scanner.scan().groups.get(SOL)!.model!.cachedPath;
    await rm(path);
    expect(scanner.scan(false).read).toBe(1);
    await rm(directory.path(`${SOL}_model.pkl`));
    scanner.scan(false);
    scanner.scan(false);
    expect((await readdir(cacheFolder.folder)).filter((name) => name.startsWith('SOL'))).toEqual([]);
  });

  test('limits the file of cached groups, no matter how often a group changes', async () => {
    for (let seconds = 1; seconds <= 30; seconds++) {
      await utimes(directory.path(`${SOL}_ic.csv`), seconds, seconds);
      scanner.scan(false);
    }
    const lines = (await cacheFolder.read('groups.jsonl')).toString().trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(8);
    const before = scanner.scan().groups;
    scanner.restart();
    expect(scanner.scan()).toMatchObject({ read: 0, groups: before });
  });
});

describe('while files are being written', () => {
  test.each(['_info.pkl', '_model.pkl', '_ic.csv', '_factors.txt'])(
    'a half-written %s leaves the last complete state',
    async (suffix) => {
      const good = scanner.scan().groups.get(SOL)!;
      const text = modelText(SOL);
      const whole = await directory.read(`${SOL}${suffix}`);
      await directory.write(`${SOL}${suffix}`, whole.subarray(0, whole.length / 2));
      const { warnings, ...shown } = scanner.scan().groups.get(SOL)!;
      const { warnings: _, ...before } = good;
      expect(shown).toEqual(before);
      expect(warnings.at(-1)).toMatch(/shown as it was/);
      expect(modelText(SOL)).toBe(text);

      scanner.restart();
      expect(scanner.scan().groups.get(SOL)!.model).toEqual(good.model);

      await directory.write(`${SOL}${suffix}`, whole);
      expect(scanner.scan().groups.get(SOL)!.warnings).toEqual([]);
    },
  );

  test('a truncated file leaves the last state as well, and a renamed file is read', async () => {
    scanner.scan();
    await directory.write(`${SOL}_model.pkl`, '');
    expect(isPayloadReady(scanner.scan().groups.get(SOL)!)).toBe(true);
    await directory.write('new.tmp', await directory.read(`${BTC}_model.pkl`));
    await directory.write(`${SOL}_factors.txt`, await directory.read(`${BTC}_factors.txt`));
    await rename(directory.path('new.tmp'), join(directory.folder, `${SOL}_model.pkl`));
    const group = scanner.scan().groups.get(SOL)!;
    expect(group.warnings).toEqual([]);
    expect(group.model!.facts.trees).toBe(25);
  });
});
