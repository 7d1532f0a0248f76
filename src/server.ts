import { OpenAddressError } from './auth/listen-address.ts';
import { PasswordCommandError, runPasswordCommand, takePasswordCommand } from './cli/password.ts';
import { ConfigError, readConfig } from './config.ts';
import { runUntilSignal } from './runtime/run-until-signal.ts';
import { startService } from './service.ts';

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
  const expected =
    error instanceof ConfigError ||
    error instanceof OpenAddressError ||
    error instanceof PasswordCommandError ||
    (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  process.stderr.write(`${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
