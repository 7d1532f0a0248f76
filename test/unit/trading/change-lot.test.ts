import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributionOfClosedLot, attributionOfOpenLot } from '../../../src/statistics/attribution.ts';
import { excursionsOf } from '../../../src/statistics/excursions.ts';
import type { PaperAccount } from '../../../src/trading/account.ts';
import { closeLotsManually, closePartManually, moveExits, partKey } from '../../../src/trading/change-lot.ts';
import type { ClosedLot, Lot } from '../../../src/trading/lot.ts';
import { closeManually, openManually } from '../../../src/trading/manual-order.ts';
import { addMoney } from '../../../src/trading/money.ts';
import { concatOutcomes, type Outcome } from '../../../src/trading/outcome.ts';
import { account, ledgerSum, lot, START, shortLot } from '../../helper/paper.ts';

const NOW = { time: START + 100_000, price: 100, atr14: 1 };
const LOT = lot({ margin: 100, notional: 1000, quantity: 10, entryFee: 0.6, funding: -0.07 });
const part = (share: number) => ({ lotId: LOT.id, share, key: 'k', reason: 'less risk' });

describe('a part that is closed by hand', () => {
  it('is a closed lot of its own; the rest stays open with the rest of the costs', () => {
    const {
      account: after,
      closed,
      lines,
    } = closePartManually(account({}, { lots: [LOT] }), NOW, part(0.25));
    const id = `paper_test.1.${partKey(LOT.key, 'k')}`;
    expect(closed).toMatchObject([{ id, partOf: LOT.id, reason: 'MANUAL', quantity: 2.5 }]);
    expect(closed[0]).toMatchObject({ notional: 250, margin: 25, entryFee: 0.15, funding: -0.0175 });
    expect(after.lots).toMatchObject([
      { id: LOT.id, quantity: 7.5, notional: 750, margin: 75, entryFee: 0.45, funding: -0.0525 },
    ]);
    expect(lines.map(({ kind, lotId, reason }) => [kind, lotId, reason])).toEqual([
      ['realised_pnl', closed[0]!.id, 'less risk'],
      ['exit_fee', closed[0]!.id, 'less risk'],
    ]);
  });

  it('and the rest must keep a margin', () => {
    const holding = account({}, { lots: [LOT] });
    expect(() => closePartManually(holding, NOW, part(0.995))).toThrow(/close all of it instead/);
    expect(() => closePartManually(holding, NOW, part(0.005))).toThrow(/both parts must keep/);
    expect(() => closePartManually(holding, NOW, { ...part(0.5), lotId: 'other' })).toThrow(
      /no open position other/,
    );
  });

  it('any parts sum to the whole: ledger, costs and attribution', () => {
    const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    const price = fc.double({ min: 80, max: 120, noNaN: true });
    const steps = fc.array(fc.record({ share, price }), { minLength: 1, maxLength: 6 });
    const side = fc.constantFrom('long' as const, 'short' as const);
    fc.assert(
      fc.property(side, steps, price, (which, parts, mark) => {
        const start = account();
        const opened = openManually(start, NOW, { key: 'o', side: which, notional: 5000, leverage: 10 });
        const id = opened.opened[0]!.id;
        const outcomes: Outcome[] = [opened];
        let current: PaperAccount = opened.account;
        for (const [index, step] of parts.entries()) {
          const rest = current.lots[0]!;
          if (!(Math.min(step.share, 1 - step.share) * rest.margin > 1)) break;
          const market = { ...NOW, price: step.price };
          const order = { lotId: id, share: step.share, key: `${index}`, reason: null };
          const outcome = closePartManually(current, market, order);
          outcomes.push(outcome);
          current = outcome.account;
        }
        const { closed, lines } = concatOutcomes(start, outcomes);
        const open = current.lots[0] as Lot;
        expect(Math.abs(current.wallet - ledgerSum(start.initialBalance, lines))).toBeLessThan(1e-8);
        expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
        const sumOf = (field: 'quantity' | 'notional' | 'margin' | 'entryFee') =>
          [...closed, open].reduce((sum, one) => sum + one[field], 0);
        for (const field of ['quantity', 'notional', 'margin', 'entryFee'] as const)
          expect(sumOf(field)).toBeCloseTo(opened.opened[0]![field], 8);
        expect([...closed, open].map(({ entryFee }) => entryFee).reduce(addMoney, 0)).toBe(
          opened.opened[0]!.entryFee,
        );
        const nets = closed.map((one) => attributionOfClosedLot(one).net);
        expect(nets).toEqual(closed.map(({ netPnl }) => netPnl));
        const ledger = lines.map(({ amount }) => amount).reduce(addMoney, 0);
        const marked = attributionOfOpenLot(open, mark);
        const unmarked = addMoney(addMoney(nets.reduce(addMoney, 0), -open.entryFee), open.funding);
        expect(unmarked).toBe(ledger);
        expect(addMoney(marked.fees, marked.funding)).toBe(addMoney(-open.entryFee, open.funding));
      }),
      { numRuns: 200 },
    );
  });
});

describe('closing all', () => {
  it('closes the lots that are named and still open, with the reason in each line', () => {
    const other = { ...LOT, id: 'paper_test.1.1.policy', key: '1.policy' };
    const holding = account({}, { lots: [LOT, other] });
    const one = closeLotsManually(holding, NOW, [other.id, 'gone'], 'news');
    expect(one.closed.map(({ id }) => id)).toEqual([other.id]);
    expect(one.lines.every(({ reason }) => reason === 'news')).toBe(true);
    expect(closeLotsManually(one.account, NOW, [other.id], null).lines).toEqual([]);
    expect(closeManually(holding, NOW, LOT.id, 'tired').lines.map(({ reason }) => reason)).toEqual([
      'tired',
      'tired',
    ]);
  });
});

describe('moving stop and target', () => {
  const holding = account({}, { lots: [LOT] });
  const move = (exits: { stopLoss?: number; takeProfit?: number }, from: PaperAccount = holding) =>
    moveExits(from, NOW, { lotId: LOT.id, reason: 'tighter', ...exits });

  it('is a line of 0 that says what moved and why; the first stop is kept', () => {
    const { account: after, lines, sentences } = move({ stopLoss: 97.5 });
    expect(after.lots).toMatchObject([{ stopLoss: 97.5, firstStop: 95, takeProfit: LOT.takeProfit }]);
    expect(after.wallet).toBe(holding.wallet);
    const detail = 'Moved stop from 95.00 to 97.50.';
    expect(lines).toMatchObject([{ kind: 'edit', amount: 0, lotId: LOT.id, reason: 'tighter', detail }]);
    expect(sentences).toEqual([detail]);
    const again = move({ stopLoss: 98, takeProfit: 120 }, after);
    expect(again.account.lots).toMatchObject([{ stopLoss: 98, firstStop: 95, takeProfit: 120 }]);
    expect(again.lines[0]!.id).not.toBe(lines[0]!.id);
    expect(again.lines[0]!.detail).toBe('Moved stop from 97.50 to 98.00 and target from 110.00 to 120.00.');
    expect(move({ stopLoss: 97.5 }, after).lines).toEqual([]);
  });

  it('does not change the risk that excursions are measured in', () => {
    const closed: ClosedLot = {
      ...move({ stopLoss: 99 }).account.lots[0]!,
      ...{
        exitPrice: 99,
        exitReference: null,
        closedAt: START,
        reason: 'STOP_LOSS',
        grossPnl: -10,
        exitFee: 0,
      },
      netPnl: -10,
    };
    expect(excursionsOf(closed, [], 180_000).mae.r).toBeCloseTo(-0.2, 12);
  });

  it.each([
    [LOT, { stopLoss: 100 }],
    [LOT, { stopLoss: 90.1 }],
    [LOT, { takeProfit: 100 }],
    [shortLot({ id: LOT.id, margin: 100, notional: 1000, quantity: 10 }), { stopLoss: 99 }],
    [shortLot({ id: LOT.id, margin: 100, notional: 1000, quantity: 10 }), { takeProfit: 101 }],
    [shortLot({ id: LOT.id, margin: 100, notional: 1000, quantity: 10 }), { stopLoss: 109.9 }],
  ])('is refused where liquidation, stop, price and target would be out of order', (held, exits) => {
    expect(() => move(exits, account({}, { lots: [held] }))).toThrow(
      /needs its stop (above|below) the liquidation at \d+\.\d\d and (above|below) the price of 100\.00/,
    );
  });
});
