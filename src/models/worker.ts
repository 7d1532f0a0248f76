import { type ErrorCode, PaperdeskError } from '../errors.ts';
import { measureForecast, timedForecast } from './forecast-time.ts';
import { openModel } from './loaded-model.ts';
import { createModelCache } from './model-cache.ts';
import type { FromWorker, ToWorker, WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-protocol.ts';

/** Main module of the inference process, which worker-process.ts starts. */

const settings: WorkerSettings = JSON.parse(process.argv[2] ?? 'null');
process.title = 'paperdesk inference';

const cache = createModelCache({
  budgetBytes: settings.memoryBudgetBytes,
  async open(files, makeRoom) {
    const stopwatch = () => performance.now();
    const model = await openModel(files, { threads: settings.threads, makeRoom, stopwatch });
    // The session has its own copy of embedded weights; the buffers they were read into may be as large.
    globalThis.gc?.();
    return model;
  },
  onChange: () => send({ kind: 'models', models: cache.list() }),
});

process.on('message', ({ call, request }: ToWorker) => {
  answer(request, () => send({ kind: 'computing', call })).then(
    (value) => send({ kind: 'answer', call, value }),
    (error: unknown) => send({ kind: 'failure', call, ...failureOf(request, error) }),
  );
});
// The service ended, for whatever reason.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group, but the service decides when this process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

/** @param begin called before the computation, which blocks this process */
function answer(request: WorkerRequest, begin: () => void): Promise<WorkerAnswer> {
  switch (request.kind) {
    case 'load':
      return cache.with(request.files, async (model) => model.summary);
    case 'forecast':
      return cache.with(request.files, (model) => {
        begin();
        return timedForecast(model, request.windows, request.batch);
      });
    case 'measure':
      return cache.with(request.files, (model) => {
        begin();
        return measureForecast(model, request.limitMs);
      });
    case 'act':
      return cache.with(request.files, (model) => {
        begin();
        return model.act(request.observation);
      });
    case 'unload':
      return cache.unload(request.id).then(() => null);
  }
}

/** Errors with a code go to the caller; details of all others, for example paths, only to the service's log. */
function failureOf(request: WorkerRequest, error: unknown): { code: ErrorCode; detail: string } {
  const model = 'files' in request ? request.files.id : request.id;
  const details = error instanceof PaperdeskError ? error.cause : error;
  if (details !== undefined) {
    process.stderr.write(
      `${model}, ${request.kind}: ${details instanceof Error ? details.message : String(details)}\n`,
    );
  }
  if (error instanceof PaperdeskError) return { code: error.code, detail: error.message };
  return { code: 'INTERNAL', detail: `${model} could not be computed; the log of the service says why.` };
}

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
