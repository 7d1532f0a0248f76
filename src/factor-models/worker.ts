import { setImmediate as nextTick } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { PaperdeskError } from '../errors.ts';
import { parseModelJson } from '../formats/xgboost/model-document.ts';
import { readXgboostModel } from '../formats/xgboost/xgboost-model.ts';
import type { CachedModel, FactorGroup } from './factor-group.ts';
import { deleteGroupCache, type GroupCache, openGroupCache, readCachedModel } from './group-cache.ts';
import { listArtifacts } from './list-artifacts.ts';
import { type ScanResult, scanDirectory } from './scan-directory.ts';
import { createScorer, type ScoreOptions, type Scorer } from './scoring.ts';
import type { MessageFromWorker, MessageToWorker, Predictions, WorkerFunctions } from './worker-protocol.ts';

/** The worker, a thread or a process: reads directories and scores models, so that the service's event loop does neither. */

/** A large scorer takes about 50 MB. */
const MAX_SCORERS = 8;
const GROUPS_PER_MESSAGE = 50;

const caches = new Map<string, GroupCache>();
const scorers = new LRUCache<string, Scorer>({ max: MAX_SCORERS });

/** The last call; the next one begins after it. */
let last = Promise.resolve();
const receive = (message: MessageToWorker) => {
  last = last.then(() => answer(message));
};
if (parentPort === null) {
  process.title = 'paperdesk factor models';
  process.on('message', receive);
  // The service ended, for whatever reason; it decides when this process ends.
  process.on('disconnect', () => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
} else parentPort.on('message', receive);

async function answer({ call, name, args }: MessageToWorker): Promise<void> {
  try {
    const run = functionsOf(call)[name] as (...args: readonly unknown[]) => unknown;
    const result = await run(...args);
    post({ call, result }, buffersOf(result));
  } catch (error) {
    post({ call, failure: failureOf(error) });
  }
}

function post(message: MessageFromWorker, transferred: ArrayBuffer[] = []): void {
  if (parentPort !== null) parentPort.postMessage(message, transferred);
  else if (process.connected) process.send?.(message);
}

/** What is moved to the service instead of copied. */
function buffersOf(result: unknown): ArrayBuffer[] {
  const bytes = typeof result === 'object' && result !== null && 'json' in result ? result.json : result;
  return bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : [];
}

/** The functions as they run here: a scan pauses to send what it has read. */
type OwnFunctions = Omit<WorkerFunctions, 'scan'> & { scan(...args: ScanArguments): Promise<ScanResult> };
type ScanArguments = Parameters<WorkerFunctions['scan']>;

function functionsOf(call: number): OwnFunctions {
  const onProgress = () => post({ call, progress: true });
  return {
    scan: (...args) => scan(call, onProgress, ...args),
    fingerprint: (root) => listArtifacts(root, onProgress).fingerprint,
    deleteCache(cacheFolder) {
      caches.delete(cacheFolder);
      deleteGroupCache(cacheFolder);
    },
    modelText: quotedText,
    score,
  };
}

async function scan(call: number, onProgress: () => void, ...args: ScanArguments): Promise<ScanResult> {
  const [root, cacheFolder, sendAll, linkRoots] = args;
  const cache = caches.get(cacheFolder) ?? openGroupCache(cacheFolder);
  caches.set(cacheFolder, cache);
  const steps = scanDirectory(root, cache, { sendAll, linkRoots, onProgress });
  const groups: FactorGroup[] = [];
  for (;;) {
    const { done, value } = steps.next();
    if (!done && value !== undefined) groups.push(value);
    if (groups.length >= GROUPS_PER_MESSAGE || (done && groups.length > 0)) {
      post({ call, groups: groups.splice(0) });
      // Messages of a process are written between two pieces of work.
      await nextTick();
    } else if (!done) onProgress();
    if (done) return value;
  }
}

function score(model: CachedModel, rows: Float32Array, options: ScoreOptions): Predictions {
  const { outputs, treesUsed } = scorerOf(model)(rows, options);
  // JSON has null for numbers that are not finite.
  const json = JSON.stringify(outputs.map((row) => (row.length === 1 ? row[0] : row)));
  return { json: ownBytes(json), treesUsed };
}

function quotedText(model: CachedModel): Uint8Array {
  return ownBytes(JSON.stringify(readCachedModel(model).toString('utf8')));
}

/** In an ArrayBuffer of its own, so that it can be transferred instead of copied. */
function ownBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.byteLength(text));
  Buffer.from(bytes.buffer).write(text);
  return bytes;
}

function scorerOf(model: CachedModel): Scorer {
  const known = scorers.get(model.sha256);
  if (known !== undefined) return known;
  const name = 'The model';
  const document = parseModelJson(readCachedModel(model).toString('utf8'), name);
  const scorer = createScorer(readXgboostModel(document, name, model.facts.parallelTrees));
  scorers.set(model.sha256, scorer);
  return scorer;
}

/** Errors with a code reach the caller; any other goes to the log only. */
function failureOf(error: unknown): { code: PaperdeskError['code']; detail: string } {
  if (error instanceof PaperdeskError) return { code: error.code, detail: error.message };
  process.stderr.write(`factor models: ${error instanceof Error ? error.stack : error}\n`);
  const detail = 'The factor models could not be read; the log of the service says why.';
  return { code: 'INTERNAL', detail };
}
