import { SqliteDatabase } from './sqlite-library.ts';

/** Long enough for a process that is just ending. */
const WAIT_MS = 1000;

/**
 * Locks a file for this process, until `release` or the end of the process, however it ends: the system takes a lock away
 * with its process. Node has no locks of its own, so this is that of an empty SQLite file, in an exclusive transaction.
 * @returns `release`
 * @throws the error SQLITE_BUSY when another process, or this one, has the lock; SQLITE_CANTOPEN
 */
export function lockFile(path: string): () => void {
  const sqlite = new SqliteDatabase(path, { timeout: WAIT_MS });
  try {
    sqlite.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    sqlite.close();
    throw error;
  }
  // The file stays: another process may be opening it.
  return () => void sqlite.close();
}
