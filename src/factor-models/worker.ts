import { parentPort } from 'node:worker_threads';
import { PaperdeskError } from '../errors.ts';
import { parseModelJson } from '../formats/xgboost/model-document.ts';
import { readXgboostModel } from '../formats/xgboost/xgboost-model.ts';
import { listArtifacts } from './artifact-listing.ts';
import type { FactorGroup } from './factor-group.ts';
import { readKeptModel } from './kept-models.ts';
import { createScanner, type ScanResult } from './scanner.ts';
import { createScorer, type Scorer } from './scoring.ts';
import type { FromWorker, KeptModelFile, ToWorker, WorkerAnswers, WorkerRequest } from './worker-protocol.ts';

/** A thread that reads directories and scores models, so that the service's event loop does neither. */

/** Models that stay ready to score; a large one has some 50 MB. */
const MOST_SCORERS = 8;

const GROUPS_PER_MESSAGE = 50;

const scanner = createScanner();
const scorers = new Map<string, Scorer>();

parentPort?.on('message', ({ call, request }: ToWorker) => {
  try {
    const value = answer(call, request);
    post({ call, value }, value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : []);
  } catch (error) {
    post({ call, failure: describe(error) }, []);
  }
});

function post(message: FromWorker, moved: ArrayBuffer[]): void {
  parentPort?.postMessage(message, moved);
}

function answer(call: number, request: WorkerRequest): WorkerAnswers[WorkerRequest['kind']] {
  switch (request.kind) {
    case 'scan':
      return scan(call, request);
    case 'fingerprint':
      return listArtifacts(request.root).fingerprint;
    case 'forget':
      scanner.forget(request.folder);
      return null;
    case 'text':
      return quotedText(request.model);
    case 'score':
      return scorerOf(request.model)(request.rows, request.margins);
  }
}

function scan(
  call: number,
  { folder, root, everything }: Extract<WorkerRequest, { kind: 'scan' }>,
): ScanResult {
  let groups: FactorGroup[] = [];
  const flush = () => {
    if (groups.length > 0) post({ call, groups }, []);
    groups = [];
  };
  const result = scanner.scan(folder, root, everything, (group) => {
    groups.push(group);
    if (groups.length === GROUPS_PER_MESSAGE) flush();
  });
  flush();
  return result;
}

function quotedText({ path, sha256 }: KeptModelFile): Uint8Array {
  const quoted = JSON.stringify(readKeptModel(path, sha256).toString('utf8'));
  // Memory of its own, so that it can be moved to the service instead of copied.
  const bytes = new Uint8Array(Buffer.byteLength(quoted));
  Buffer.from(bytes.buffer).write(quoted);
  return bytes;
}

function scorerOf({ path, sha256 }: KeptModelFile): Scorer {
  const known = scorers.get(sha256);
  scorers.delete(sha256);
  const scorer = known ?? loadScorer(path, sha256);
  scorers.set(sha256, scorer);
  if (scorers.size > MOST_SCORERS) scorers.delete(scorers.keys().next().value!);
  return scorer;
}

function loadScorer(path: string, sha256: string): Scorer {
  const what = 'The model';
  const document = parseModelJson(readKeptModel(path, sha256).toString('utf8'), what);
  return createScorer(readXgboostModel(document, what));
}

/** What has a code is told to whoever asked; anything else only to the log. */
function describe(error: unknown): { code: PaperdeskError['code']; detail: string } {
  if (error instanceof PaperdeskError) return { code: error.code, detail: error.message };
  process.stderr.write(`factor models: ${error instanceof Error ? error.stack : error}\n`);
  return {
    code: 'INTERNAL',
    detail: 'The factor models could not be read; the log of the service says why.',
  };
}
