import { beforeEach, expect, test } from 'vitest';
import type { NodeState } from '../../../src/cluster/cluster.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import type { FactorModels } from '../../../src/factor-models/factor-models.ts';
import { createSnapshot } from '../../../src/factor-models/factor-snapshot.ts';
import { createSharedFactorModels } from '../../../src/factor-models/shared-factor-models.ts';

const OWN = { id: '2', name: 'b', role: 'all', version: '1' } as const;

/** What the directories of this node contain; `near` was read, `far` could not be. */
const models = {
  read: () => ['near'],
  snapshot: async (name: string) =>
    createSnapshot({ name, root: `/data/${name}`, scannedAt: name === 'near' ? 1 : null }, []),
  changes: async () => [],
  refresh: fail,
  register: fail,
} as unknown as FactorModels;

async function fail(): Promise<never> {
  throw failure;
}

let failure: unknown;
let others: Pick<NodeState, 'id' | 'name' | 'report'>[] = [];
const own = { ...OWN, startedAt: 0, heartbeatAgeMs: 0, leases: [], report: { 'factor-models': ['old'] } };
const reported = new Map<string, unknown>();
const shared = createSharedFactorModels(models, {
  node: OWN,
  nodes: async () => [own, ...others.map((node) => ({ ...own, ...node }))],
  reportPart: (name, read) => void reported.set(name, read()),
});

beforeEach(() => {
  failure = new PaperdeskError('FACTOR_ROOT_INVALID', 'not found: /data/far');
  others = [
    { id: '1', name: 'a', report: { 'factor-models': ['far', 'near'] } },
    { id: '3', name: 'c', report: { 'factor-models': ['far', 7] } },
    { id: '4', name: 'd', report: { 'factor-models': 'far' } },
    { id: '5', name: 'a', report: {} },
  ];
});

test('reports what this node has read, and knows what it and the others have', async () => {
  expect(Object.fromEntries(reported)).toEqual({ 'factor-models': ['near'] });
  expect(Object.fromEntries((await shared.nodes()) ?? [])).toEqual({ near: ['a', 'b'], far: ['a', 'c'] });
});

test('refuses requests for a directory that only others have, and names them', async () => {
  const refusal = {
    code: 'FACTOR_ROOT_NOT_HERE',
    message:
      'The node b cannot read /data/far, the directory of far. Send the request to a node that has it: a, c.',
  };
  await expect(shared.snapshot('far')).rejects.toMatchObject(refusal);
  await expect(shared.changes('far')).rejects.toMatchObject(refusal);
  await expect(shared.refresh('far')).rejects.toMatchObject(refusal);
  others = [];
  await expect(shared.snapshot('far')).rejects.toThrow('No other node that is alive has read it, either.');
  expect(await shared.snapshot('near')).toMatchObject({ modelName: 'near' });
  expect(await shared.changes('near')).toEqual([]);
});

test('says which node looked for a directory that cannot be registered or read again', async () => {
  const refusal = {
    code: 'FACTOR_ROOT_INVALID',
    message: 'not found: /data/far. The node b looked for it on its own machine.',
  };
  await expect(shared.register('far', '/data/far')).rejects.toMatchObject(refusal);
  await expect(shared.refresh('near')).rejects.toMatchObject(refusal);
  failure = new Error('a thread died');
  await expect(shared.register('far', '/data/far')).rejects.toBe(failure);
  await expect(shared.refresh('far')).rejects.toBe(failure);
});
