import { parentPort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { PaperdeskError } from '../errors.ts';
import { parseModelJson } from '../formats/xgboost/model-document.ts';
import { readXgboostModel } from '../formats/xgboost/xgboost-model.ts';
import type { FactorGroup } from './factor-group.ts';
import { deleteGroupCache, type GroupCache, openGroupCache, readCachedModel } from './group-cache.ts';
import { listArtifacts } from './list-artifacts.ts';
import { type ScanResult, scanDirectory } from './scan-directory.ts';
import { createScorer, type Scorer } from './scoring.ts';
import type {
  MessageFromWorker,
  MessageToWorker,
  ModelFile,
  WorkerRequest,
  WorkerResults,
} from './worker-protocol.ts';

/** The worker thread: reads directories and scores models, so that the service's event loop does neither. */

/** A large scorer takes about 50 MB. */
const MAX_SCORERS = 8;
const GROUPS_PER_MESSAGE = 50;

const caches = new Map<string, GroupCache>();
const scorers = new LRUCache<string, Scorer>({ max: MAX_SCORERS });

parentPort?.on('message', ({ call, request }: MessageToWorker) => {
  try {
    const result = answer(call, request);
    post({ call, result }, result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : []);
  } catch (error) {
    post({ call, failure: failureOf(error) });
  }
});

function post(message: MessageFromWorker, transferred: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferred);
}

function answer(call: number, request: WorkerRequest): WorkerResults[WorkerRequest['kind']] {
  switch (request.kind) {
    case 'scan':
      return scan(call, request);
    case 'fingerprint':
      return listArtifacts(request.root).fingerprint;
    case 'delete-cache':
      caches.delete(request.cacheFolder);
      deleteGroupCache(request.cacheFolder);
      return null;
    case 'model-text':
      return quotedText(request.model);
    case 'score':
      return scorerOf(request.model)(request.rows, request.margins);
  }
}

function scan(
  call: number,
  { root, cacheFolder, sendAll }: Extract<WorkerRequest, { kind: 'scan' }>,
): ScanResult {
  const cache = caches.get(cacheFolder) ?? openGroupCache(cacheFolder);
  caches.set(cacheFolder, cache);
  let groups: FactorGroup[] = [];
  const flush = () => {
    if (groups.length > 0) post({ call, groups });
    groups = [];
  };
  const result = scanDirectory(root, cache, {
    sendAll,
    onGroup(group) {
      groups.push(group);
      if (groups.length === GROUPS_PER_MESSAGE) flush();
    },
  });
  flush();
  return result;
}

function quotedText({ path, sha256 }: ModelFile): Uint8Array {
  const quoted = JSON.stringify(readCachedModel(path, sha256).toString('utf8'));
  // Its own ArrayBuffer, so that it can be transferred instead of copied.
  const bytes = new Uint8Array(Buffer.byteLength(quoted));
  Buffer.from(bytes.buffer).write(quoted);
  return bytes;
}

function scorerOf({ path, sha256 }: ModelFile): Scorer {
  const known = scorers.get(sha256);
  if (known !== undefined) return known;
  const name = 'The model';
  const document = parseModelJson(readCachedModel(path, sha256).toString('utf8'), name);
  const scorer = createScorer(readXgboostModel(document, name));
  scorers.set(sha256, scorer);
  return scorer;
}

/** Errors with a code reach the caller; any other goes to the log only. */
function failureOf(error: unknown): { code: PaperdeskError['code']; detail: string } {
  if (error instanceof PaperdeskError) return { code: error.code, detail: error.message };
  process.stderr.write(`factor models: ${error instanceof Error ? error.stack : error}\n`);
  return {
    code: 'INTERNAL',
    detail: 'The factor models could not be read; the log of the service says why.',
  };
}
