import type { TableSchema } from '../../db/schema.ts';
import type { Tables } from '../../db/tables.ts';
import { MoveError } from './move-error.ts';

/** Whether a table is part of what a store holds, and why. */
interface TableRule {
  readonly moved: boolean;
  readonly why: string;
}

/**
 * Every table of a store. Moved tables are copied in this order, so that a row comes after those it refers to. The job
 * queue has a schema of its own, and is filled from these tables.
 */
export const TABLE_RULES: Readonly<Record<keyof Tables, TableRule>> = {
  model_packages: { moved: true, why: 'the packages' },
  package_aliases: { moved: true, why: 'what the packages are called' },
  candles: { moved: true, why: 'the market' },
  candle_gaps: { moved: true, why: 'the market' },
  candle_mismatches: { moved: true, why: 'the market' },
  funding_rates: { moved: true, why: 'the market' },
  funding_coverage: { moved: true, why: 'the market' },
  kept_symbols: { moved: true, why: 'the market' },
  paper_accounts: { moved: true, why: 'accounts, and those of replays' },
  paper_epochs: { moved: true, why: 'accounts, and those of replays' },
  paper_lots: { moved: true, why: 'accounts, and those of replays' },
  paper_ledger: { moved: true, why: 'accounts, and those of replays' },
  paper_decisions: { moved: true, why: 'accounts, and those of replays' },
  paper_equity: { moved: true, why: 'accounts, and those of replays' },
  polled_accounts: { moved: true, why: 'accounts whose polls are watched' },
  forecasts: { moved: true, why: 'forecasts, to be compared with later candles' },
  replays: { moved: true, why: 'replays, which go on in the target where they stopped' },
  replay_samples: { moved: true, why: 'what replays under way are checked with' },
  trials: { moved: true, why: 'what was tried counts in any store' },
  feature_drift: { moved: true, why: 'what past days said about the features of packages' },
  alerts: { moved: true, why: 'alerts, and what is left of their delivery' },
  factor_models: { moved: true, why: 'registered directories' },
  access_password: { moved: true, why: 'the password' },
  access_tokens: { moved: true, why: 'sessions and tokens stay valid' },
  login_addresses: { moved: true, why: 'where the owner logs in from' },
  revisions: { moved: true, why: 'a cached answer must never fit a later state' },
  store_facts: { moved: true, why: 'which market the store holds' },
  nodes: { moved: false, why: 'nodes register themselves' },
  events: { moved: false, why: 'streams of the target begin anew' },
  password_failures: { moved: false, why: 'counters that are forgotten soon anyway' },
  leases: { moved: false, why: 'nodes of the target take their own' },
  running_jobs: { moved: false, why: 'no node runs anything while a store is moved' },
  backfills: { moved: false, why: 'their candles are moved; one that has not ended is requested again' },
};

/** Kysely's own; both ends are migrated before. */
const OF_MIGRATIONS = /^kysely_migration(_lock)?$/;

/**
 * The tables to copy, in order.
 * @throws MoveError for a table without a rule, or one that differs between the two ends
 */
export function tablesToMove(
  source: ReadonlyMap<string, TableSchema>,
  target: ReadonlyMap<string, TableSchema>,
): TableSchema[] {
  for (const [end, schema] of Object.entries({ source, target })) {
    const unknown = [...schema.keys()].find(
      (name) => !OF_MIGRATIONS.test(name) && !Object.hasOwn(TABLE_RULES, name),
    );
    if (unknown !== undefined) {
      throw new MoveError(
        `The ${end} has the table ${unknown}, which is none of paperdesk's. Use a database of its own for the store.`,
      );
    }
  }
  const names = Object.entries(TABLE_RULES).filter(([, { moved }]) => moved);
  return names.map(([name]) => sameTable(name, source.get(name), target.get(name)));
}

function sameTable(
  name: string,
  source: TableSchema | undefined,
  target: TableSchema | undefined,
): TableSchema {
  if (source === undefined || target === undefined || descriptionOf(source) !== descriptionOf(target)) {
    throw new MoveError(
      `The table ${name} is not the same on both ends: ${descriptionOf(source)} in the source and ` +
        `${descriptionOf(target)} in the target.`,
    );
  }
  return source;
}

function descriptionOf(table: TableSchema | undefined): string {
  if (table === undefined) return 'missing';
  const columns = [...table.columns].map(([column, kind]) => `${column} ${kind ?? 'of an unknown type'}`);
  return `(${columns.join(', ')}) with the key (${table.key.join(', ')})`;
}
