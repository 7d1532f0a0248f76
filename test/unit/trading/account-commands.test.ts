import { describe, expect, it } from 'vitest';
import { newAccount } from '../../../src/trading/account.ts';
import { pause, reset, resume } from '../../../src/trading/account-commands.ts';
import { executeIntrabarCandle } from '../../../src/trading/execute-candle.ts';
import { checkClientPrice, closeManually, openManually } from '../../../src/trading/manual-order.ts';
import { takeDecision } from '../../../src/trading/take-decision.ts';
import {
  account,
  closedCandle,
  decisionMarket,
  flatCandle,
  ledgerSum,
  lot,
  policySignal,
  START,
} from '../../helper/paper.ts';

const NOW = { time: START + 100_000, price: 100, atr14: 1 };

describe('a lot opened by hand', () => {
  it('has the defaults of the account and an id derived from its key', () => {
    const { opened, lines, sentences } = openManually(account(), NOW, { key: 'abc', side: 'long' });
    expect(opened).toMatchObject([
      {
        id: 'paper_test.1.manual-abc',
        origin: 'manual',
        margin: 200,
        leverage: 7,
        entryPrice: 100.12,
        openedAt: NOW.time,
        holdClock: 'wall',
      },
    ]);
    expect(lines).toMatchObject([{ kind: 'entry_fee', amount: -0.84, time: NOW.time }]);
    expect(sentences).toHaveLength(1);
  });

  it('takes notional, leverage, stop and target where they are given', () => {
    const order = {
      key: 'k',
      side: 'short',
      notional: 500,
      leverage: 5,
      stopLoss: 104,
      takeProfit: 97,
    } as const;
    expect(openManually(account(), NOW, order).opened).toMatchObject([
      { side: 'short', notional: 500, margin: 100, leverage: 5, stopLoss: 104, takeProfit: 97 },
    ]);
  });

  it.each([
    [
      'ORDER_REFUSED',
      /\(OPPOSITE\): the account holds lots of the other side/,
      account({}, { lots: [lot()] }),
      {},
    ],
    ['ORDER_REFUSED', /\(EXPOSURE\)/, account(), { notional: 7001 }],
    ['ORDER_REFUSED', /\(MIN_SIZE\)/, account(), { notional: 7 }],
    ['ACCOUNT_STATE', /stopped by the kill switch; reset it/, account({}, { status: 'KILLED' as const }), {}],
    [
      'VALIDATION',
      /A short lot filled at 99\.88 cannot have its stop at 99\.00/,
      account(),
      { stopLoss: 99 },
    ],
  ])('is refused with %s and the sentence %s', (code, sentence, start, order) => {
    expect(() => openManually(start, NOW, { key: 'k', side: 'short', ...order })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(sentence) }),
    );
  });

  it('is closed by hand at our price, once', () => {
    const { account: holding, opened } = openManually(account(), NOW, { key: 'k', side: 'long' });
    const { account: after, closed } = closeManually(holding, NOW, opened[0]!.id);
    expect(closed).toMatchObject([{ reason: 'MANUAL', exitPrice: 99.88, closedAt: NOW.time }]);
    expect(after.lots).toEqual([]);
    expect(() => closeManually(after, NOW, opened[0]!.id)).toThrow(
      expect.objectContaining({ code: 'POSITION_NOT_FOUND' }),
    );
  });
});

describe('a price that a client sends', () => {
  it.each([99, 100, 101])('of %s is near enough to 100', (price) => {
    expect(() => checkClientPrice(price, 100)).not.toThrow();
  });

  it.each([98.9, 101.1, 0, -100, Number.NaN, Number.POSITIVE_INFINITY])('of %s is not', (price) => {
    expect(() => checkClientPrice(price, 100)).toThrow(expect.objectContaining({ code: 'PRICE_OFF' }));
  });
});

describe('pause and resume', () => {
  it('change the status, and only that', () => {
    const start = account({}, { lots: [lot()] });
    expect(pause(start)).toEqual({ ...start, status: 'PAUSED' });
    expect(resume(pause(start))).toEqual(start);
  });

  it('are for accounts that the kill switch did not stop', () => {
    const killed = account({}, { status: 'KILLED' });
    expect(() => pause(killed)).toThrow(expect.objectContaining({ code: 'ACCOUNT_STATE' }));
    expect(() => resume(killed)).toThrow(expect.objectContaining({ code: 'ACCOUNT_STATE' }));
  });

  it('do not affect exits', () => {
    const { closed } = executeIntrabarCandle(
      pause(account({}, { lots: [lot()] })),
      closedCandle({ ...flatCandle(0), low: 90.6 }),
    );
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS' }]);
  });
});

describe('a reset', () => {
  const traded = takeDecision(account(), decisionMarket(), policySignal());

  it('closes all lots and begins a new epoch with a fresh balance', () => {
    const { account: after, closed, lines } = reset(traded.account, NOW);
    expect(closed).toMatchObject([{ reason: 'RESET' }]);
    expect(after).toMatchObject({
      epoch: 2,
      status: 'ACTIVE',
      wallet: 10_000,
      lots: [],
      lineCount: 0,
      nextCandle: START,
    });
    expect(lines.map(({ kind, epoch }) => [kind, epoch])).toEqual([
      ['realised_pnl', 1],
      ['exit_fee', 1],
      ['reset', 1],
    ]);
    expect(ledgerSum(10_000, [...traded.lines, ...lines])).toBeCloseTo(after.wallet, 8);
  });

  it('may change balance and settings, and reactivates a killed account', () => {
    const killed = account({}, { status: 'KILLED', wallet: 1500 });
    const { account: after, lines } = reset(killed, NOW, {
      initialBalance: 500,
      settings: { ...killed.settings, opposite: 'hold' },
    });
    expect(after).toMatchObject({ status: 'ACTIVE', wallet: 500, initialBalance: 500 });
    expect(after.settings.opposite).toBe('hold');
    expect(lines).toMatchObject([{ kind: 'reset', amount: -1000 }]);
  });

  it('does not allow a second decision on a candle, but allows one on a candle without a row', () => {
    expect(reset(traded.account, NOW).account.lastDecision).toEqual({ asOf: START, decided: true });
    const { account: fresh } = reset(account(), NOW);
    expect(takeDecision(fresh, decisionMarket(), policySignal()).opened[0]!.id).toBe(
      `paper_test.2.${START}.policy`,
    );
  });
});

describe('an account', () => {
  it.each([0, -1, 5e-324, 0.99, Number.NaN, 2e7])('cannot begin with %s', (initialBalance) => {
    const { id, settings, pipeline } = account();
    expect(() => newAccount({ id, settings, pipeline, initialBalance, at: START })).toThrow(
      /initial balance/,
    );
  });
});
