import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountRepository, StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { HistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Candle } from '../../../src/candle.ts';
import { answerOfOrigin } from '../../../src/http/attribution/answer.ts';
import type { AttributionSumsAnswer } from '../../../src/http/attribution/schema.ts';
import {
  createMarketRepository,
  type MarketRepository,
} from '../../../src/market/store/market-repository.ts';
import { excursionsOf } from '../../../src/statistics/excursions.ts';
import { createReadExcursions } from '../../../src/statistics/read-excursions.ts';
import { createReadResultOrigin, type MarkedAccount } from '../../../src/statistics/result-origins.ts';
import type { PaperAccount } from '../../../src/trading/account.ts';
import { undecidedRecord } from '../../../src/trading/decision-record.ts';
import type { LedgerKind, LedgerLine } from '../../../src/trading/ledger.ts';
import { type ClosedLot, lotPnl } from '../../../src/trading/lot.ts';
import { roundMoney } from '../../../src/trading/money.ts';
import type { Outcome } from '../../../src/trading/outcome.ts';
import { expectFiniteNumbers } from '../../helper/finite-numbers.ts';
import { account, lot, START } from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';
import { type PolledCandle, randomCompleteRun, randomRun, tradeLive } from '../../helper/random-run.ts';

const SYMBOL = 'BTCUSDT';
const MARK = 100;
const MINUTE_MS = 60_000;
const CANDLE_MS = 3 * MINUTE_MS;
const pause = async () => {};

let accounts: AccountRepository;
let history: HistoryRepository;
let candles: MarketRepository['candles'];

beforeEach(async () => {
  const store = await openPaperStore();
  ({ accounts, history } = store);
  ({ candles } = createMarketRepository(store.database));
});

const createStored = async (start: PaperAccount) =>
  (await accounts.create({ account: start, packageId: null, symbol: SYMBOL, now: START })).stored;

function reader() {
  return createReadResultOrigin({ history, readExcursions: createReadExcursions({ candles, pause }), pause });
}

function line(sequence: number, kind: LedgerKind, amount: number, lotId: string): LedgerLine {
  const id = `${lotId}.${kind}`;
  return {
    id,
    accountId: 'paper_test',
    epoch: 1,
    sequence,
    time: START,
    kind,
    amount,
    lotId,
    walletAfter: 0,
    ...{ reason: null, detail: null },
  };
}

async function storedWith(outcome: Partial<Outcome> & Pick<Outcome, 'account'>): Promise<StoredAccount> {
  return (await accounts.commit(await createStored(account()), outcome, START)) as StoredAccount;
}

const marked = (stored: StoredAccount, changes: Partial<MarkedAccount> = {}): MarkedAccount => ({
  ...{ stored, account: stored.account, pending: [], price: MARK },
  ...changes,
});

/** Stores the intrabar candles of a run, and returns them. */
async function storeIntrabar(start: PaperAccount, run: readonly PolledCandle[]): Promise<Candle[]> {
  const stored = run.flatMap(({ decisionCandle }) => decisionCandle.intrabar ?? []);
  await candles.store(SYMBOL, start.pipeline.intrabarTimeframe, stored);
  return stored;
}

/** In units of 1e-8, so that equal is equal. */
const units = (amount: number | null) => Math.round((amount ?? 0) * 1e8);

function sumOfParts(sums: AttributionSumsAnswer): number {
  const { price_usdt, entry_slippage_usdt, exit_slippage_usdt, stop_gap_usdt, liquidation_usdt } = sums;
  const prices = [price_usdt, entry_slippage_usdt, exit_slippage_usdt, stop_gap_usdt, liquidation_usdt];
  return [...prices, sums.fees_usdt, sums.funding_usdt, sums.unknown_usdt].reduce(
    (sum: number, part) => sum + units(part),
    0,
  );
}

/** Money of all lines of the ledger, and what open lots have won by the mark. */
async function expectedNet({ account: { id, lots } }: StoredAccount): Promise<number> {
  const lines = await history.ledger(id, 100_000);
  const unrealized = lots.reduce((sum, one) => sum + units(roundMoney(lotPnl(one, MARK))), 0);
  return lines.reduce((sum, { amount }) => sum + units(amount), unrealized);
}

describe('the answer of where a result came from', () => {
  it('sums to the ledger in every group, for any market and polls, whenever it was read before', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(randomRun, fc.infiniteStream(fc.boolean()), async ({ start, candles: run }, asked) => {
        const own = { ...start, id: `paper_${count++}` };
        await storeIntrabar(own, run);
        let stored = await createStored(own);
        const read = reader();
        for (const outcome of tradeLive(own, run)) {
          stored = (await accounts.commit(stored, outcome, START)) as StoredAccount;
          if (asked.next().value) await read(marked(stored));
        }
        const answer = answerOfOrigin(await read(marked(stored)));
        expect(answer).toEqual(answerOfOrigin(await reader()(marked(stored))));
        expectFiniteNumbers(answer);
        const { total, excursions: _, ...groupings } = answer;
        expect(units(total.net_usdt)).toBe(await expectedNet(stored));
        for (const groups of [{ all: total }, ...Object.values(groupings)]) {
          const sums = Object.values(groups);
          expect(sums.reduce((sum, { net_usdt }) => sum + units(net_usdt), 0)).toBe(units(total.net_usdt));
          expect(sums.reduce((sum, { lots }) => sum + lots, 0)).toBe(total.lots);
          for (const one of sums) expect(sumOfParts(one)).toBe(units(one.net_usdt));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('counts what is executed but not stored yet as if it was', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(randomCompleteRun, async ({ start, candles: run }) => {
        const own = { ...start, id: `paper_${count++}` };
        const outcomes = tradeLive(own, run);
        let stored = await createStored(own);
        let before = stored;
        for (const outcome of outcomes) {
          before = stored;
          stored = (await accounts.commit(stored, outcome, START)) as StoredAccount;
        }
        const whole = await reader()(marked(stored));
        const last = outcomes.at(-1) as Outcome;
        fc.pre(last.opened.length === 0);
        const ahead = marked(before, { account: stored.account, pending: last.closed });
        expect((await reader()(ahead)).attribution.total.net).toBe(whole.attribution.total.net);
      }),
      { numRuns: 5 },
    );
  });

  it('has the confidence of decisions, and none for orders by hand', async () => {
    const asOf = START;
    const decided = lot({ id: 'a', key: `${asOf}.policy`, openedAt: asOf });
    const byHand = lot({ id: 'b', key: 'manual.x', openedAt: asOf, origin: 'manual' });
    const stored = await storedWith({
      account: { ...account(), lots: [decided, byHand], lineCount: 2 },
      opened: [decided, byHand],
      lines: [line(1, 'entry_fee', -0.06, 'a'), line(2, 'entry_fee', -0.06, 'b')],
      decisions: [{ ...undecidedRecord(account(), asOf, 'MISSED', ''), lotId: 'a', confidence: 72 }],
    });
    const { attribution } = await reader()(marked(stored));
    expect(Object.keys(attribution.byConfidence)).toEqual(['70', 'none']);
    expect(Object.keys(attribution.byReason)).toEqual(['OPEN']);
  });

  it('leaves parts null that are known of no lot, and shows money only below 10 lots', async () => {
    const old = lot({ id: 'a', entryReference: null });
    const stored = await storedWith({
      account: { ...account(), lots: [old], lineCount: 1 },
      opened: [old],
      lines: [line(1, 'entry_fee', -0.06, 'a')],
    });
    const { total } = answerOfOrigin(await reader()(marked(stored)));
    expect(total).toMatchObject({
      ...{ price_usdt: null, entry_slippage_usdt: null, exit_slippage_usdt: 0, win_rate: null },
      ...{ unknown_lots: 1, code: 'UNKNOWN', net_usdt: -0.06 },
    });
  });
});

describe('excursions from stored candles', () => {
  const closed = (changes: Partial<ClosedLot> = {}): ClosedLot => ({
    ...lot({ openedAt: START }),
    ...{ exitPrice: 110, exitReference: null, closedAt: START + 3 * CANDLE_MS, reason: 'TAKE_PROFIT' },
    ...{ grossPnl: 10, exitFee: 0.066, netPnl: 9.8 },
    ...changes,
  });
  const market = { symbol: SYMBOL, pipeline: account().pipeline };
  const path: Candle[] = [
    [100, 102, 97],
    [101, 105, 96],
    [104, 111, 99],
  ].map(([open, high, low], index) => ({
    ...{ openTime: START + index * CANDLE_MS, open: open!, high: high!, low: low!, close: open!, volume: 1 },
  }));

  it('are those of all candles', async () => {
    await candles.store(SYMBOL, '3m', path);
    const one = closed();
    const measured = await createReadExcursions({ candles, pause })(one, market);
    expect(measured).toEqual(excursionsOf(one, path, CANDLE_MS));
    expect(measured).toMatchObject({ mae: { amount: -4 }, mfe: { amount: 10 } });
  });

  it.each([0, 2])('are null while candle %d is missing or filled', async (missing) => {
    const read = createReadExcursions({ candles, pause });
    await candles.store(
      SYMBOL,
      '3m',
      path.filter((_, index) => index !== missing),
    );
    expect(await read(closed(), market)).toBeNull();
    await candles.storeFilled(SYMBOL, '3m', path);
    expect(await read(closed(), market)).toBeNull();
    await candles.store(SYMBOL, '3m', path);
    expect(await read(closed(), market)).toMatchObject({ mae: { amount: -4 } });
  });

  it('need no candle where a lot opened and closed by hand within one', async () => {
    const times = { openedAt: START + MINUTE_MS, closedAt: START + 2 * MINUTE_MS };
    const byHand = closed({ ...times, reason: 'MANUAL', exitPrice: 99 });
    const measured = await createReadExcursions({ candles, pause })(byHand, market);
    expect(measured).toMatchObject({ mae: { amount: -1 }, mfe: { amount: 0 } });
  });

  it('are summed up from 10 lots on, and looked for again where candles came later', async () => {
    const lots = Array.from({ length: 12 }, (_, index) =>
      closed({ id: `lot_${index}`, netPnl: index < 10 ? 9.8 : -1 }),
    );
    const stored = await storedWith({
      account: { ...account(), lineCount: 24 },
      opened: lots.map(({ id }) => lot({ id, openedAt: START })),
      closed: lots,
      lines: lots.flatMap(({ id }, index) => [
        line(2 * index + 1, 'entry_fee', -0.06, id),
        line(2 * index + 2, 'realised_pnl', 10, id),
      ]),
    });
    const read = reader();
    expect((await read(marked(stored))).excursions).toMatchObject({
      all: { lots: 0, mae: null },
      missing: 12,
    });
    await candles.store(SYMBOL, '3m', path);
    const { excursions } = await read(marked(stored));
    expect(excursions).toMatchObject({
      all: { lots: 12, mae: { amount: -4, marginPct: -40, r: -0.8 }, mfe: { amount: 10 } },
      wins: { lots: 10, mae: { amount: -4 } },
      losses: { lots: 2, mae: null, mfe: null },
      missing: 0,
    });
  });
});
