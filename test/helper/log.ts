import type { Log } from '../../src/runtime/log.ts';

/** A log that writes nothing. */
export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** A log that collects its lines. */
export function collectingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const add = (data: object, message: string) => void lines.push(`${message} ${JSON.stringify(data)}`);
  return { lines, info: add, warn: add, error: add };
}
