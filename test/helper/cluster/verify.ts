import { startRecordedExchange } from '../../../simulator/server.ts';
import { DECISION_CANDLE_MS, decisionCandleStart } from '../default-candles.ts';
import { type LivedAccount, livedAccount } from '../lived-account.ts';
import { testRecording } from '../market.ts';
import { waitFor } from '../wait.ts';
import { MANUAL_ACCOUNT, type TestAccount } from './accounts.ts';
import type { Cluster } from './cluster.ts';
import { sendTo } from './cluster-client.ts';
import { differencesOf, ledgerFaults } from './compare-accounts.ts';
import { type FinishedReplay, finishedReplay } from './finished-replay.ts';
import type { Journal } from './journal.ts';
import { openStandingService } from './standing-service.ts';
import { liveUndisturbed } from './undisturbed.ts';

export interface Lived {
  readonly cluster: Cluster;
  readonly accounts: readonly TestAccount[];
  readonly journal: Journal;
  /** When the accounts were created, ms. */
  readonly start: number;
}

/**
 * Everything that a cluster lost, did twice, or did otherwise than one undisturbed process, as sentences. Its nodes run,
 * and are killed for it.
 */
export async function violationsOf({ cluster, accounts, journal, start }: Lived): Promise<string[]> {
  const violations = [...journal.contradictions, ...cluster.deaths];
  for (const node of cluster.nodes) violations.push(...(await faultsOfNode(node, journal)));
  const replays = await finishedReplays(cluster, journal);

  await Promise.all(cluster.nodes.map((node) => node.kill()));
  const end = decisionCandleStart(cluster.clock.now()) + DECISION_CANDLE_MS + 60_000;
  cluster.clock.standAt(end);
  const lived = await livedAccounts(cluster, accounts, end);
  violations.push(...lostRecords(lived, journal));

  const undisturbed = await liveUndisturbed({
    ...{ accounts, lived, start, end, folder: cluster.folder, replays: journal.replays },
    openExchange: async (clock) => startRecordedExchange({ recording: await testRecording(), clock }),
  });
  for (const { modelId } of accounts) {
    violations.push(
      ...differencesOf(
        modelId,
        lived.get(modelId) as LivedAccount,
        undisturbed.accounts.get(modelId) as LivedAccount,
      ),
    );
  }
  for (const [id, replay] of replays) {
    const [text, other] = [replay, undisturbed.replays.get(id)].map((value) => JSON.stringify(value));
    if (replay.state !== 'DONE' || text !== other)
      violations.push(`the replay ${id} is ${text}, and undisturbed ${other}`);
  }
  return violations;
}

/** What is missing at a node; it waits until the node answers and its packages are warm. */
async function faultsOfNode({ name, url }: Cluster['nodes'][number], journal: Journal): Promise<string[]> {
  const read = async (path: string) => (await sendTo(url, { path }))?.body;
  await waitFor(
    `${name} says that it reaches its database`,
    () => read('/ready'),
    (body) => body?.parts?.database?.ready === true,
  );
  const faults: string[] = [];
  for (const [id, hashes] of journal.uploads) {
    const found = await waitFor(
      `the package ${id} is warm at ${name}`,
      () => read(`/model-packages/${id}`),
      (body) => body?.warmup_status !== 'PENDING' && body?.warmup_status !== 'RUNNING',
    );
    const stored = found?.files?.map(({ sha256 }: { sha256: string }) => sha256);
    if (found?.warmup_status !== 'DONE' || String(stored) !== String(hashes))
      faults.push(`${name} answers for the package ${id}: ${JSON.stringify(found)}`);
  }
  return faults;
}

/** Asks every node for some of them. */
async function finishedReplays(
  { nodes }: Cluster,
  { replays }: Journal,
): Promise<Map<string, FinishedReplay>> {
  const finished = new Map<string, FinishedReplay>();
  for (const [index, id] of [...replays.keys()].entries()) {
    const { url } = nodes[index % nodes.length] as Cluster['nodes'][number];
    const read = async (path: string) => (await sendTo(url, { path }))?.body;
    finished.set(id, await finishedReplay(read, id));
  }
  return finished;
}

/** Executes all candles until `end` (ms) and reads the accounts, without the nodes. */
async function livedAccounts(
  { settings }: Cluster,
  accounts: readonly TestAccount[],
  end: number,
): Promise<Map<string, LivedAccount>> {
  const { services, close } = await openStandingService(settings, () => end);
  try {
    const lived = new Map<string, LivedAccount>();
    for (const modelId of [...accounts.map(({ modelId }) => modelId), MANUAL_ACCOUNT])
      lived.set(modelId, await livedAccount(services, modelId));
    return lived;
  } finally {
    await close();
  }
}

/** What was acknowledged and is not there, and ledgers that contradict themselves. */
function lostRecords(lived: ReadonlyMap<string, LivedAccount>, journal: Journal): string[] {
  const lost: string[] = [];
  const signals = new Map<string, string>();
  for (const [modelId, account] of lived) {
    lost.push(...ledgerFaults(modelId, account));
    for (const { decided, asOf, signal, confidence, action } of account.decisions) {
      const candle = `${account.account.id} ${new Date(asOf).toISOString()}`;
      if (decided) signals.set(candle, `${signal} ${confidence} ${action}`);
    }
  }
  for (const [candle, told] of journal.signals) {
    const stored = signals.get(candle);
    if (stored !== told) lost.push(`${candle} was acknowledged as ${told}, and is stored as ${stored}`);
  }
  const { account, closed } = lived.get(MANUAL_ACCOUNT) as LivedAccount;
  const closedIds = new Set(closed.map(({ id }) => id));
  const ids = new Set([...closedIds, ...account.lots.map(({ id }) => id)]);
  for (const [key, id] of journal.orders) if (!ids.has(id)) lost.push(`the lot ${id} of ${key} is lost`);
  for (const id of journal.closes) if (!closedIds.has(id)) lost.push(`the lot ${id} is open again`);
  if (ids.size < journal.orders.size) lost.push(`${journal.orders.size} orders have ${ids.size} lots`);
  return lost;
}
