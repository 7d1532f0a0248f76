import { expect, test, vi } from 'vitest';
import { type ReadinessSources, readReadiness } from '../../../src/services/readiness.ts';

const WARM = { id: 'ppo_v1', status: 'READY', warmUpStatus: 'DONE' };
const NODE = { id: '1', name: 'a', role: 'all', version: '1', startedAt: 0, heartbeatAgeMs: 0, leases: [] };

/** The sources of a node whose market has no candles yet. */
function sources(isShared: boolean, engineState = 'running') {
  const list = vi.fn(async () => [WARM]);
  const warn = vi.fn();
  const exchange = {
    id: 'x',
    circuit: { state: 'closed' },
    clock: { bad: false },
    weight: null,
    lastError: null,
  };
  const given = {
    registry: { list },
    marketStatus: async () => ({ exchange, symbols: [] }),
    engine: { status: () => ({ state: engineState, pid: 1, deaths: 3, pending: 0, models: [] }) },
    cluster: { isShared, nodes: async () => [{ ...NODE, report: {} }] },
    log: { info() {}, warn, error() {} },
  };
  return { given: given as unknown as ReadinessSources, list, warn };
}

test('a node among others is ready when its own components are', async () => {
  const { isNodeReady, isClusterReady, parts, nodes } = await readReadiness(sources(true).given);
  expect({ isNodeReady, isClusterReady }).toEqual({ isNodeReady: true, isClusterReady: false });
  expect(parts.market).toMatchObject({ ready: false, scope: 'cluster' });
  expect(parts.default_package).toMatchObject({ ready: true, scope: 'cluster' });
  expect(parts.database).toMatchObject({ ready: true, scope: 'node' });
  expect(parts.inference).toMatchObject({ ready: true, scope: 'node' });
  expect(nodes).toMatchObject([{ name: 'a' }]);
  expect(await readReadiness(sources(true, 'resting').given)).toMatchObject({ isNodeReady: false });
});

test('one process is ready when everything is', async () => {
  expect(await readReadiness(sources(false).given)).toMatchObject({
    isNodeReady: false,
    isClusterReady: false,
  });
});

test('without its database a node is not ready and knows no nodes', async () => {
  const { given, list, warn } = sources(true);
  list.mockRejectedValue(new Error('connection lost'));
  const { isNodeReady, parts, nodes } = await readReadiness(given);
  expect(isNodeReady).toBe(false);
  expect(Object.entries(parts).filter(([, { ready }]) => ready)).toMatchObject([['inference', {}]]);
  expect(nodes).toEqual([]);
  expect(warn).toHaveBeenCalledOnce();
});
