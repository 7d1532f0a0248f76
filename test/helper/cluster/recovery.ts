import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { sendTo } from './cluster-client.ts';
import type { Fault } from './faults.ts';

/** How long users waited after a fault, ms. */
export interface Recovery {
  readonly fault: string;
  readonly detail: string | undefined;
  /** From its beginning until any node answered a poll. */
  readonly anyNodeMs: number;
  /** From its end until every node had answered one. */
  readonly everyNodeMs: number;
}

const PAUSE_MS = 50;

/** Lets a fault happen, and waits until every node answers polls of `modelId` again. */
export async function recoverFrom(
  fault: Fault,
  cluster: Cluster,
  { modelId, random }: { readonly modelId: string; readonly random: () => number },
): Promise<Recovery> {
  const begun = performance.now();
  const striking = fault.strike(cluster, random);
  // A poll that is under way when the fault begins says nothing.
  await delay(PAUSE_MS);
  const [anyNodeMs, detail] = await Promise.all([
    Promise.race(cluster.nodes.map(({ url }) => answersPolls(url, modelId))).then(
      () => performance.now() - begun,
    ),
    striking,
  ]);
  const over = performance.now();
  await Promise.all(cluster.nodes.map(({ url }) => answersPolls(url, modelId)));
  return { fault: fault.name, detail, anyNodeMs, everyNodeMs: performance.now() - over };
}

async function answersPolls(url: string, modelId: string): Promise<void> {
  const poll = { method: 'POST', path: '/paper/signal', json: { model_id: modelId } } as const;
  while ((await sendTo(url, poll))?.status !== 200) await delay(PAUSE_MS);
}
