import { setTimeout as delay } from 'node:timers/promises';
import type { BuiltService } from './built-service.ts';
import { type Shot, warmLoadOf, warmUp } from './http-load.ts';
import { median } from './measure.ts';

const CONNECTIONS = 48;
const SECONDS = 2;
const WARM_UP = 3000;

/** Medians of one service, or of several nodes that are polled at the same time. */
export interface PollFigures {
  readonly perSecond: number;
  /** ms; of the slowest node. */
  readonly p99: number;
  /** Processor time of one poll in the nodes, ms. */
  readonly nodeMs: number;
  /** The same in the database server, ms. */
  readonly serverMs: number;
}

/**
 * Polls of a decided candle, of several services that alternate.
 * @param services the nodes of each service
 * @param serverMs processor time of the database server until now, ms
 */
export async function alternatePolls<Name extends string>(
  rounds: number,
  services: Readonly<Record<Name, readonly BuiltService[]>>,
  serverMs: () => Promise<number> = async () => 0,
): Promise<Record<Name, PollFigures>> {
  const names = Object.keys(services) as Name[];
  for (const node of new Set(names.flatMap((name) => services[name]))) await warmPolls(node);
  const all = new Map<Name, PollFigures[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) all.get(name)!.push(await pollAll(services[name], serverMs));
  }
  const medianOf = (name: Name, figure: keyof PollFigures) =>
    median(all.get(name)!.map((one) => one[figure]));
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        perSecond: medianOf(name, 'perSecond'),
        p99: medianOf(name, 'p99'),
        nodeMs: medianOf(name, 'nodeMs'),
        serverMs: medianOf(name, 'serverMs'),
      },
    ]),
  ) as Record<Name, PollFigures>;
}

/** Waits until a poll finds that its candle is decided, then sends polls until the code is compiled. */
export async function warmPolls(service: BuiltService): Promise<void> {
  const { url, body } = pollOf(service);
  const poll = async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return ((await answer.json()) as { reason: string | null }).reason;
  };
  while ((await poll()) !== 'DECIDED') await delay(20);
  await warmUp({ url, body }, CONNECTIONS, WARM_UP);
}

function pollOf({ address }: BuiltService): Required<Shot> {
  return { url: `${address}/paper/signal`, body: { model_id: 'ppo_v1' } };
}

async function pollAll(
  nodes: readonly BuiltService[],
  serverMs: () => Promise<number>,
): Promise<PollFigures> {
  const nodesMs = () => nodes.reduce((sum, node) => sum + node.processorMs(), 0);
  const before = { nodes: nodesMs(), server: await serverMs() };
  const size = { connections: CONNECTIONS / nodes.length, seconds: SECONDS };
  const loads = await Promise.all(nodes.map((node) => warmLoadOf(pollOf(node), size)));
  const perSecond = loads.reduce((sum, load) => sum + load.perSecond, 0);
  const polls = perSecond * SECONDS;
  return {
    perSecond,
    p99: Math.max(...loads.map(({ p99 }) => p99)),
    nodeMs: (nodesMs() - before.nodes) / polls,
    serverMs: ((await serverMs()) - before.server) / polls,
  };
}
