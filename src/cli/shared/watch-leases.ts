import { setTimeout as delay } from 'node:timers/promises';

interface ReadyAnswer {
  readonly nodes?: readonly { readonly name: string; readonly leases: readonly string[] }[];
}

const EVERY_MS = 1000;

/** Prints which node holds which leases, and again whenever that changes, until `stop`. */
export async function watchLeases(
  address: string,
  print: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  let before = '';
  while (!stop.aborted) {
    const holders = await readHolders(address);
    if (holders !== undefined && holders !== before) {
      print(holders);
      before = holders;
    }
    await delay(EVERY_MS, undefined, { signal: stop }).catch(() => {});
  }
}

/** One sentence; undefined if no node says it now. */
async function readHolders(address: string): Promise<string | undefined> {
  const answer = await fetch(`${address}/ready`).catch(() => undefined);
  const { nodes } = ((await answer?.json().catch(() => undefined)) ?? {}) as ReadyAnswer;
  if (nodes === undefined) return undefined;
  const sentences = nodes.map(
    ({ name, leases }) => `${name} ${leases.length === 0 ? '-' : leases.join(', ')}`,
  );
  return `Leases: ${sentences.join('; ')}`;
}
