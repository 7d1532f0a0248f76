import { waitFor } from '../wait.ts';

/** A replay that has ended, without what depends on its id, on when it ran, and on what else was tried until now. */
export interface FinishedReplay {
  readonly state: string;
  readonly error: unknown;
  readonly result: unknown;
  readonly ledger: readonly unknown[];
}

/**
 * Waits until a replay has ended.
 * @param read the JSON that a service answers at a path
 */
export async function finishedReplay(
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every route
  read: (path: string) => Promise<any>,
  id: string,
): Promise<FinishedReplay> {
  const path = `/paper/replays/${id}`;
  const { state, error, result } = await waitFor(
    `the replay ${id} ends`,
    () => read(path),
    (replay) => !['QUEUED', 'RUNNING'].includes(replay.state),
  );
  if (result !== null) {
    delete result.performance.trials;
    delete result.performance.deflated_sharpe;
  }
  const { items } = await read(`${path}/ledger?limit=500`);
  return { state, error, result, ledger: JSON.parse(JSON.stringify(items).replaceAll(id, 'ID')) };
}
