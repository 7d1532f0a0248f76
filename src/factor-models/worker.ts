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

/** The worker thread: reads directories and scores models, so that the service's event loop does neither. */

/** A large scorer takes about 50 MB. */
const MAX_SCORERS = 8;
const GROUPS_PER_MESSAGE = 50;

const caches = new Map<string, GroupCache>();
const scorers = new LRUCache<string, Scorer>({ max: MAX_SCORERS });

parentPort?.on('message', ({ call, name, args }: MessageToWorker) => {
  try {
    const run = functionsOf(call)[name] as (...args: readonly unknown[]) => unknown;
    const result = run(...args);
    post({ call, result }, buffersOf(result));
  } catch (error) {
    post({ call, failure: failureOf(error) });
  }
});

function post(message: MessageFromWorker, transferred: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferred);
}

/** What is moved to the service instead of copied. */
function buffersOf(result: unknown): ArrayBuffer[] {
  const bytes = typeof result === 'object' && result !== null && 'json' in result ? result.json : result;
  return bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : [];
}

function functionsOf(call: number): WorkerFunctions {
  return {
    scan: (root, cacheFolder, sendAll) => scan(call, root, cacheFolder, sendAll),
    fingerprint: (root) => listArtifacts(root).fingerprint,
    deleteCache(cacheFolder) {
      caches.delete(cacheFolder);
      deleteGroupCache(cacheFolder);
    },
    modelText: quotedText,
    score,
  };
}

function scan(call: number, root: string, cacheFolder: string, sendAll: boolean): ScanResult {
  const cache = caches.get(cacheFolder) ?? openGroupCache(cacheFolder);
  caches.set(cacheFolder, cache);
  let groups: FactorGroup[] = [];
  const flush = () => {
    if (groups.length > 0) post({ call, groups });
    groups = [];
  };
  const result = scanDirectory(root, cache, sendAll, (group) => {
    groups.push(group);
    if (groups.length === GROUPS_PER_MESSAGE) flush();
  });
  flush();
  return result;
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
