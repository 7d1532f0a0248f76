import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountRepository, StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { HistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import type { Replay } from '../../../src/replays/replay-job.ts';
import { createReplayRepository, type ReplayRepository } from '../../../src/replays/replay-repository.ts';
import { newAccount } from '../../../src/trading/account.ts';
import { pause } from '../../../src/trading/account-commands.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../../src/trading/account-pipeline.ts';
import { skipCandles } from '../../../src/trading/execute-candle.ts';
import { DEFAULT_SETTINGS } from '../../../src/trading/settings.ts';
import { takeDecision } from '../../../src/trading/take-decision.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { decisionMarket, policySignal, START } from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';

let database: Database;
let replays: ReplayRepository;
let liveAccounts: AccountRepository;
let history: HistoryRepository;
beforeEach(async () => {
  ({ database, accounts: liveAccounts, history } = await openPaperStore());
  replays = createReplayRepository(database);
});

const CANDLES = 4000;
const RUN = 'run 1';

function orderOf(id: string, changes: Partial<Replay> = {}) {
  return {
    ...{ id, packageId: 'alpha', packageVersion: '1', symbol: 'BTCUSDT', marketSource: 'recorded' as const },
    ...{ label: null, counterfactual: null, from: START, to: START + CANDLES * DECISION_CANDLE_MS },
    ...{ settings: DEFAULT_SETTINGS, pipeline: DEFAULT_ACCOUNT_PIPELINE, initialBalance: 5000 },
    ...changes,
  };
}

async function create(id: string, changes: Partial<Replay> = {}, decided: number[] | null = null) {
  const order = orderOf(id, changes);
  const created = await replays.create([{ order, decided }], changes.createdAt ?? START, () => {});
  return created[0] as Replay;
}

async function running(id: string): Promise<{ replay: Replay; stored: StoredAccount }> {
  await create(id);
  const replay = (await replays.begin(id, RUN, '1', START)) as Replay;
  return { replay, stored: (await replays.accounts.find(id)) as StoredAccount };
}

/** Advances a replay by some candles in which nothing is traded. */
function advance({ replay, stored }: { replay: Replay; stored: StoredAccount }, count: number, runId = RUN) {
  const done = replay.done + count;
  const outcome = skipCandles(stored.account, START + done * DECISION_CANDLE_MS);
  const progress = { done, incomplete: 1, forecastsComputed: count, forecastsKnown: 0 };
  return replays.advance(runId, replay, stored, { outcome, samples: [] }, progress, START);
}

describe('a replay in the store', () => {
  it('is as it was ordered, with an account of its own', async () => {
    const replay = await create('one', { label: 'two weeks' }, [START, START + DECISION_CANDLE_MS]);
    expect(replay).toMatchObject({
      ...{ id: 'one', state: 'QUEUED', label: 'two weeks', decidedCandles: 2, done: 0, results: null },
      ...{ initialBalance: 5000, settings: DEFAULT_SETTINGS, createdAt: START, startedAt: null },
    });
    expect(await replays.decidedCandles('one')).toEqual([START, START + DECISION_CANDLE_MS]);
    expect((await replays.accounts.find('one'))?.account).toMatchObject({ wallet: 5000, nextCandle: START });
  });

  it('never mixes with live accounts', async () => {
    const after = await advance(await running('one'), 3);
    expect(after?.replay).toMatchObject({ done: 3, incomplete: 1, forecastsComputed: 3 });
    const { stored } = after as { stored: StoredAccount };
    const traded = takeDecision(
      stored.account,
      decisionMarket({ asOf: stored.account.nextCandle }),
      policySignal(),
    );
    const { replay } = after as { replay: Replay };
    expect(
      await replays.advance(
        RUN,
        replay,
        stored,
        { outcome: traded, samples: [] },
        { ...replay, done: 4 },
        START,
      ),
    ).toBeDefined();
    expect(await history.decisions('one', 10)).toHaveLength(4);
    expect(await history.equityAfter('one', 1, -1, 10_000)).toHaveLength(3);

    const before = (await replays.accounts.find('one')) as StoredAccount;
    expect(before.account.lots).toHaveLength(1);
    expect(await liveAccounts.list()).toEqual([]);
    expect(await liveAccounts.find('one')).toBeUndefined();
    expect(await liveAccounts.commit(before, { account: pause(before.account) }, START)).toBeUndefined();
    expect(await history.lot(before.account.lots[0]!.id)).toBeUndefined();
    expect(await replays.accounts.find('one')).toEqual(before);

    const account = newAccount({
      ...{ id: 'paper_a', settings: DEFAULT_SETTINGS, pipeline: DEFAULT_ACCOUNT_PIPELINE },
      ...{ initialBalance: 1, at: START },
    });
    const { stored: live } = await liveAccounts.create({
      account,
      packageId: null,
      symbol: 'BTCUSDT',
      now: START,
    });
    expect(await liveAccounts.list()).toEqual([live]);
    expect(await replays.accounts.find('paper_a')).toBeUndefined();
  });

  it('bumps its revision with every change, and never that of accounts', async () => {
    const read = createReadRevisions(database);
    const accounts = await read('account:*');
    let before = await read('replays');
    const bumped = async (change: Promise<unknown>) => {
      const result = await change;
      const after = await read('replays');
      const isBumped = after !== before;
      before = after;
      return [result !== undefined && result !== false, isBumped];
    };
    expect(await bumped(create('one'))).toEqual([true, true]);
    expect(await bumped(replays.begin('one', RUN, '1', START))).toEqual([true, true]);
    const replay = (await replays.find('one')) as Replay;
    const stored = (await replays.accounts.find('one')) as StoredAccount;
    expect(await bumped(advance({ replay, stored }, 2))).toEqual([true, true]);
    expect(await bumped(advance({ replay, stored }, 2))).toEqual([false, false]);
    expect(await bumped(replays.hide('one'))).toEqual([false, false]);
    await replays.change('one', { state: 'DONE' });
    before = await read('replays');
    expect(await bumped(replays.hide('one'))).toEqual([true, true]);
    expect(await read('account:*')).toBe(accounts);
  });

  it('is taken further by one only, and not once it is cancelled', async () => {
    const before = await running('one');
    const after = await advance(before, 3);
    expect(await advance(before, 5)).toBeUndefined();
    expect(await replays.change('one', { state: 'CANCELLED', finishedAt: START })).toMatchObject({
      state: 'CANCELLED',
      done: 3,
    });
    expect(await advance(after as typeof before, 1)).toBeUndefined();
    expect(await replays.change('one', { state: 'DONE' })).toBeUndefined();
    expect(await history.decisions('one', 10)).toHaveLength(3);
  });

  it('belongs to the run that began last: whatever an earlier one writes is refused', async () => {
    const before = await running('one');
    const after = await advance(before, 3);
    const taken = (await replays.begin('one', 'run 2', '2', START + 5)) as Replay;
    // It keeps the version and the time that it began with.
    expect(taken).toMatchObject({ packageVersion: '1', startedAt: START, done: 3 });
    expect(await advance(after as typeof before, 1)).toBeUndefined();
    const error = { code: 'INTERNAL', detail: 'Woken up.' } as const;
    for (const change of [{ phase: 'LOADING' }, { state: 'FAILED', error }, { state: 'DONE' }] as const)
      expect(await replays.change('one', change, RUN)).toBeUndefined();
    expect(await replays.find('one')).toEqual(taken);
    expect(await advance({ ...(after as typeof before), replay: taken }, 1, 'run 2')).toBeDefined();
    expect(await replays.change('one', { state: 'DONE' }, 'run 2')).toMatchObject({ state: 'DONE', done: 4 });
    expect(await replays.begin('one', 'run 3', '1', START)).toBeUndefined();
  });

  it('takes the version of its package when it begins, not when it was requested', async () => {
    await create('one');
    expect(await replays.begin('one', RUN, '2', START)).toMatchObject({ packageVersion: '2' });
    await create('orphan');
    expect(await replays.begin('orphan', RUN, undefined, START)).toMatchObject({ packageVersion: '1' });
  });

  it('is refused together with everything it would write', async () => {
    await create('one');
    const revision = createReadRevisions(database);
    const before = await revision('replays');
    const planned = ['two', 'three'].map((id) => ({ order: orderOf(id), decided: null }));
    const refused = replays.create(planned, START, (unfinished) => {
      throw new Error(`${unfinished} are there`);
    });
    await expect(refused).rejects.toThrow('1 are there');
    expect(await revision('replays')).toBe(before);
    expect((await replays.create(planned, START, () => {})).map(({ id }) => id)).toEqual(['two', 'three']);
    expect(await replays.unfinished('ordinary')).toHaveLength(3);
  });

  it('waits in the order of requests, behind what runs', async () => {
    await create('later', { createdAt: START + 2 });
    await create('sooner', { createdAt: START + 1 });
    expect(await replays.unfinished('ordinary')).toEqual(['sooner', 'later']);
    await replays.begin('later', RUN, '1', START);
    expect(await replays.unfinished('ordinary')).toEqual(['later', 'sooner']);
    for (const id of ['later', 'sooner']) await replays.change(id, { state: 'CANCELLED' });
    expect(await replays.unfinished('ordinary')).toEqual([]);
  });

  it('tells its candles by reason', async () => {
    await advance(await running('one'), 3);
    expect(await replays.results.reasons('one', START, START + 2 * DECISION_CANDLE_MS)).toEqual(
      new Map([['MISSED', 2]]),
    );
  });
});

describe('counterfactuals', () => {
  const of = (id: string, k: number) => ({ of: id, kind: 'random_entries', k }) as const;

  it('are apart from ordinary replays, and take none of their places', async () => {
    await create('one');
    for (const k of [1, 0]) await create(`random ${k}`, { counterfactual: of('one', k) });
    expect((await replays.list(10)).map(({ id }) => id)).toEqual(['one']);
    expect(await replays.unfinished('ordinary')).toEqual(['one']);
    expect(await replays.unfinished('counterfactual')).toEqual(['random 0', 'random 1']);
    const found = await replays.counterfactuals('one');
    expect(found.map(({ counterfactual }) => counterfactual)).toEqual([of('one', 0), of('one', 1)]);
  });

  it('are hidden with their original, whether it is deleted or old, also those that run', async () => {
    for (const id of ['old', 'new']) await create(id, { createdAt: id === 'old' ? START : START + 1 });
    await create('of old', { counterfactual: of('old', 0), createdAt: START + 2 });
    const running = await create('of new', { counterfactual: of('new', 0), createdAt: START + 2 });
    await replays.begin('of new', RUN, '1', START);
    for (const id of ['old', 'new']) await replays.change(id, { state: 'CANCELLED' });
    await replays.hideOld('alpha', 1);
    expect((await replays.hidden()).toSorted()).toEqual(['of old', 'old']);
    expect(await replays.find('of new')).toMatchObject({ id: running.id, state: 'RUNNING' });
    await replays.hide('new');
    expect((await replays.hidden()).toSorted()).toEqual(['new', 'of new', 'of old', 'old']);
    expect(await replays.change('of new', { phase: 'DECIDING' }, RUN)).toBeUndefined();
  });
});

describe('old replays', () => {
  it('are hidden by package, but for those that are not finished', async () => {
    for (let i = 0; i < 6; i++) await create(`alpha${i}`, { createdAt: START + i });
    await create('beta', { packageId: 'beta' });
    for (const id of ['alpha0', 'alpha2', 'alpha5', 'beta']) await replays.change(id, { state: 'CANCELLED' });
    await replays.hideOld('alpha', 2);
    expect((await replays.list(10, { packageId: 'alpha' })).map(({ id }) => id)).toEqual([
      ...['alpha5', 'alpha4', 'alpha3', 'alpha1'],
    ]);
    expect(await replays.find('alpha0')).toBeUndefined();
    expect((await replays.list(10)).map(({ id }) => id)).toContain('beta');
  });

  it('are removed piece by piece, with everything they left', async () => {
    const kept = await advance(await running('kept'), 2);
    await advance(await running('gone'), CANDLES - 1);
    expect(await replays.hide('gone')).toBe(false);
    await replays.change('gone', { state: 'DONE' });
    expect(await replays.hide('gone')).toBe(true);
    expect(await replays.hide('gone')).toBe(false);
    let pieces = 0;
    expect(await replays.hidden()).toEqual(['gone']);
    expect(await replays.removeSome('kept')).toBe(false);
    while (await replays.removeSome('gone')) pieces += 1;
    expect(pieces).toBeGreaterThan(10);
    expect(await replays.accounts.find('gone')).toBeUndefined();
    expect(await history.decisions('gone', 10)).toEqual([]);
    expect(await history.epochs('gone')).toEqual([]);
    expect(await replays.find('kept')).toEqual(kept?.replay);
    expect(await history.decisions('kept', 10)).toHaveLength(2);
  });
});
