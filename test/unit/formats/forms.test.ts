import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { readPolicy } from '../../../src/formats/sb3/read-policy.ts';
import { readVecNormalize } from '../../../src/formats/sb3/read-vec-normalize.ts';
import { readScaler } from '../../../src/formats/sklearn/read-scaler.ts';
import { readForecaster } from '../../../src/formats/torch/read-forecaster.ts';
import { policyGraph, policyOutput } from '../../../src/models/policy-graph.ts';
import { createSession } from '../../../src/models/session.ts';
import { validatePair } from '../../../src/packages/validate-pair.ts';
import { normalizeObservation } from '../../../src/pipeline/observation.ts';
import { scalerWidth, scaling } from '../../../src/pipeline/scaler.ts';

/** Files in the forms of public repositories, with the numbers of Python (test/fixtures/formats/forms). */

const folder = fileURLToPath(new URL('../../fixtures/formats/forms/', import.meta.url));
const bytesOf = (path: string) => readFileSync(folder + path);
const reader = (path: string) => memoryReader(bytesOf(path));
const packages = new URL('../../fixtures/packages/alpha/', import.meta.url);

type Rows = readonly (readonly number[])[];

interface Form {
  readonly right: 'read' | 'refused';
  readonly names?: readonly string[];
  readonly code?: string;
}

/** What `expected.json` of a folder says of all its files. */
function expectedOf<Shared, File>(group: string) {
  const { files, ...shared } = JSON.parse(bytesOf(`${group}/expected.json`).toString());
  const all = Object.entries(files) as [string, Form & File][];
  return {
    shared: shared as Shared,
    read: all.filter(([, { right }]) => right === 'read'),
    refused: all.filter(([, { right }]) => right === 'refused'),
  };
}

async function refusalOf(read: () => Promise<unknown>): Promise<PaperdeskError> {
  const error = await read().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PaperdeskError);
  return error as PaperdeskError;
}

async function expectNamed(read: () => Promise<unknown>, { names = [], code }: Form): Promise<string> {
  const error = await refusalOf(read);
  for (const name of names) expect(error.message).toContain(name);
  if (code !== undefined) expect(error.code).toBe(code);
  return error.message;
}

function largestDifference(actual: Rows, expected: Rows): number {
  const differences = expected.map((row, i) =>
    Math.max(...row.map((value, k) => Math.abs(actual[i]![k]! - value))),
  );
  return Math.max(...differences);
}

describe('scalers', () => {
  const { shared, read, refused } = expectedOf<
    { raw: Rows; features: string[] },
    { transformed: Rows; knows_names: boolean }
  >('scalers');

  test.each(read)(
    '%s scales as scikit-learn, to the last bit',
    async (name, { transformed, knows_names }) => {
      const scaler = await readScaler(reader(`scalers/${name}`));
      const scale = scaling(scaler);
      expect(scalerWidth(scaler)).toBe(28);
      expect(shared.raw.map((row) => row.map(scale))).toEqual(transformed);
      expect(scaler.featureOrder).toEqual(knows_names ? shared.features : undefined);
    },
  );

  test.each(refused)('%s is refused by its name', async (name, form) => {
    await expectNamed(() => readScaler(reader(`scalers/${name}`)), { code: 'NOT_SCALER', ...form });
  });
});

describe('checkpoints', () => {
  const { shared, read, refused } = expectedOf<
    { models: Record<string, { parameters: number }> },
    { model: string; tensors?: number; shared?: number }
  >('checkpoints');

  test.each(read)('%s has the one PatchTST in it', async (name, { model }) => {
    const { shape, weights } = await readForecaster(reader(`checkpoints/${name}`));
    expect(shape.parameters).toBe(shared.models[model]!.parameters);
    expect(weights.size).toBe(19);
  });

  test.each(refused)('%s is refused, with counts that add up', async (name, form) => {
    const message = await expectNamed(() => readForecaster(reader(`checkpoints/${name}`)), form);
    if (form.tensors === undefined) return;
    const there = form.shared ?? 0;
    expect(message).toContain(`it has ${there} of the 19 tensors that are needed`);
    expect(message).toContain(`lacks ${19 - there} `);
    expect(message).toContain(`${form.tensors - there} of its ${form.tensors} tensors are not`);
  });
});

describe('policies', () => {
  const { shared, read, refused } = expectedOf<
    { observations: Rows },
    { mean: Rows; std: Rows; action: Rows }
  >('policies');
  const isPolicy = ([name]: readonly [string, ...unknown[]]) => name.endsWith('.zip');

  test.each(read.filter(isPolicy))(
    '%s has the mean and deviation of torch',
    async (name, { mean, std, action }) => {
      const policy = await readPolicy(reader(`policies/${name}`));
      const session = await createSession(policyGraph(policy).encode(), { threads: 1 });
      const outputs = [];
      for (const row of shared.observations) {
        outputs.push(policyOutput(policy, await session.run(Float32Array.from(row), [1, 72])));
      }
      await session.dispose();
      const means = outputs.map((output) => [...output.mean]);
      expect(largestDifference(means, mean)).toBeLessThan(1e-5);
      expect(
        largestDifference(
          outputs.map((output) => [...output.std]),
          std,
        ),
      ).toBeLessThan(1e-5);
      const clipped = means.map((row) => row.map((value) => Math.min(1, Math.max(-1, value))));
      expect(largestDifference(clipped, action)).toBeLessThan(1e-5);
    },
  );

  test.each(refused.filter(isPolicy))('%s: all that is wrong, in one answer', async (name, form) => {
    const file = (path: string) => memoryReader(readFileSync(new URL(path, packages)));
    const files = {
      forecast: file('forecast_model.pt'),
      policy: reader(`policies/${name}`),
      ...{ scaler: undefined, manifest: undefined, vecNormalize: undefined },
    };
    const message = await expectNamed(() => validatePair(files), form);
    const places = (form.names ?? []).map((word) => message.indexOf(word));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});

describe('files of VecNormalize.save', () => {
  const { read, refused } = expectedOf<object, { raw: Rows; normalised: Rows; norm_obs: boolean }>(
    'policies',
  );
  const isNormalization = ([name]: readonly [string, ...unknown[]]) => name.startsWith('vecnormalize');

  test.each(read.filter(isNormalization))('%s normalizes as in training', async (name, form) => {
    const statistics = await readVecNormalize(reader(`policies/${name}`));
    expect(statistics.observations !== undefined).toBe(form.norm_obs);
    const rows = form.raw.map((row) => [...normalizeObservation(Float32Array.from(row), statistics)]);
    expect(largestDifference(rows, form.normalised)).toBeLessThan(1e-5);
  });

  test.each(refused.filter(isNormalization))('%s is refused', async (name, form) => {
    await expectNamed(() => readVecNormalize(reader(`policies/${name}`)), form);
  });
});
