import { execFileSync } from 'node:child_process';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

/** The process that has built; workers and other runs inherit or set a value of their own. */
const MARKER = 'PAPERDESK_BUILT_BY';

/** Builds the sources before the first test that starts a process: once per run, whatever number of projects asks. */
export function setup(): void {
  const self = String(process.pid);
  if (process.env[MARKER] === self) return;
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: PROJECT_ROOT, stdio: 'inherit' });
  process.env[MARKER] = self;
}
