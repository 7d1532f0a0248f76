import { INITIAL_BALANCE, requireSymbol } from '../../accounts/accounts.ts';
import type { Overview } from '../../accounts/overview.ts';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import type { MarketHistory } from '../../market/sync/market-history.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import type { AccountState } from '../../pipeline/account-state.ts';
import { accountStateAt } from '../../trading/account.ts';

export interface ExistingAccountSources {
  readonly desk: Pick<PaperDesk, 'accounts' | 'overview'>;
  readonly history: Pick<MarketHistory, 'window'>;
}

/** Used for the signals of a package that has no account yet (http.md#7). */
const EMPTY_ACCOUNT: AccountState = { equity: INITIAL_BALANCE, lots: [] };

/** Finds a package and its account, if it has one; creates nothing. @throws MODEL_NOT_FOUND, SYMBOL_MISMATCH */
export async function findExistingAccount(
  { desk }: ExistingAccountSources,
  modelId: string,
  symbol: string | undefined,
) {
  const { stored, model } = await desk.accounts.find(modelId);
  const ownSymbol = stored?.symbol ?? model?.manifest.symbol;
  if (ownSymbol !== undefined) requireSymbol(stored?.account.id ?? modelId, ownSymbol, symbol);
  const overview = stored === undefined ? undefined : await desk.overview({ stored, model });
  return { model, overview };
}

/** What the policy observes of an account, marked at the close of the decision candle like in a poll. */
export async function accountStateOf(
  { history }: ExistingAccountSources,
  { pipeline }: Pick<ModelPackage, 'pipeline'>,
  overview: Overview | undefined,
): Promise<AccountState> {
  if (overview === undefined) return EMPTY_ACCOUNT;
  const { close } = await history.window(overview.stored.symbol, pipeline);
  return accountStateAt(overview.account, close);
}
