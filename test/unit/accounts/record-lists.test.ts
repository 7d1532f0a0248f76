import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHistoryRepository, type HistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { isPostgres } from '../../../src/db/engine.ts';
import { insertRows } from '../../../src/db/insert-rows.ts';
import type { NewRow } from '../../../src/db/tables.ts';
import { snakeKeys } from '../../../src/runtime/key-case.ts';
import { account, lot, START } from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';
import { withQueryPlans } from '../../helper/query-plans.ts';

const COUNT = 1200;
const MINUTE = 60_000;
const ACCOUNTS = ['paper_a', 'paper_b'];
const NUMBERS = Array.from({ length: COUNT }, (_, index) => index);
const isStopped = (index: number) => index % 3 === 0;
const isEven = (index: number) => index % 5 === 0;
const STOPPED = NUMBERS.filter(isStopped).length;
const LOST = NUMBERS.filter((index) => isStopped(index) && !isEven(index)).length;
const WON = NUMBERS.filter((index) => !isStopped(index) && !isEven(index)).length;

let database: Database;
let history: HistoryRepository;
let plans: ReturnType<typeof withQueryPlans>['plans'];

/** Lot `index` of an account: two lots are a position, every third one is lost, every fifth has no result. */
function lotRow(accountId: string, index: number): NewRow<'paper_lots'> {
  const openedAt = START + Math.floor(index / 2) * 10 * MINUTE;
  return {
    ...snakeKeys(lot({ id: `${accountId}.1.${String(index).padStart(5, '0')}`, key: `${index}`, openedAt })),
    ...{ account_id: accountId, epoch: 1, sequence: index + 1, position: index - (index % 2) + 1 },
    ...{ status: 'CLOSED', side: index % 4 < 2 ? 'long' : 'short', exit_price: 101, exit_reference: null },
    ...{ closed_at: openedAt + (1 + (index % 2)) * MINUTE, gross_pnl: 1, exit_fee: 0.06 },
    close_reason: isStopped(index) ? 'STOP_LOSS' : 'TAKE_PROFIT',
    net_pnl: isEven(index) ? 0 : (isStopped(index) ? -1 : 1) * index,
  };
}

beforeEach(async () => {
  const store = await openPaperStore();
  ({ database } = store);
  for (const id of ACCOUNTS) {
    await store.accounts.create({
      account: account({}, { id }),
      packageId: null,
      symbol: 'BTCUSDT',
      now: START,
    });
    const rows = Array.from({ length: COUNT }, (_, index) => lotRow(id, index));
    await insertRows(database, 'paper_lots', rows);
    const lines = rows.map(({ id: lotId, sequence }, index) => ({
      ...{ id: `${id}.${sequence}`, account_id: id, epoch: 1, sequence, time: START + index * MINUTE },
      ...{ kind: index % 2 === 0 ? 'entry_fee' : 'realised_pnl', amount: 1, lot_id: lotId, wallet_after: 1 },
    }));
    await insertRows(database, 'paper_ledger', lines);
    const decisions = rows.map(({ id: lotId }, index) => ({
      ...{ account_id: id, as_of: START + index * MINUTE, epoch: 1, decided: 1 as const, source: 'policy' },
      ...{ signal: index % 4 < 2 ? 'LONG' : 'SHORT', confidence: 50, sentiment: 'neutral', evidence: null },
      ...{ action: 'OPEN_LONG', reason: null, sentences: '[]', order: null, lot_id: lotId, stored_at: START },
    }));
    await insertRows(database, 'paper_decisions', decisions);
  }
  await sql`analyze`.execute(database);
  const { noted, plans: read } = withQueryPlans(database);
  history = createHistoryRepository(noted);
  plans = read;
});

const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => Number(id.slice(-5)));

describe('closed lots', () => {
  it('are read from both ends and in between, by number and by cursor', async () => {
    const total = await history.countClosedLots('paper_b');
    expect(total).toBe(COUNT);
    const page = (rows: number) => history.closedLots('paper_b', 3, undefined, { skip: { rows, total } });
    const newest = [COUNT - 1, COUNT - 2, COUNT - 3];
    expect(idsOf(await page(0))).toEqual(newest);
    expect(idsOf(await page(3))).toEqual(newest.map((id) => id - 3));
    expect(idsOf(await page(COUNT - 2))).toEqual([1, 0]);
    expect(idsOf(await page(COUNT))).toEqual([]);
    const after = (await page(0)).at(-1)!;
    expect(await history.closedLots('paper_b', 3, after)).toEqual(await page(3));
  });

  it('are sorted by time and by result', async () => {
    const first = async (sort: 'oldest' | 'best' | 'worst') => {
      const [one, two] = await history.closedLots('paper_b', 2, undefined, { sort });
      expect(await history.closedLots('paper_b', 1, one, { sort })).toEqual([two]);
      return idsOf([one!]);
    };
    expect(await first('oldest')).toEqual([0]);
    expect(await first('best')).toEqual([COUNT - 1]);
    expect(await first('worst')).toEqual([COUNT - 3]);
  });

  it('are filtered, and counted as they are listed', async () => {
    const filters = [
      [{ side: 'short' }, COUNT / 2],
      [{ reason: 'STOP_LOSS' }, STOPPED],
      [{ result: 'lost' }, LOST],
      [{ result: 'won' }, WON],
      [{ from: START + 100 * MINUTE, to: START + 109 * MINUTE }, 2],
    ] as const;
    for (const [filter, count] of filters) {
      expect(await history.countClosedLots('paper_b', filter)).toBe(count);
      expect(await history.closedLots('paper_b', COUNT, undefined, filter)).toHaveLength(count);
    }
    const [lost] = await history.closedLots('paper_b', 1, undefined, { result: 'lost', side: 'long' });
    expect(lost).toMatchObject({ side: 'long', reason: 'STOP_LOSS' });
  });
});

describe('positions', () => {
  it('sum their lots', async () => {
    const [position] = await history.positions('paper_b', 1, undefined, { sort: 'oldest' });
    expect(position).toEqual({
      ...{ epoch: 1, position: 1, side: 'long', openedAt: START, closedAt: START + 2 * MINUTE },
      ...{ lots: 2, openLots: 0, won: 1, lost: 0, quantity: 2, notional: 200, margin: 20 },
      ...{ openQuantity: 0, openNotional: 0, entryPrice: 100, exitPrice: 101, netPnl: 1, fees: 0.24 },
      ...{ funding: 0, exits: { STOP_LOSS: 1, TAKE_PROFIT: 1 } },
      lotIds: ['paper_b.1.00000', 'paper_b.1.00001'],
    });
  });

  it('are open while one lot is', async () => {
    const last = { id: `paper_b.1.0${COUNT - 1}` };
    await database
      .updateTable('paper_lots')
      .set({
        status: 'OPEN',
        closed_at: null,
        exit_price: null,
        close_reason: null,
        net_pnl: null,
        exit_fee: null,
      })
      .where('id', '=', last.id)
      .execute();
    const [position] = await history.positions('paper_b', 1);
    expect(position).toMatchObject({
      closedAt: null,
      openLots: 1,
      openQuantity: 1,
      openNotional: 100,
      lots: 2,
    });
    expect(await history.countPositions('paper_b', { result: 'won' })).toBe(
      (await history.positions('paper_b', COUNT, undefined, { result: 'won' })).length,
    );
  });

  it.each(['newest', 'oldest', 'best', 'worst'] as const)('by %s: pages join without a gap', async (sort) => {
    const total = await history.countPositions('paper_b');
    expect(total).toBe(COUNT / 2);
    const all = await history.positions('paper_b', total, undefined, { sort });
    const rest = await history.positions('paper_b', total, all[9], { sort });
    expect(rest).toEqual(all.slice(10));
    const skip = { rows: total - 5, total };
    expect(await history.positions('paper_b', 5, undefined, { sort, skip })).toEqual(all.slice(-5));
    const order = sort === 'best' ? -1 : 1;
    const results = all.map(({ netPnl }) => order * netPnl);
    if (sort === 'best' || sort === 'worst') expect(results).toEqual([...results].sort((a, b) => a - b));
  });

  it('are filtered by side, result, reason and time', async () => {
    const count = (filter: Parameters<HistoryRepository['countPositions']>[1]) =>
      history.countPositions('paper_b', filter);
    expect(await count({ side: 'short' })).toBe(COUNT / 4);
    expect(await count({ from: START + 100 * MINUTE, to: START + 109 * MINUTE })).toBe(1);
    expect(await count({ reason: 'MANUAL' })).toBe(0);
    expect((await count({ result: 'won' })) + (await count({ result: 'lost' }))).toBeLessThanOrEqual(
      COUNT / 2,
    );
  });
});

describe('ledger lines and decisions', () => {
  it('are filtered by kind, lot, side and time', async () => {
    expect(await history.countLines('paper_b', { kind: 'entry_fee' })).toBe(COUNT / 2);
    expect(await history.countLines('paper_b', { side: 'short' })).toBe(COUNT / 2);
    const lotId = 'paper_b.1.00007';
    expect(await history.ledger('paper_b', 5, undefined, { lotId })).toMatchObject([{ sequence: 8, lotId }]);
    const range = { from: START + 7 * MINUTE, to: START + 8 * MINUTE, sort: 'oldest' } as const;
    expect((await history.ledger('paper_b', 5, undefined, range)).map(({ sequence }) => sequence)).toEqual([
      8, 9,
    ]);
    expect(await history.countDecisions('paper_b', { side: 'short' })).toBe(COUNT / 2);
    expect(await history.countDecisions('paper_b', { result: 'lost' })).toBe(LOST);
    expect(await history.countDecisions('paper_b', { epoch: 2 })).toBe(0);
    expect(await history.decisions('paper_b', 5, undefined, { ...range })).toMatchObject([
      { asOf: START + 7 * MINUTE },
      { asOf: START + 8 * MINUTE },
    ]);
  });
});

it('pages use an index that has their order: no list sorts all of its rows', async () => {
  const total = COUNT;
  for (const skip of [undefined, { rows: total / 2 - 5, total }, { rows: total - 5, total }]) {
    await history.closedLots('paper_b', 5, undefined, { skip });
    await history.closedLots('paper_b', 5, undefined, { skip, sort: 'worst' });
    await history.ledger('paper_b', 5, undefined, { skip });
    await history.decisions('paper_b', 5, undefined, { skip });
  }
  await history.positions('paper_b', 5);
  const paged = (await plans()).filter(({ sql: text }) => text.includes('limit'));
  expect(paged).toHaveLength(13);
  for (const { plan } of paged) {
    expect(plan).not.toMatch(
      isPostgres(database) ? /Seq Scan on paper_(lots|ledger|decisions)/ : /SCAN paper_(?!epochs)/,
    );
    if (!isPostgres(database)) expect(plan).not.toMatch(/TEMP B-TREE FOR (ORDER|GROUP) BY/);
  }
});
