import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AccountRepository, createAccountRepository } from '../../../src/accounts/account-repository.ts';
import { createHistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { LedgerLine } from '../../../src/trading/ledger.ts';
import { closeManually, openManually } from '../../../src/trading/manual-order.ts';
import { addMoney } from '../../../src/trading/money.ts';
import { account, START } from '../../helper/paper.ts';
import { openSharedStore } from '../../helper/shared-store.ts';

/** What one node does: the amounts of the lines of each change, in order. */
type Changes = readonly (readonly number[])[];

const amounts = fc.integer({ min: -500, max: 500 }).map((cents) => cents / 100);
const changes: fc.Arbitrary<Changes> = fc.array(fc.array(amounts, { minLength: 1, maxLength: 4 }), {
  maxLength: 12,
});

/** Makes every change, again and again until it is stored. @returns how often another node was first */
async function make(node: AccountRepository, id: string, wanted: Changes): Promise<number> {
  let lost = 0;
  for (const [step, lines] of wanted.entries()) {
    for (;;) {
      const stored = (await node.find(id))!;
      let { wallet, lineCount } = stored.account;
      const written = lines.map((amount): LedgerLine => {
        wallet = addMoney(wallet, amount);
        lineCount += 1;
        return {
          ...{ id: `${id}.1.${lineCount}`, accountId: id, epoch: 1, sequence: lineCount, time: START + step },
          ...{ kind: 'funding', amount, lotId: null, walletAfter: wallet },
          ...{ reason: null, detail: null },
        };
      });
      const after = { ...stored.account, wallet, lineCount };
      if ((await node.commit(stored, { account: after, lines: written }, START)) !== undefined) break;
      lost += 1;
    }
  }
  return lost;
}

test('two nodes that change one account at the same time lose and repeat no line', async () => {
  const { databases } = await openSharedStore(2);
  const [a, b] = databases.map((database) => createAccountRepository(database)) as [
    AccountRepository,
    AccountRepository,
  ];
  const history = createHistoryRepository(databases[0]!);
  let run = 0;
  let lost = 0;
  await fc.assert(
    fc.asyncProperty(changes, changes, async (ofA, ofB) => {
      run += 1;
      const id = `paper_${run}`;
      // Both create it: one of them does, the other gets the same.
      const created = await Promise.all(
        [a, b].map((node) =>
          node.create({ account: account({}, { id }), packageId: null, symbol: 'X', now: START }),
        ),
      );
      expect(created[0]!.stored).toEqual(created[1]!.stored);
      expect(created.filter((one) => one.created)).toHaveLength(1);
      const beaten = await Promise.all([make(a, id, ofA), make(b, id, ofB)]);
      lost += beaten[0] + beaten[1];

      const lines = (await history.ledger(id, 1000)).reverse();
      expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => index + 1));
      const byAmount = (list: readonly number[]) => [...list].sort((x, y) => x - y);
      expect(byAmount(lines.map(({ amount }) => amount))).toEqual(byAmount([...ofA, ...ofB].flat()));
      let wallet = created[0]!.stored.account.wallet;
      for (const { amount, walletAfter } of lines) {
        wallet = addMoney(wallet, amount);
        expect(walletAfter).toBe(wallet);
      }
      const stored = await b.find(id);
      expect(stored).toMatchObject({
        revision: 1 + ofA.length + ofB.length,
        account: { wallet, lineCount: lines.length },
      });
    }),
    { numRuns: 25 },
  );
  // Otherwise this test would not have tried what it is about.
  expect(lost).toBeGreaterThan(0);
});

test('an account is read with the lots of its own revision while another node changes it', async () => {
  const { databases } = await openSharedStore(2);
  const [a, b] = databases.map((database) => createAccountRepository(database)) as [
    AccountRepository,
    AccountRepository,
  ];
  let stored = (await a.create({ account: account(), packageId: null, symbol: 'X', now: START })).stored;
  let isDone = false;
  const changing = (async () => {
    for (let round = 0; round < 60; round++) {
      const order = { key: `k${round}`, side: 'long', notional: 70 } as const;
      const market = { time: START + round, price: 100, atr14: 1 };
      stored = (await a.commit(stored, openManually(stored.account, market, order), START))!;
      const [lot] = stored.account.lots;
      stored = (await a.commit(stored, closeManually(stored.account, market, lot!.id), START))!;
    }
  })().finally(() => {
    isDone = true;
  });
  const seen = new Set<string>();
  while (!isDone) {
    const { revision, account: read } = (await b.find('paper_test'))!;
    seen.add(`${revision % 2 === 0 ? 'opened' : 'closed'}, ${read.lots.length} lots`);
  }
  await changing;
  expect([...seen].sort()).toEqual(['closed, 0 lots', 'opened, 1 lots']);
});
