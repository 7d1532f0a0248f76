// promise: pipelines.md, table "Proof | field"

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PathModel } from '../../../src/decisions/proof/model-path.ts';
import { provePackage } from '../../../src/decisions/proof/prove-package.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { createInferenceEngine, type InferenceEngine } from '../../../src/models/engine.ts';
import { PROOF_QUANTITIES } from '../../../src/pipeline/proof-result.ts';
import { parseManifest } from '../../../src/pipeline/uploaded-manifest.ts';
import { readPackageFolder } from '../../../src/tools/parity/package-folder.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const TOOL = fileURLToPath(new URL('../../../tools/make_proof.py', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const DELTA = join(FIXTURES, 'packages', 'delta');
const BY_TOOL = join(DELTA, 'proof_by_tool.json');
/** delta has no VecNormalize. */
const QUANTITIES = PROOF_QUANTITIES.filter((quantity) => quantity !== 'normalised_observation');

let engine: InferenceEngine;
let delta: PathModel;
let folder: string;

beforeAll(async () => {
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  engine = createInferenceEngine({ memoryBudgetBytes: 2 ** 30, log: quiet });
  delta = await readPackageFolder(join(FIXTURES, 'packages'), 'delta', undefined);
  folder = mkdtempSync(join(tmpdir(), 'make-proof-'));
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const prove = (text: string) => provePackage(memoryReader(Buffer.from(text)), delta, engine);

describe('the proof that tools/make_proof.py wrote for delta', () => {
  test('is accepted, with every quantity', async () => {
    const { cases, largest_differences: differences } = await prove(readFileSync(BY_TOOL, 'utf8'));
    expect(cases).toBe(1);
    expect(Object.keys(differences).sort()).toEqual([...QUANTITIES].sort());
  });

  test('is refused when a feature of it is changed', async () => {
    const proof = JSON.parse(readFileSync(BY_TOOL, 'utf8'));
    proof.cases[0].features[16] += 0.01;
    const sentence = /^The service computes other features than the proof: case 1 rsi_14: /;
    await expectRefusal(() => prove(JSON.stringify(proof)), 'PROOF_MISMATCH', sentence);
  });
});

// Needs Debian's Python, so it is tested only on request: PAPERDESK_TEST_PYTHON=1.
if (process.env.PAPERDESK_TEST_PYTHON === '1') describe('tools/make_proof.py', testTool);

function testTool() {
  const PYTHON = '/usr/bin/python3';

  function python(...args: string[]) {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    return spawnSync(PYTHON, args, { cwd: join(FIXTURES, 'python'), env, encoding: 'utf8' });
  }

  /** The candles and the funding of the fixture as the files of a user. */
  function writeTables(): { readonly candles: string; readonly funding: string } {
    const [{ candles, funding }] = JSON.parse(readFileSync(BY_TOOL, 'utf8')).cases;
    const table = (name: string, header: string, rows: number[][]) => {
      const path = join(folder, name);
      writeFileSync(path, [header, ...rows.map((row) => row.join(','))].join('\n'));
      return path;
    };
    return {
      candles: table('candles.csv', 'open_time_ms,open,high,low,close,volume', candles),
      funding: table('funding.csv', 'time_ms,rate', funding),
    };
  }

  beforeAll(() => {
    const { status, stderr } = python('-c', 'import numpy, pandas, torch, sklearn, joblib');
    if (status === 0) return;
    throw new Error(
      `${PYTHON} lacks a library; "apt-get install python3-torch python3-pandas python3-sklearn" installs them: ${stderr}`,
    );
  });

  test('writes the manifest and the proof of delta', async () => {
    const { candles, funding } = writeTables();
    const { stderr, status } = python(
      ...[TOOL, '--out', folder, '--windows', '1', '--candles', candles, '--funding', funding],
      ...['--pipeline-args', join(DELTA, 'manifest.json'), '--scaler', join(DELTA, 'scaler.pkl')],
      ...['--features', 'train30_features:build', '--state-dict', join(DELTA, 'forecast_model.pt')],
      ...['--policy-function', 'delta_policy:act', '--trials', '40'],
      ...['--train-candles', candles, '--train-funding', funding],
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const written = readFileSync(join(folder, 'proof.json'), 'utf8');
    const { largest_differences: differences } = await prove(written);
    expect(Object.keys(differences).sort()).toEqual([...QUANTITIES].sort());
    expect(numbersOf(JSON.parse(written))).toEqual(
      numbersOf(JSON.parse(readFileSync(BY_TOOL, 'utf8'))).map((value) => expect.closeTo(value, 6)),
    );

    const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ decision_tf: '15m', feature_set: 'train30', lookback_steps: 512 });
    expect(manifest.feature_order).toEqual(delta.pipeline.features.map(({ name }) => name));
    expect(JSON.stringify(manifest)).not.toContain('/');
    expect(manifest.trials).toBe(40);
    expect(Object.keys(manifest.feature_quantiles ?? {})).toEqual(manifest.feature_order);
    expect(manifest.feature_quantiles?.rsi_14?.edges).toHaveLength(9);
    for (const share of manifest.feature_quantiles?.rsi_14?.shares ?? []) expect(share).toBeCloseTo(0.1, 2);
  });

  test.each([
    ['--features', 'nothing:build', 'there is no module nothing in'],
    ['--features', 'train30_features:nothing', 'the module train30_features has no nothing.'],
    ['--history', '1000', 'vol_672 has no value in 184 of the last 512 rows'],
    ['--history', '2000', '--candles has 1500 candles; a window needs 2000'],
    ['--set', 'decision_tf=1h', '15 minutes apart; decision_tf is 1h.'],
    ['--set', 'stride=3', 'correct --lookback or --set stride=NUMBER.'],
    ['--policy', 'ppo.zip', '--policy needs stable-baselines3, which cannot be imported'],
    ['--state-dict', join(DELTA, 'scaler.pkl'), 'is not a state dict that torch can load'],
    ['--feature-order', 'ret_1,ret_4', 'The scaler was fitted on other columns'],
    ['--candles', join(DELTA, 'nothing.csv'), 'nothing.csv cannot be read'],
  ])('says what is wrong with %s %s', (option, value, words) => {
    const { candles } = writeTables();
    const { stderr, status } = python(
      ...[TOOL, '--out', folder, '--windows', '1', '--candles', candles],
      ...['--scaler', join(DELTA, 'scaler.pkl'), '--features', 'train30_features:build'],
      ...['--state-dict', join(DELTA, 'forecast_model.pt'), option, value],
    );
    expect(stderr).toMatch(/^make_proof\.py: /);
    expect(stderr).toContain(words);
    expect(status).toBe(1);
  });
}

/** All numbers of a proof in their order. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}
