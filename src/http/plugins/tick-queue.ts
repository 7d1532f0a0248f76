/** Starts an entry. @param waitedMs its time in the queue, ms */
type Start = (waitedMs: number) => void;

/** The array is compacted only now and then, because each compaction copies it. */
const COMPACT_AFTER = 1000;

/**
 * A first-in-first-out queue that starts a few entries per tick of the event loop.
 * @param now monotonic clock, ms
 */
export function createTickQueue(entriesPerTick: number, now: () => number): (start: Start) => void {
  const queue: { readonly start: Start; readonly since: number }[] = [];
  /** Index of the next entry; earlier entries have started. */
  let next = 0;

  function tick(): void {
    const time = now();
    const starting = queue.slice(next, next + entriesPerTick);
    next += starting.length;
    if (next < queue.length) setImmediate(tick);
    if (next === queue.length || next >= COMPACT_AFTER) {
      queue.splice(0, next);
      next = 0;
    }
    for (const { start, since } of starting) start(time - since);
  }

  return (start) => {
    queue.push({ start, since: now() });
    if (queue.length - next === 1) setImmediate(tick);
  };
}
