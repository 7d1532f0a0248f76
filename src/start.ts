import { OpenAddressError } from './auth/listen-address.ts';
import { PasswordCommandError, runPasswordCommand, takePasswordCommand } from './cli/password.ts';
import { ConfigError, readConfig } from './config.ts';
import { PaperdeskError } from './errors.ts';
import { keepNewFilesPrivate } from './runtime/private-files.ts';
import { runUntilSignal } from './runtime/run-until-signal.ts';
import { StartError } from './services/start-error.ts';

const USAGE = `paperdesk start [--web-host ADDRESS] [--web-port PORT] [--role all|api|worker]
paperdesk start --init-password [PASSWORD]
paperdesk start --set-password [PASSWORD]

Runs the service until SIGINT or SIGTERM. --init-password and --set-password set the password instead, and end; without
a value they ask for it. Settings are environment variables (README, "Settings"); options win over them.`;

/** Errors whose message tells the operator what to do; of all others the stack is shown. */
const EXPLAINED_ERRORS = [ConfigError, OpenAddressError, PasswordCommandError, PaperdeskError, StartError];

keepNewFilesPrivate();
try {
  if (process.argv.includes('--help')) process.stdout.write(`${USAGE}\n`);
  else await run(process.argv.slice(2));
} catch (error) {
  const isExplained = EXPLAINED_ERRORS.some((type) => error instanceof type);
  process.stderr.write(`${isExplained ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}

async function run(args: readonly string[]): Promise<void> {
  const { command, rest } = takePasswordCommand(args);
  const config = readConfig(process.env, rest);
  if (command === undefined) {
    // Loading it takes most of the start; help and passwords do without.
    const { startService } = await import('./service.ts');
    const service = await startService(config);
    runUntilSignal(() => service.close());
  } else {
    process.exitCode = await runPasswordCommand(command, config);
  }
}
