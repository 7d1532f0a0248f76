import type { LivedAccount } from '../lived-account.ts';

/** What two lives of an account differ in, as sentences; none if they are the same byte for byte. */
export function differencesOf(modelId: string, disturbed: LivedAccount, undisturbed: LivedAccount): string[] {
  const [ours, theirs] = [recordsOf(disturbed), recordsOf(undisturbed)];
  return Object.entries(ours).flatMap(([kind, records]) => {
    const others = theirs[kind] as readonly unknown[];
    const [texts, otherTexts] = [records.map(textOf), others.map(textOf)];
    const length = Math.max(texts.length, otherTexts.length);
    const at = Array.from({ length }, (_, index) => index).find(
      (index) => texts[index] !== otherTexts[index],
    );
    if (at === undefined) return [];
    return [`${modelId}: ${kind} ${at} of ${length} is ${texts[at]}, and undisturbed ${otherTexts[at]}`];
  });
}

const textOf = (record: unknown) => JSON.stringify(record);

function recordsOf({ account, lines, closed, equity, decisions }: LivedAccount): Record<string, unknown[]> {
  return {
    account: [account],
    'ledger line': [...lines],
    'closed lot': closed.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    'equity point': [...equity],
    'candle row': decisions.map(({ evidence, ...row }) => {
      // Why nothing was decided depends on when the polls came.
      if (!row.decided) return { asOf: row.asOf, decided: false };
      const { timingsMs: _, ...inputs } = evidence ?? {};
      return { ...row, evidence: evidence && inputs };
    }),
  };
}

/** Faults of a ledger that no other life is needed to find, as sentences. */
export function ledgerFaults(modelId: string, { account, lines, closed }: LivedAccount): string[] {
  const faults: string[] = [];
  lines.forEach(({ sequence }, index) => {
    if (sequence !== index + 1) faults.push(`${modelId}: line ${index + 1} has the number ${sequence}`);
  });
  const last = lines.at(-1)?.walletAfter ?? account.initialBalance;
  if (last !== account.wallet)
    faults.push(`${modelId}: the wallet is ${account.wallet}, its ledger ends at ${last}`);
  const ids = [...closed, ...account.lots].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push(`${modelId}: a lot is there twice: ${ids}`);
  return faults;
}
