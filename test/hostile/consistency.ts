import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { RunningService } from './service-process.ts';

/** What is wrong with what a service keeps on disk: its store, its ledgers, its folders; empty when nothing is. */
export function faultsOnDisk({ database, packages }: RunningService): string[] {
  const store = new SqliteDatabase(database, { readonly: true });
  try {
    const rows = (sql: string) => store.prepare(sql).all() as Record<string, number | string>[];
    const integrity = String(store.pragma('integrity_check', { simple: true }));
    const foreign = store.pragma('foreign_key_check') as unknown[];
    const ids = rows("select id from model_packages where id <> 'ppo_v1'").map(({ id }) => String(id));
    return [
      ...(integrity === 'ok' ? [] : [`integrity: ${integrity}`]),
      ...(foreign.length === 0 ? [] : [`${foreign.length} rows point nowhere`]),
      ...differences(
        readdirSync(packages).filter((name) => name !== '.staging'),
        ids,
      ),
      ...readdirSync(join(packages, '.staging')).map((name) => `.staging/${name} is left`),
      ...ledgerFaults(rows),
    ];
  } finally {
    store.close();
  }
}

function differences(folders: readonly string[], ids: readonly string[]): string[] {
  return [
    ...folders.filter((name) => !ids.includes(name)).map((name) => `the folder ${name} has no row`),
    ...ids.filter((id) => !folders.includes(id)).map((id) => `the package ${id} has no folder`),
  ];
}

/** paper.md#4: wallet = initial balance + sum of lines, to 1e-8, always. */
function ledgerFaults(rows: (sql: string) => Record<string, number | string>[]): string[] {
  return rows(
    `select a.id, a.wallet, a.initial_balance + coalesce(
       (select sum(l.amount) from paper_ledger l where l.account_id = a.id and l.epoch = a.epoch), 0) as sum
     from paper_accounts a`,
  )
    .filter(({ wallet, sum }) => Math.abs(Number(wallet) - Number(sum)) > 1e-6)
    .map(({ id, wallet, sum }) => `the wallet of ${id} is ${wallet}, its ledger makes ${sum}`);
}
