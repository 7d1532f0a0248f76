import type { Services } from '../../src/services.ts';

const MOST = 100_000;

/** Everything that an account has behind it, in order, once it has lived until the clock of `services`. */
export async function livedAccount({ desk }: Pick<Services, 'desk'>, modelId: string) {
  const { stored: before } = await desk.accounts.get(modelId);
  const { account, createdAt } = await desk.execute(before.account.id);
  const { id, epoch } = account;
  return {
    account,
    createdAt,
    lines: (await desk.history.ledger(id, MOST)).reverse(),
    decisions: (await desk.history.decisions(id, MOST)).reverse(),
    closed: await desk.history.closedLots(id, MOST),
    equity: await desk.history.equityAfter(id, epoch, -1, Number.MAX_SAFE_INTEGER),
  };
}

export type LivedAccount = Awaited<ReturnType<typeof livedAccount>>;
