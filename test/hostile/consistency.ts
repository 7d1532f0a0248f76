import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import type { RestartableService } from '../helper/restartable-service.ts';

/** Lists what is inconsistent on disk: database, ledgers, package folders; empty when all is well. */
export function findInconsistencies({
  database,
  packages,
}: Pick<RestartableService, 'database' | 'packages'>): string[] {
  const store = new SqliteDatabase(database, { readonly: true });
  try {
    const rows = (sql: string) => store.prepare(sql).all() as Record<string, number | string>[];
    const integrity = String(store.pragma('integrity_check', { simple: true }));
    const brokenReferences = store.pragma('foreign_key_check') as unknown[];
    const ids = rows("select id from model_packages where id <> 'ppo_v1'").map(({ id }) => String(id));
    return [
      ...(integrity === 'ok' ? [] : [`integrity: ${integrity}`]),
      ...(brokenReferences.length === 0 ? [] : [`${brokenReferences.length} broken foreign keys`]),
      ...compareFolders(
        readdirSync(packages).filter((name) => !name.startsWith('.')),
        ids,
      ),
      ...readdirSync(join(packages, '.staging')).map((name) => `.staging/${name} is left over`),
      ...ledgerErrors(rows),
    ];
  } finally {
    store.close();
  }
}

function compareFolders(folders: readonly string[], ids: readonly string[]): string[] {
  return [
    ...folders.filter((name) => !ids.includes(name)).map((name) => `the folder ${name} has no row`),
    ...ids.filter((id) => !folders.includes(id)).map((id) => `the package ${id} has no folder`),
  ];
}

/** paper.md#4: wallet = initial balance + sum of ledger lines, to 1e-8, always. */
function ledgerErrors(rows: (sql: string) => Record<string, number | string>[]): string[] {
  return rows(
    `select a.id, a.wallet, a.initial_balance + coalesce(
       (select sum(l.amount) from paper_ledger l where l.account_id = a.id and l.epoch = a.epoch), 0) as sum
     from paper_accounts a`,
  )
    .filter(({ wallet, sum }) => Math.abs(Number(wallet) - Number(sum)) > 1e-6)
    .map(({ id, wallet, sum }) => `the wallet of ${id} is ${wallet}, its ledger adds up to ${sum}`);
}
