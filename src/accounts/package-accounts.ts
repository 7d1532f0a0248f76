import type { PackageAccounts } from '../packages/add-package.ts';
import { packageIdOf } from '../packages/package-id.ts';
import type { AccountRepository } from './account-repository.ts';

/** What the registry of packages needs to know about accounts. */
export function packageAccounts(repository: Pick<AccountRepository, 'list'>): PackageAccounts {
  return {
    async openLots() {
      const stored = await repository.list();
      return new Map(stored.map(({ account }) => [packageIdOf(account.id), account.lots.length]));
    },
  };
}
