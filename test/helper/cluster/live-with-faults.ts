import { seededRandom } from '../random.ts';
import { waitFor } from '../wait.ts';
import { creationOf, formOf, MANUAL_ACCOUNT, type TestAccount, testAccounts } from './accounts.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { type ClusterClient, createClusterClient } from './cluster-client.ts';
import type { Fault } from './faults.ts';
import { createJournal, type Journal } from './journal.ts';
import { type Recovery, recoverFrom } from './recovery.ts';
import { startUsers } from './users.ts';
import { violationsOf } from './verify.ts';

export interface Disturbed {
  readonly cluster: Cluster;
  readonly journal: Journal;
  /** Lets a fault happen, and waits until every node answers again. */
  disturb(fault: Fault): Promise<Recovery>;
  readonly random: () => number;
}

export interface LifeOptions {
  readonly nodes: number;
  readonly accounts: number;
  readonly seed: number;
  /** How much faster the market is than the machine. */
  readonly speed: number;
  /** Lets faults happen; users use the cluster meanwhile. */
  readonly live: (disturbed: Disturbed) => Promise<void>;
  /** Told what happens, in sentences. */
  readonly report: (sentence: string) => void;
}

export interface LifeResult {
  /** What was lost, done twice, or done otherwise; none if all is well. */
  readonly violations: readonly string[];
  readonly recoveries: readonly Recovery[];
  readonly journal: Journal;
}

/** A moment of the recording, moved to 2026 by whole weeks. */
const START = Date.parse('2026-11-26T06:00:00Z');

/** Lives with a cluster and its faults, and compares everything with one undisturbed process. */
export async function liveWithFaults(options: LifeOptions): Promise<LifeResult> {
  const { report } = options;
  const random = seededRandom(options.seed);
  const cluster = await openCluster({ nodes: options.nodes, start: START, speed: options.speed });
  try {
    await Promise.all(cluster.nodes.map((node) => node.start()));
    const accounts = testAccounts(options.accounts - 1);
    const journal = createJournal();
    const client = createClusterClient(cluster.nodes, random, (error) => journal.contradictions.push(error));
    await createAccounts(client, accounts);
    report(`${options.nodes} nodes have ${options.accounts} accounts`);

    const { now } = cluster.clock;
    const users = startUsers({ client, accounts, journal, random, now });
    const recoveries: Recovery[] = [];
    const modelId = accounts.find(({ fixture }) => fixture !== undefined)?.modelId as string;
    await options.live({
      ...{ cluster, journal, random },
      async disturb(fault) {
        const recovery = await recoverFrom(fault, cluster, { modelId, random });
        recoveries.push(recovery);
        report(sentenceOf(recovery));
        return recovery;
      },
    });
    await users.stop();
    report(
      `${journal.polls} polls, ${journal.signals.size} decisions, ${journal.uploads.size} uploads, ` +
        `${journal.replays.size} replays and ${journal.orders.size} manual orders were acknowledged; ` +
        `${journal.unanswered} requests were not`,
    );
    const violations = await violationsOf({ cluster, accounts, journal, start: START });
    report(`everything was compared with one undisturbed process: ${violations.length} violations`);
    return { violations, recoveries, journal };
  } finally {
    await cluster.close();
  }
}

async function createAccounts(client: ClusterClient, accounts: readonly TestAccount[]): Promise<void> {
  for (const { modelId, fixture } of accounts) {
    if (fixture === undefined) continue;
    const form = await formOf(modelId, fixture);
    const answer = await client.once({ method: 'POST', path: '/model-packages/upload', form });
    if (answer?.status !== 201) throw new Error(`The upload of ${modelId} failed: ${JSON.stringify(answer)}`);
  }
  const all = [...accounts, { modelId: MANUAL_ACCOUNT, fixture: undefined }];
  for (const account of all)
    await client.persist({ method: 'POST', path: '/paper/account/create', json: creationOf(account) });
  // A replay of a package that is not warm is refused, and users take a refusal for a fault.
  for (const { modelId, fixture } of accounts) {
    if (fixture === undefined) continue;
    await waitFor(
      `the package ${modelId} is warm`,
      () => client.persist({ path: `/model-packages/${modelId}` }),
      ({ body }) => body.warmup_status === 'DONE',
    );
  }
}

function sentenceOf({ fault, detail, anyNodeMs, everyNodeMs }: Recovery): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const answers = `a node answered after ${seconds(anyNodeMs)}, every node ${seconds(everyNodeMs)} after its end`;
  return `${fault}: ${answers}${detail === undefined ? '' : `; ${detail}`}`;
}
