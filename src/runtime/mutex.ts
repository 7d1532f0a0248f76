/** Runs work one after the other for each key; a failure does not hold up what comes after it. */
export type KeyedMutex = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createKeyedMutex(): KeyedMutex {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const done = before.then(work, work);
    const quiet = done.catch(() => {});
    last.set(key, quiet);
    void quiet.then(() => {
      if (last.get(key) === quiet) last.delete(key);
    });
    return done;
  };
}
