/** Runs one task per key at a time: callers that arrive while it runs get the same result or error. */
export type SingleFlight<T> = (key: string, task: () => Promise<T>) => Promise<T>;

export function createSingleFlight<T>(): SingleFlight<T> {
  const running = new Map<string, Promise<T>>();
  return (key, task) => {
    const known = running.get(key);
    if (known !== undefined) return known;
    const result = task().finally(() => running.delete(key));
    running.set(key, result);
    return result;
  };
}
