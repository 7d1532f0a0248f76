import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type SqliteConnection, SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-old-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The tables of the system that paperdesk replaces. */
export const OLD_SCHEMA = {
  model_packages: `CREATE TABLE model_packages (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, forecast_rel_path TEXT NOT NULL, ppo_rel_path TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'UPLOADED', created_at TEXT NOT NULL, warmup_required INTEGER DEFAULT 1,
    warmup_status TEXT DEFAULT 'PENDING', warmup_completed_at TEXT)`,
  paper_accounts: `CREATE TABLE paper_accounts (
    model_id TEXT PRIMARY KEY, model_package_id TEXT, symbol TEXT, status TEXT, warmup_required INTEGER,
    warmup_status TEXT, balance_usdt REAL, total_equity REAL, initial_balance REAL, total_trades INTEGER,
    winning_trades INTEGER, losing_trades INTEGER, max_positions INTEGER, default_leverage INTEGER,
    profit_target_pct REAL, time_limit_hours REAL, created_at TEXT, updated_at TEXT, reset_at TEXT)`,
  paper_positions: `CREATE TABLE paper_positions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, model_id TEXT, symbol TEXT, side TEXT, entry_price REAL, exit_price REAL,
    size_usdt REAL, margin_usdt REAL, leverage REAL, stop_loss REAL, take_profit REAL, take_profit_pct REAL,
    stop_loss_pct REAL, open_time TEXT, close_time TEXT, realized_pnl_pct REAL, realized_pnl_usdt REAL,
    status TEXT, close_reason TEXT)`,
} as const;

type Row = Readonly<Record<string, unknown>>;
export type OldTables = { readonly [Table in keyof typeof OLD_SCHEMA]?: readonly Row[] };

/** Writes an old file with these tables; the caller closes it. */
export function writeOldFile(path: string, tables: OldTables, { wal = false } = {}): SqliteConnection {
  const sqlite = new SqliteDatabase(path);
  if (wal) sqlite.pragma('journal_mode = WAL');
  sqlite.transaction(() => {
    for (const [table, rows] of Object.entries(tables)) {
      sqlite.exec(OLD_SCHEMA[table as keyof typeof OLD_SCHEMA]);
      for (const row of rows) {
        const columns = Object.keys(row);
        const places = columns.map((column) => `@${column}`);
        sqlite.prepare(`insert into ${table} (${columns}) values (${places})`).run(row);
      }
    }
  })();
  return sqlite;
}

/** An old account. */
export function oldAccount(changes: Row = {}): Row {
  return {
    model_id: 'paper_gamma',
    model_package_id: 'gamma',
    symbol: 'BTCUSDT',
    balance_usdt: 10_020,
    initial_balance: 10_000,
    max_positions: 5,
    default_leverage: 3,
    created_at: '2025-11-01 10:00:00',
    ...changes,
  };
}

/** A closed old position that earned 12.5. */
export function oldPosition(changes: Row = {}): Row {
  return {
    model_id: 'paper_gamma',
    symbol: 'BTCUSDT',
    side: 'Long',
    entry_price: 90_000,
    exit_price: 91_000,
    size_usdt: 1400,
    margin_usdt: 200,
    leverage: 7,
    stop_loss: 89_000,
    take_profit: 92_000,
    open_time: '2025-11-02T10:00:00.123456',
    close_time: '2025-11-02T12:30:00+00:00',
    realized_pnl_pct: 6.25,
    realized_pnl_usdt: 12.5,
    status: 'CLOSED',
    close_reason: 'take_profit',
    ...changes,
  };
}
