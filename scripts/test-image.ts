import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run test:image`: builds the Dockerfile with buildah on a base from debootstrap (Debian 13, which has Node 20.19), without
 * a container engine, and asks the image for its version. As root, with network, Debian's buildah and debootstrap.
 */
const BASE = 'localhost/paperdesk-base';
const IMAGE = 'localhost/paperdesk-test';

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

for (const tool of ['buildah', 'debootstrap'])
  run('sh', '-c', `command -v ${tool} || { echo "${tool} is not installed." >&2; exit 1; }`);
const folder = mkdtempSync(join(tmpdir(), 'paperdesk-base-'));
const containers: string[] = [];
const container = (image: string) => {
  containers.push(run('buildah', 'from', image));
  return containers.at(-1)!;
};
try {
  run('debootstrap', '--variant=minbase', '--include=nodejs,npm,ca-certificates,passwd', 'trixie', folder);
  const base = container('scratch');
  run('buildah', 'add', base, folder, '/');
  run('buildah', 'commit', base, BASE);
  const bases = ['BUILD_BASE', 'BASE'].flatMap((name) => ['--build-arg', `${name}=${BASE}`]);
  run('buildah', 'build', '--isolation', 'chroot', '--format', 'docker', ...bases, '--tag', IMAGE, '.');
  const built = container(IMAGE);
  const inside = (...command: string[]) =>
    run('buildah', 'run', '--isolation', 'chroot', built, '--', ...command);
  console.log(
    `The image runs paperdesk ${inside('node', 'dist/src/cli/paperdesk.js', '--version')} as ${inside('id', '-un')}.`,
  );
} finally {
  for (const name of containers) run('buildah', 'rm', name);
  rmSync(folder, { recursive: true, force: true });
}
