import { execFileSync } from 'node:child_process';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

/** The process that built; its children inherit the value, other runs set their own. */
const MARKER = 'PAPERDESK_BUILT_BY';

/** Builds the sources before the first test that starts a process, once per run for all projects. */
export function setup(): void {
  const self = String(process.pid);
  if (process.env[MARKER] === self) return;
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: PROJECT_ROOT, stdio: 'inherit' });
  process.env[MARKER] = self;
}
