import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

/** Creates a service token with the command that people use. */
export function createToken(database: string, name: string): string {
  const command = join(PROJECT_ROOT, 'dist', 'src', 'cli', 'token.js');
  return execFileSync(process.execPath, [command, 'create', name], {
    env: { ...process.env, DATABASE_URL: `file:${database}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();
}
