import { OpenAddressError } from './auth/listen-address.ts';
import { PasswordCommandError, runPasswordCommand, takePasswordCommand } from './cli/password.ts';
import { ConfigError, readConfig } from './config.ts';
import { PaperdeskError } from './errors.ts';
import { keepNewFilesPrivate } from './runtime/private-files.ts';
import { runUntilSignal } from './runtime/run-until-signal.ts';
import { startService } from './service.ts';
import { StartError } from './services/start-error.ts';

/** Errors whose message tells the operator what to do; of all others the stack is shown. */
const EXPLAINED_ERRORS = [ConfigError, OpenAddressError, PasswordCommandError, PaperdeskError, StartError];

keepNewFilesPrivate();
try {
  const { command, rest } = takePasswordCommand(process.argv.slice(2));
  const config = readConfig(process.env, rest);
  if (command === undefined) {
    const service = await startService(config);
    runUntilSignal(() => service.close());
  } else {
    process.exitCode = await runPasswordCommand(command, config);
  }
} catch (error) {
  const isExplained = EXPLAINED_ERRORS.some((type) => error instanceof type);
  process.stderr.write(`${isExplained ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
