import { setTimeout as delay } from 'node:timers/promises';
import { formOf, MANUAL_ACCOUNT, pollOf, type TestAccount } from './accounts.ts';
import type { Answer, ClusterClient } from './cluster-client.ts';
import { type Journal, notePoll } from './journal.ts';

/** People and programs that use a cluster, whatever happens to it, and note what it acknowledges. */
export interface Users {
  /** Waits for their requests under way. */
  stop(): Promise<void>;
}

export interface UsersOptions {
  readonly client: ClusterClient;
  readonly accounts: readonly TestAccount[];
  readonly journal: Journal;
  readonly random: () => number;
  /** The clock of the market, ms. */
  readonly now: () => number;
}

const POLLERS = 3;
const BETWEEN_POLLS_MS = 20;
const BETWEEN_UPLOADS_MS = 3000;
const BETWEEN_REPLAYS_MS = 1000;
const BETWEEN_ORDERS_MS = 700;
/**
 * Of the past that is replayed. It ends half as long or more before the life begins: which forecasts of a life are stored
 * also depends on polls that no node acknowledged, and a stored one differs in its last digits from one of a batch.
 */
const REPLAYED_MS = 12 * 60 * 60_000;

/** Starts them; the accounts exist already. */
export function startUsers(options: UsersOptions): Users {
  const { client, accounts, journal, random, now } = options;
  const stopped = new AbortController();
  const deciders = new Map<string, number>();
  const begun = now();
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;

  const pause = (ms: number) => delay(ms, undefined, { signal: stopped.signal }).catch(() => {});
  async function repeat(pauseMs: number, work: () => Promise<void>): Promise<void> {
    while (!stopped.signal.aborted) {
      await work();
      await pause(pauseMs);
    }
  }

  /** Whether a request was acknowledged; a refusal is none of the faults that tests cause. */
  function isAcknowledged(what: string, answer: Answer | undefined): answer is Answer {
    if (answer !== undefined && answer.status < 300) return true;
    if (answer === undefined || answer.status >= 500) journal.unanswered += 1;
    else journal.contradictions.push(`${what} was refused: ${JSON.stringify(answer)}`);
    return false;
  }

  async function poll(): Promise<void> {
    const answer = await client.once({
      ...{ method: 'POST', path: '/paper/signal' },
      json: pollOf(pick(accounts), now()),
    });
    if (isAcknowledged('a poll', answer)) notePoll(journal, answer.body, deciders);
  }

  let uploads = 0;
  async function upload(): Promise<void> {
    uploads += 1;
    const form = await formOf(`upload_${uploads}`, 'gamma');
    const answer = await client.once({ method: 'POST', path: '/model-packages/upload', form });
    if (!isAcknowledged('an upload', answer)) return;
    const { id, files } = answer.body as { id: string; files: { sha256: string }[] };
    journal.uploads.set(
      id,
      files.map(({ sha256 }) => sha256),
    );
  }

  const packages = accounts.filter(({ fixture }) => fixture !== undefined);
  /** Waits for the replay, so that there are no more than the cluster runs. */
  async function replay(): Promise<void> {
    const to = begun - (random() + 0.5) * REPLAYED_MS;
    const json = {
      model_id: pick(packages).modelId,
      from: new Date(to - REPLAYED_MS).toISOString(),
      to: new Date(to).toISOString(),
    };
    const answer = await client.once({ method: 'POST', path: '/paper/replays', json });
    if (!isAcknowledged('a replay', answer)) return;
    const { id } = answer.body as { id: string };
    journal.replays.set(id, json);
    const isRunning = async () => {
      const { body } = await client.persist({ path: `/paper/replays/${id}` });
      return body.state === 'QUEUED' || body.state === 'RUNNING';
    };
    while (!stopped.signal.aborted && (await isRunning())) await pause(BETWEEN_POLLS_MS);
  }

  let orders = 0;
  /** Repeats an order with its key until it is acknowledged; closes most of the lots. */
  async function order(): Promise<void> {
    orders += 1;
    const key = `order ${orders}`;
    const opened = await client.persist({
      ...{ method: 'POST', path: '/paper/position/open', headers: { 'idempotency-key': key } },
      json: { model_id: MANUAL_ACCOUNT, side: 'Long', size_usdt: 100, leverage: 2 },
    });
    if (opened.status !== 200) return;
    journal.orders.set(key, opened.body.id);
    if (random() < 0.2) return;
    const closed = await client.persist({
      ...{ method: 'POST', path: `/paper/position/${opened.body.id}/close`, json: {} },
    });
    if (closed.status === 200) journal.closes.add(opened.body.id);
  }

  const running = [
    ...Array.from({ length: POLLERS }, () => repeat(BETWEEN_POLLS_MS, poll)),
    repeat(BETWEEN_UPLOADS_MS, upload),
    repeat(BETWEEN_REPLAYS_MS, replay),
    repeat(BETWEEN_ORDERS_MS, order),
  ];
  return {
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}
