import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { createFactorModels } from '../src/factor-models/factor-models.ts';
import { createFactorWorker } from '../src/factor-models/factor-worker.ts';
import { startWatcher } from '../src/factor-models/watcher.ts';
import { startWorkerProcess } from '../src/factor-models/worker-process.ts';
import { startWorkerThread } from '../src/factor-models/worker-thread.ts';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';

/**
 * A directory of 5,000 artifacts: first scan (goal: under 10 s), refresh after one change (under 300 ms after the
 * debounce), a payload of 10 MB, and the longest delay of the event loop during them.
 *
 *   npx tsx bench/factor-models.ts [ARTIFACTS]
 */

const ARTIFACTS = Number(process.argv[2] ?? 5000);
const DEBOUNCE_MS = 500;
const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures', 'factors', 'root_ok');
const SUFFIXES = ['factors.txt', 'ic.csv', 'info.pkl', 'model.pkl'];

const root = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
const cacheFolder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-cache-'));
const scanWorker = createFactorWorker(startWorkerProcess);
const modelWorker = createFactorWorker(startWorkerThread);
try {
  await writeArtifacts();
  const models = createFactorModels({
    repository: {
      list: async () => [],
      save: async (model_name, root_path, now) => ({
        model_name,
        root_path,
        created_at: now,
        updated_at: now,
      }),
      remove: async () => {},
    },
    scanWorker,
    modelWorker,
    cacheFolder,
    linkRoots: [],
    isWatched: false,
    now: Date.now,
    onChange: () => {},
    log: console,
  });

  await measure(`first scan of ${ARTIFACTS} artifacts`, () => models.register('bench', root));
  await measure('scan without a change', () => models.refresh('bench'));
  await measure('refresh after one change, debounce taken off', changeOne, DEBOUNCE_MS);
  await writeLargeModel();
  const large = (await models.refresh('bench')).groups.find(({ key }) => key === 'LARGE_up')!;
  await measure(`payload of ${(large.model!.size / 2 ** 20).toFixed(1)} MiB`, () => models.modelText(large));
  const rows = new Float32Array(1000 * large.model!.facts.featureDim);
  await measure('1000 rows of the same model, loading it', () => models.score(large, rows, {}));
  await measure('1000 rows again', () => models.score(large, rows, {}));

  async function changeOne(): Promise<void> {
    const before = (await models.snapshot('bench')).scannedAt;
    const watcher = startWatcher({
      models,
      fingerprint: (folder) => scanWorker.call('fingerprint', [folder]),
      // The debounce begins when the change is seen: here at once.
      intervalMs: 60_000,
      debounceMs: DEBOUNCE_MS,
      monotonic: () => performance.now(),
      log: console,
    });
    while ((await models.snapshot('bench')).scannedAt === before) await delay(1);
    await watcher.close();
  }
} finally {
  await Promise.all([scanWorker.close(), modelWorker.close()]);
  for (const folder of [root, cacheFolder]) await rm(folder, { recursive: true, force: true });
}

async function measure(name: string, run: () => Promise<unknown>, takenOff = 0): Promise<void> {
  if (run.name === 'changeOne') await utimes(join(root, '0', 'S000000_up_ic.csv'), 1, 1);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const start = performance.now();
  await run();
  const ms = performance.now() - start - takenOff;
  loop.disable();
  console.log(
    `${name.padEnd(48)} ${ms.toFixed(0).padStart(6)} ms   loop held at most ${(loop.max / 1e6).toFixed(0)} ms`,
  );
}

/** Groups of four artifacts, a hundred per folder, each with its own symbol of seven letters. */
async function writeArtifacts(): Promise<void> {
  const sources = ['SOLUSDT', 'BTCUSDT'];
  for (let group = 0; group < ARTIFACTS / SUFFIXES.length; group++) {
    const folder = join(root, String(Math.floor(group / 100)));
    await mkdir(folder, { recursive: true });
    const source = sources[group % sources.length]!;
    const symbol = `S${String(group).padStart(6, '0')}`;
    for (const suffix of SUFFIXES) {
      const content = await readFile(join(FIXTURES, `${source}_mid_chg_1m_${suffix}`), 'latin1');
      await writeFile(join(folder, `${symbol}_up_${suffix}`), content.replaceAll(source, symbol), 'latin1');
    }
  }
}

/** A model in about 10 MB of JSON: 800 trees of 127 nodes. */
async function writeLargeModel(): Promise<void> {
  const nodes = 127;
  const splits = 63;
  const list = (value: (node: number) => number) => Array.from({ length: nodes }, (_, node) => value(node));
  const noise = (node: number) => Math.fround(Math.sin(node * 12.9898) * 0.437);
  const tree = {
    base_weights: list(noise),
    default_left: list((node) => node % 2),
    left_children: list((node) => (node < splits ? 2 * node + 1 : -1)),
    loss_changes: list(noise),
    parents: list((node) => Math.floor((node - 1) / 2)),
    right_children: list((node) => (node < splits ? 2 * node + 2 : -1)),
    split_conditions: list(noise),
    split_indices: list((node) => node % 10),
    split_type: list(() => 0),
    sum_hessian: list((node) => node + 1),
    tree_param: { size_leaf_vector: '0' },
  };
  const trees = Array.from({ length: 800 }, (_, id) => ({ ...tree, id }));
  const model = {
    learner: {
      gradient_booster: { model: { tree_info: trees.map(() => 0), trees }, name: 'gbtree' },
      learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: '10', num_target: '1' },
      objective: { name: 'reg:squarederror' },
    },
    version: [1, 7, 4],
  };
  await writeFile(join(root, 'LARGE_up_model.json'), JSON.stringify(model));
  await writeFile(
    join(root, 'LARGE_up_factors.txt'),
    list((node) => node)
      .slice(0, 10)
      .join('\n'),
  );
}
