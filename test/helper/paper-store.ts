import { createAccountRepository } from '../../src/accounts/account-repository.ts';
import { createHistoryRepository } from '../../src/accounts/history-repository.ts';
import { openTestDatabase } from './test-database.ts';

/** An empty store in memory with the repositories of live accounts and of what they did; closed after the test. */
export async function openPaperStore() {
  const database = await openTestDatabase();
  return {
    database,
    accounts: createAccountRepository(database),
    history: createHistoryRepository(database),
  };
}
