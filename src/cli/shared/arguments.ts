import { parseArgs } from 'node:util';
import { parseUtcTime } from '../../runtime/utc-time.ts';

/** The arguments of a command are wrong; its usage is shown along with the message. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command accepts: options with a text, flags, and files. */
export interface Arguments<Required extends string, Optional extends string, Flag extends string> {
  readonly required?: readonly Required[];
  readonly optional?: readonly Optional[];
  readonly flags?: readonly Flag[];
  readonly files?: boolean;
}

/**
 * Reads the arguments of a command.
 * @throws UsageError for an unknown option, or a required one that is missing
 */
export function readArguments<
  Required extends string = never,
  Optional extends string = never,
  Flag extends string = never,
>(
  { required = [], optional = [], flags = [], files = false }: Arguments<Required, Optional, Flag>,
  args = process.argv.slice(2),
) {
  const texts = [...required, ...optional].map((name) => [name, { type: 'string' }] as const);
  const switches = flags.map((name) => [name, { type: 'boolean' }] as const);
  const options = Object.fromEntries<{ type: 'string' | 'boolean' }>([...texts, ...switches]);
  const { values, positionals } = parsed(() => parseArgs({ args, allowPositionals: files, options }));
  const missing = required.filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new UsageError(`--${missing.join(' and --')} must be given.`);
  type Options = Record<Required, string> & Partial<Record<Optional, string>> & Record<Flag, boolean>;
  const unset = Object.fromEntries(flags.map((name) => [name, false]));
  return { options: { ...unset, ...values } as Options, files: positionals };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A day (its start in UTC) or a time in ISO 8601 (UTC without a zone), as ms. @throws UsageError */
export function timeOption(name: string, text: string): number {
  const time = parseUtcTime(text);
  if (Number.isNaN(time)) {
    throw new UsageError(`--${name} ${text} is not a time: write 2024-01-31 or 2024-01-31T12:00Z.`);
  }
  return time;
}
