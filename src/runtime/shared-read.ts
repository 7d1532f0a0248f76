/** While one does not return, for example on a broken connection, the other one goes on. */
const MAX_CONCURRENT = 2;

interface Batch<Key, Result> {
  readonly keys: Set<Key>;
  readonly result: Promise<Result>;
  start(): void;
}

/**
 * Callers that have to wait share one read of everything that they ask for. A read begins after all its callers have
 * called, so that none of them gets what was true before.
 * @param read gets each key once
 */
export function createSharedRead<Result, Key = never>(
  read: (keys: readonly Key[]) => Promise<Result>,
): (...keys: readonly Key[]) => Promise<Result> {
  let running = 0;
  let waiting: Batch<Key, Result> | undefined;

  async function run(keys: readonly Key[]): Promise<Result> {
    running += 1;
    try {
      return await read(keys);
    } finally {
      running -= 1;
      const next = waiting;
      waiting = undefined;
      next?.start();
    }
  }

  return (...keys) => {
    if (running < MAX_CONCURRENT) return run(keys);
    waiting ??= newBatch(run);
    for (const key of keys) waiting.keys.add(key);
    return waiting.result;
  };
}

function newBatch<Key, Result>(run: (keys: readonly Key[]) => Promise<Result>): Batch<Key, Result> {
  const keys = new Set<Key>();
  let start = (): void => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  return { keys, result: started.then(() => run([...keys])), start };
}
