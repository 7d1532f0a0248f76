import { expect, test } from 'vitest';
import { differencesOf, ledgerFaults } from '../../helper/cluster/compare-accounts.ts';
import { createJournal, notePoll } from '../../helper/cluster/journal.ts';
import type { LivedAccount } from '../../helper/lived-account.ts';

/** The parts that are compared. */
function lived(changes: object = {}): LivedAccount {
  const line = { id: 'a-1', sequence: 1, walletAfter: 99 };
  const decided = {
    asOf: 900,
    decided: true,
    signal: 'LONG',
    evidence: { rawAction: [1], timingsMs: { all: 3 } },
  };
  return {
    account: { id: 'a', wallet: 99, initialBalance: 100, lots: [{ id: 'open' }] },
    createdAt: 0,
    lines: [line],
    closed: [{ id: 'closed' }],
    equity: [{ time: 900, equity: 99 }],
    decisions: [decided, { asOf: 1800, decided: false, reason: 'STALE' }],
    ...changes,
  } as unknown as LivedAccount;
}

test('accounts are the same whatever their decisions took, and why others were not taken', () => {
  const decided = {
    asOf: 900,
    decided: true,
    signal: 'LONG',
    evidence: { rawAction: [1], timingsMs: { all: 9 } },
  };
  const decisions = [decided, { asOf: 1800, decided: false, reason: 'MISSED' }];
  expect(differencesOf('a', lived(), lived({ decisions }))).toEqual([]);
});

test.each([
  ['ledger line', { lines: [{ id: 'a-1', sequence: 1, walletAfter: 99.00000001 }] }],
  ['ledger line', { lines: [] }],
  ['closed lot', { closed: [{ id: 'closed' }, { id: 'second' }] }],
  ['equity point', { equity: [] }],
  ['account', { account: { id: 'a', wallet: 98, initialBalance: 100, lots: [] } }],
  ['candle row', { decisions: [] }],
])('a %s that differs is named', (kind, changes) => {
  expect(differencesOf('a', lived(), lived(changes))).toEqual([expect.stringContaining(`a: ${kind} `)]);
});

test('a ledger that contradicts itself is found', () => {
  expect(ledgerFaults('a', lived())).toEqual([]);
  expect(ledgerFaults('a', lived({ lines: [{ sequence: 2, walletAfter: 99 }] }))).toHaveLength(1);
  expect(ledgerFaults('a', lived({ lines: [{ sequence: 1, walletAfter: 98 }] }))).toHaveLength(1);
  expect(ledgerFaults('a', lived({ closed: [{ id: 'open' }] }))).toHaveLength(1);
});

test('a candle that two polls decide, or answer differently, is a contradiction', () => {
  const [journal, deciders] = [createJournal(), new Map<string, number>()];
  const answer = { model_id: 'a', as_of: 't', signal: 'LONG', confidence: 1, action: 'HOLD', decided: true };
  notePoll(journal, answer, deciders);
  notePoll(journal, { ...answer, decided: false }, deciders);
  notePoll(journal, { ...answer, signal: null, decided: false }, deciders);
  expect(journal.contradictions).toEqual([]);
  notePoll(journal, answer, deciders);
  notePoll(journal, { ...answer, signal: 'FLAT', decided: false }, deciders);
  expect(journal.contradictions).toHaveLength(2);
});
