import { type ErrorCode, PaperdeskError } from '../errors.ts';
import { openModel } from './loaded-model.ts';
import { createModelCache } from './model-cache.ts';
import type { FromWorker, ToWorker, WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-protocol.ts';

/** The inference process: started by worker-process.ts, computes for the service and ends with it. */

const settings: WorkerSettings = JSON.parse(process.argv[2] ?? 'null');
process.title = 'paperdesk inference';

const cache = createModelCache({
  budgetBytes: settings.memoryBudgetBytes,
  async open(files, makeRoom) {
    const stopwatch = () => performance.now();
    const model = await openModel(files, { threads: settings.threads, makeRoom, stopwatch });
    // Weights that had to be read lie in the session now; what they were read into may be as large again.
    globalThis.gc?.();
    return model;
  },
  onChange: () => send({ kind: 'models', models: cache.list() }),
});

process.on('message', ({ call, request }: ToWorker) => {
  answer(request).then(
    (value) => send({ kind: 'answer', call, value }),
    (error: unknown) => send({ kind: 'failure', call, ...describe(request, error) }),
  );
});
// Without the service there is nobody to compute for, however it ended.
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole process group; the service decides when this process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  switch (request.kind) {
    case 'load':
      return cache.with(request.files, async (model) => model.summary);
    case 'forecast':
      return cache.with(request.files, (model) => model.forecast(request.windows, request.batch));
    case 'act':
      return cache.with(request.files, (model) => model.act(request.observation));
    case 'unload':
      return cache.unload(request.id).then(() => null);
  }
}

/** What has a code goes to whoever asked; the rest, with paths and all, only to the log of the service. */
function describe(request: WorkerRequest, error: unknown): { code: ErrorCode; detail: string } {
  const model = 'files' in request ? request.files.id : request.id;
  const hidden = error instanceof PaperdeskError ? error.cause : error;
  if (hidden !== undefined) {
    process.stderr.write(
      `${model}, ${request.kind}: ${hidden instanceof Error ? hidden.message : String(hidden)}\n`,
    );
  }
  if (error instanceof PaperdeskError) return { code: error.code, detail: error.message };
  return { code: 'INTERNAL', detail: `${model} could not be computed; the log of the service says why.` };
}

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
