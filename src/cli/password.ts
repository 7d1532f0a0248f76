import { type AccessSettings, withAccess } from '../auth/with-access.ts';
import { PaperdeskError } from '../errors.ts';
import { readSecret } from './shared/read-secret.ts';

/** `--init-password [VALUE]` or `--set-password [VALUE]`, as given on the command line. */
export interface PasswordCommand {
  readonly action: 'init' | 'set';
  /** If it is not given, it is read from the terminal, so that no shell history has it. */
  readonly value: string | undefined;
}

/** The command failed; the message says why. */
export class PasswordCommandError extends Error {
  override readonly name = 'PasswordCommandError';
}

const FLAG = /^--(init|set)-password(?:=([\s\S]*))?$/;

/**
 * Takes the password command out of the arguments.
 * @throws PasswordCommandError if there are several
 */
export function takePasswordCommand(args: readonly string[]): {
  command: PasswordCommand | undefined;
  rest: string[];
} {
  const rest: string[] = [];
  let command: PasswordCommand | undefined;
  for (let i = 0; i < args.length; i++) {
    const match = FLAG.exec(args[i]!);
    if (match === null) {
      rest.push(args[i]!);
      continue;
    }
    if (command !== undefined)
      throw new PasswordCommandError('Give --init-password or --set-password, and only once.');
    const next = args[i + 1];
    const nextIsValue = match[2] === undefined && next !== undefined && !next.startsWith('--');
    if (nextIsValue) i += 1;
    command = { action: match[1] as 'init' | 'set', value: match[2] ?? (nextIsValue ? next : undefined) };
  }
  return { command, rest };
}

/** Sets the password; returns the exit code, 2 if there is a password already (factor-models.md#27). */
export async function runPasswordCommand(
  { action, value }: PasswordCommand,
  settings: AccessSettings,
): Promise<number> {
  return withAccess(settings, Date.now, async (access) => {
    if (action === 'init' && (await access.isPasswordSet())) return alreadySet();
    const password = value ?? (await promptForPassword());
    if (password === '') throw new PasswordCommandError('The password is empty; nothing was changed.');
    try {
      await (action === 'init' ? access.initializePassword(password) : access.resetPassword(password));
    } catch (error) {
      if (error instanceof PaperdeskError && error.code === 'PASSWORD_ALREADY_SET') return alreadySet();
      if (error instanceof PaperdeskError && error.code === 'PASSWORD_TOO_SHORT')
        throw new PasswordCommandError(`${error.message} Nothing was changed.`);
      throw error;
    }
    process.stdout.write(
      action === 'init' ? 'password initialized\n' : 'password set; all sessions are ended\n',
    );
    return 0;
  });
}

function alreadySet(): number {
  process.stderr.write('password already initialized; --set-password sets another one\n');
  return 2;
}

async function promptForPassword(): Promise<string> {
  const password = await readSecret('New password: ');
  if (process.stdin.isTTY === true && (await readSecret('The same again: ')) !== password) {
    throw new PasswordCommandError('The two are not the same; nothing was changed.');
  }
  return password;
}
