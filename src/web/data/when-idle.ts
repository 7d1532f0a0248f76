const LATEST_MS = 5000;

/** Runs tasks one after another, each when the browser has nothing else to do; returns how to stop. */
export function whenIdle(tasks: readonly (() => void)[]): () => void {
  let isStopped = false;
  const next = ([first, ...rest]: readonly (() => void)[]) => {
    if (isStopped || first === undefined) return;
    const run = () => {
      if (isStopped) return;
      first();
      next(rest);
    };
    // Safari has no requestIdleCallback.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: LATEST_MS });
    else setTimeout(run, LATEST_MS);
  };
  next(tasks);
  return () => {
    isStopped = true;
  };
}
