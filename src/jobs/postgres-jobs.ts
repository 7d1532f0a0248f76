import type { Cluster } from '../cluster/cluster.ts';
import type { Database } from '../db/connection.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { prepareQueue, startBoss } from './boss.ts';
import { createJobRepository, type DeadLetter, type JobRepository } from './job-repository.ts';
import { createJobRunRepository, MAX_DEATHS, type TakenJob } from './job-run-repository.ts';
import { type JobQueue, type Jobs, runningOf } from './jobs.ts';
import { createNodeRuns, type JobKind } from './node-runs.ts';

export interface PostgresJobsOptions {
  readonly database: Database;
  /** Of the same database. */
  readonly url: string;
  /** The nodes that share the jobs; undefined for a program that only sends some. */
  readonly cluster: Pick<Cluster, 'node' | 'nodes' | 'onGone'> | undefined;
  readonly timers: Timers;
  readonly log: Log;
}

/** Jobs in PostgreSQL, with those that failed too often. */
export interface PostgresJobs extends Jobs, Pick<JobRepository, 'deadLetters'> {
  /** Queues a dead letter again. */
  repeat(letter: DeadLetter): Promise<void>;
}

/** Other nodes notice a job within this time. */
const POLL_MS = 1000;
/** How often missing jobs, and jobs of nodes whose death was not noticed, are looked for. */
const CHECK_INTERVAL_MS = 60_000;
const PAUSE_AFTER_ERROR_MS = 2000;

/**
 * The jobs that all nodes with this database share. Creates the tables of pg-boss.
 * @throws when the database cannot be reached, or its user may not create a schema
 */
export async function createPostgresJobs(options: PostgresJobsOptions): Promise<PostgresJobs> {
  const { database, url, cluster, timers, log } = options;
  const isRunner = cluster !== undefined && cluster.node.role !== 'api';
  const boss = await startBoss(url, isRunner, log);
  const repository = createJobRepository(database, boss);
  const runRepository = createJobRunRepository(database, boss);
  const kinds = new Map<string, JobKind>();
  let loop: BackgroundLoop | undefined;
  let nextCheckAt = 0;
  const runs = createNodeRuns({ repository: runRepository, timers, log, onEnd: () => loop?.wake() });

  /** Queues what is missing, and what nodes ran whose death was not noticed. */
  async function check(nodeId: string): Promise<void> {
    if (timers.monotonic() < nextCheckAt) return;
    for (const { options: kind } of kinds.values()) {
      const due = await kind.due();
      const known = due.length === 0 ? new Set() : await repository.knownKeys(kind.kind);
      for (const { key, afterMs = 0 } of due)
        if (!known.has(key)) await repository.add(kind.kind, key, afterMs);
    }
    await giveBackOfTheDead(nodeId);
    nextCheckAt = timers.monotonic() + CHECK_INTERVAL_MS;
  }

  async function giveBackOfTheDead(nodeId: string): Promise<void> {
    const runners = await runRepository.runners();
    // The nodes are read after the runners, so that a node that has just come is among them.
    const alive = new Set((await cluster?.nodes())?.map(({ id }) => id)).add(nodeId);
    for (const id of runners) if (!alive.has(id)) await giveBackOf(id);
  }

  async function giveBackOf(nodeId: string): Promise<void> {
    for (const { kind, key, deaths } of await runRepository.giveBackOf(nodeId)) {
      if (deaths < MAX_DEATHS)
        log.warn({ gone: nodeId, kind, key }, 'a job is repeated: the node that ran it is gone');
      else
        log.error({ gone: nodeId, kind, key, deaths }, 'a job was given up: too many nodes died that ran it');
    }
    loop?.wake();
  }

  async function work(nodeId: string): Promise<number> {
    await check(nodeId);
    await runs.compareWithStored(nodeId);
    for (const name of await repository.dueKinds()) {
      const kind = kinds.get(name);
      const free = kind === undefined ? 0 : kind.options.concurrency - runs.count(name);
      if (kind === undefined || free <= 0 || loop?.stopped === true) continue;
      const taken: TakenJob[] = await runRepository.take(name, free, nodeId);
      for (const job of taken) runs.begin(job, kind);
    }
    return POLL_MS;
  }

  async function send(kind: string, key: string, afterMs: number): Promise<void> {
    if (!(await repository.bringForward(kind, key, afterMs))) await repository.add(kind, key, afterMs);
    loop?.wake();
  }

  return {
    queue(jobOptions, jobWork): JobQueue {
      const { kind } = jobOptions;
      kinds.set(kind, { options: jobOptions, work: jobWork });
      let prepared: Promise<void> | undefined;
      const prepare = () => {
        prepared ??= prepareQueue(boss, jobOptions).catch((error: unknown) => {
          prepared = undefined;
          throw error;
        });
        return prepared;
      };
      return {
        async send(key, { afterMs = 0 } = {}) {
          try {
            await prepare();
            await send(kind, key, afterMs);
          } catch (error) {
            log.warn(
              { err: error, kind, key },
              'a job could not be queued; the next check of the jobs queues it',
            );
          }
        },
        async cancel(key) {
          await repository.cancel(kind, key);
          runs.stop(kind, key);
        },
      };
    },

    counts: repository.counts,
    runningHere: () => runningOf([...kinds.keys()].map((kind) => ({ kind, running: runs.count(kind) }))),
    deadLetters: repository.deadLetters,
    repeat: ({ kind, key }) => send(kind, key, 0),

    async start() {
      for (const { options: kind } of kinds.values()) await prepareQueue(boss, kind);
      if (cluster === undefined || !isRunner) return;
      cluster.onGone(({ id }) => {
        giveBackOf(id).catch((error: unknown) =>
          log.error({ err: error, gone: id }, 'its jobs wait for the check'),
        );
      });
      loop = startBackgroundLoop({
        work: () => work(cluster.node.id),
        onFailure(error) {
          log.error({ err: error }, 'jobs could not be read');
          return PAUSE_AFTER_ERROR_MS;
        },
        timers,
      });
    },

    async close() {
      await loop?.stop();
      await runs.close();
      await boss.stop({ graceful: false });
    },
  };
}
