import { ConfigError, readConfig } from './config.ts';
import { runUntilSignal } from './run-until-signal.ts';
import { startService } from './service.ts';

try {
  const service = await startService(readConfig(process.env, process.argv.slice(2)));
  runUntilSignal(() => service.close());
} catch (error) {
  const expected = error instanceof ConfigError || (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  process.stderr.write(`${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
