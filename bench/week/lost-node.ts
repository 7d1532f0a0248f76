import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgresServer } from '../../simulator/postgres-server.ts';
import { type ClusterNode, prepareNode } from '../../test/helper/cluster/cluster-node.ts';
import { busiestNode, leasesTakenFrom } from '../../test/helper/cluster/lease-holders.ts';
import { onServer, urlOfDatabase } from '../../test/helper/postgres-databases.ts';
import type { Desk } from './desk.ts';
import { type AccountRows, readAccounts } from './ledgers.ts';
import type { Observer } from './observer.ts';

const ACCOUNTS = ['ppo_v1', 'beta', 'gamma', 'delta', 'zeta', 'paper_after'];
/** So long `move-store` waits for a node that was killed. */
const KILLED_COUNTS_MS = 7000;

/** What is there at the end of the week. */
export interface WeekEnd {
  readonly accounts: readonly AccountRows[];
  /** What nodes said when they ended by themselves. */
  readonly deaths: readonly string[];
}

export interface LostNodeOptions {
  readonly folder: string;
  readonly speed: number;
  /** Waits until so many hours of the day have passed. */
  readonly untilHours: (hour: number) => Promise<void>;
}

/** Moves the store to PostgreSQL, lets two nodes live on it and loses one, then moves it back and reads what is there. */
export async function lostNode(desk: Desk, observer: Observer, options: LostNodeOptions): Promise<WeekEnd> {
  const { note } = observer;
  const { folder, speed, untilHours } = options;
  const postgres = await startPostgresServer();
  const nodes: ClusterNode[] = [];
  const deaths: string[] = [];
  try {
    await onServer(postgres.url, 'create database paperdesk');
    const databaseUrl = urlOfDatabase(postgres.url, 'paperdesk');
    await desk.endService('SIGTERM');
    await desk.endLoop();
    await move(desk, observer, databaseUrl);
    desk.setSpeed(speed);
    for (const name of ['node-1', 'node-2']) {
      const node = await prepareNode({
        ...{ name, databaseUrl, onDeath: (sentence: string) => void deaths.push(sentence) },
        settings: {
          ...desk.environment(),
          TIMERS_SPEED: '1',
          MODEL_MANAGER_CACHE_DIR: join(folder, name),
        },
      });
      nodes.push(node);
      await node.start();
    }
    desk.startLoop(nodes[1]!.url);
    note('two nodes are on PostgreSQL');
    await untilHours(20);
    const store = { nodes, settings: desk.settings };
    const owner = await busiestNode(store);
    await owner.kill();
    const ms = await leasesTakenFrom(owner, store);
    note(`kill -9 of ${owner.name}: the other took its leases after ${(ms / 1000).toFixed(1)} s`);
    await untilHours(22);
    await owner.start();
    note(`${owner.name} is started again`);
    await untilHours(24);
    const [first] = nodes;
    await observer.readAlerts(first!.url);
    await desk.endLoop();
    for (const model_id of ACCOUNTS) await poll(first!.url, model_id);
    const end = desk.now();
    await Promise.all(nodes.map((node) => node.kill()));
    await delay(KILLED_COUNTS_MS);
    const file = join(folder, 'back.sqlite');
    await move(desk, observer, `file:${file}`);
    return { accounts: readAccounts(file, end), deaths };
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
    await postgres.remove();
  }
}

/** Executes what an account has missed: those without lots wait for it. */
async function poll(url: string, model_id: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/paper/signal`, { method: 'POST', headers, body: JSON.stringify({ model_id }) });
}

async function move(desk: Desk, { note }: Observer, store: string): Promise<void> {
  const printed = await desk.command('move-store', '--from', desk.settings.DATABASE_URL!, '--to', store);
  note(`move-store: ${printed.trim().split('\n').at(-1)}`);
  desk.settings = { ...desk.settings, DATABASE_URL: store };
}
