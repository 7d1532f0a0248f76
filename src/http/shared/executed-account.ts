import type { OwnedAccount } from '../../accounts/accounts.ts';
import type { PaperDesk } from '../../accounts/paper-desk.ts';

/** Finds an account and executes its closed candles first. @throws MODEL_NOT_FOUND */
export async function executedAccount(
  { accounts, execute }: Pick<PaperDesk, 'accounts' | 'execute'>,
  modelId: string,
): Promise<OwnedAccount> {
  const { stored, model } = await accounts.get(modelId);
  return { stored: await execute(stored.account.id), model };
}
