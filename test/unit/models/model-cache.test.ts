import { describe, expect, test } from 'vitest';
import type { LoadedModel } from '../../../src/models/loaded-model.ts';
import { createModelCache } from '../../../src/models/model-cache.ts';
import type { ModelFiles, ModelSummary } from '../../../src/models/worker-protocol.ts';

describe('a model', () => {
  test('is loaded once for concurrent calls', async () => {
    const { cache, opened } = setUp(100);
    const used = await Promise.all([1, 2, 3].map(() => cache.with(files('a'), async (model) => model)));
    expect(new Set(used).size).toBe(1);
    expect(opened).toEqual(['a 1']);
  });

  test('that failed to load is loaded again by the next call, and affects no other', async () => {
    const { cache, opened } = setUp(100, { fail: (name) => name === 'bad 1' && opened.length < 3 });
    await cache.with(files('a'), nothing);
    await expect(cache.with(files('bad'), nothing)).rejects.toThrow('bad 1');
    expect(cache.list().map(name)).toEqual(['a 1']);
    await cache.with(files('bad'), nothing);
    expect(opened).toEqual(['a 1', 'bad 1', 'bad 1']);
  });
});

describe('a new version', () => {
  test('replaces the old one, which is disposed of after its last user', async () => {
    const { cache, disposed } = setUp(100);
    const pause = deferred();
    const old = cache.with(files('a', '1'), () => pause.promise);
    await cache.with(files('a', '2'), nothing);
    expect(cache.list().map(name)).toEqual(['a 2']);
    expect(disposed).toEqual([]);
    pause.resolve();
    await old;
    expect(disposed).toEqual(['a 1']);
  });

  test('that cannot be loaded leaves the old one loaded', async () => {
    const { cache, disposed } = setUp(100, { fail: (name) => name === 'a 2' });
    await cache.with(files('a', '1'), nothing);
    await expect(cache.with(files('a', '2'), nothing)).rejects.toThrow('a 2');
    expect(cache.list().map(name)).toEqual(['a 1']);
    expect(disposed).toEqual([]);
  });
});

describe('the budget', () => {
  test('unloads the least recently used model before the new one takes its memory', async () => {
    const { cache, events } = setUp(25);
    for (const id of ['a', 'b', 'a', 'c']) await cache.with(files(id), nothing);
    expect(cache.list().map(name)).toEqual(['a 1', 'c 1']);
    expect(events).toEqual(['open a 1', 'open b 1', 'dispose b 1', 'open c 1']);
  });

  test('loads a model that exceeds it by itself, without others', async () => {
    const { cache } = setUp(25, { bytes: (name) => (name === 'big 1' ? 90 : 10) });
    for (const id of ['a', 'big']) await cache.with(files(id), nothing);
    expect(cache.list().map(name)).toEqual(['big 1']);
    await cache.with(files('a'), nothing);
    expect(cache.list().map(name)).toEqual(['a 1']);
  });

  test('counts the growth of a model', async () => {
    const grown = new Set<string>();
    const { cache } = setUp(25, { bytes: (name) => (grown.has(name) ? 20 : 10) });
    await cache.with(files('a'), nothing);
    await cache.with(files('b'), async () => {
      grown.add('b 1');
    });
    expect(cache.list().map(name)).toEqual(['b 1']);
  });

  test('never disposes of a model during a computation', async () => {
    const { cache, disposed } = setUp(10);
    const pause = deferred();
    const running = cache.with(files('a'), () => pause.promise);
    await cache.with(files('b'), nothing);
    expect(disposed).toEqual([]);
    pause.resolve();
    await running;
    expect(disposed).toEqual(['a 1']);
  });
});

test('unloading an unknown model does nothing', async () => {
  const { cache, disposed } = setUp(100);
  await cache.with(files('a'), nothing);
  await cache.unload('a');
  await cache.unload('a');
  expect([cache.list(), disposed]).toEqual([[], ['a 1']]);
});

interface Behaviour {
  readonly fail?: (name: string) => boolean;
  readonly bytes?: (name: string) => number;
}

function setUp(budgetBytes: number, { fail = () => false, bytes = () => 10 }: Behaviour = {}) {
  const opened: string[] = [];
  const disposed: string[] = [];
  const events: string[] = [];
  const cache = createModelCache({
    budgetBytes,
    async open(wanted, makeRoom): Promise<LoadedModel> {
      const version = name(wanted);
      opened.push(version);
      if (fail(version)) throw new Error(version);
      await makeRoom(bytes(version));
      events.push(`open ${version}`);
      return {
        get summary() {
          return { id: wanted.id, version: wanted.version, privateBytes: bytes(version) } as ModelSummary;
        },
        forecast: async () => new Float32Array(),
        act: async () => ({ mean: new Float32Array(), std: new Float32Array() }),
        async dispose() {
          disposed.push(version);
          events.push(`dispose ${version}`);
        },
      };
    },
  });
  return { cache, opened, disposed, events };
}

function files(id: string, version = '1'): ModelFiles {
  return {
    id,
    version,
    forecastPath: '',
    policyPath: '',
    forecaster: { heads: 4, lookback: 512, stride: 8 },
  };
}

function name({ id, version }: { id: string; version: string }): string {
  return `${id} ${version}`;
}

async function nothing(): Promise<void> {}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
