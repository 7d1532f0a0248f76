import { execFileSync } from 'node:child_process';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

/** Tests that start processes start what a person starts: the build of the sources as they are now. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: PROJECT_ROOT, stdio: 'inherit' });
}
