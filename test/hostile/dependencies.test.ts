// promise: docs/licences.md, table "What the service needs"
// promise: docs/licences.md, table "Tools to build"

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { licencesDocument, lockedPackages } from '../../scripts/licences.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { LONG } from '../helper/run-length.ts';
import { report } from './report.ts';

test('every package in the lockfile has a checksum and comes from a registry', async () => {
  const packages = await lockedPackages();
  const wrong = packages.filter(
    ([, { integrity, resolved = 'https://', link }]) =>
      link === true || !/^sha512-/.test(integrity ?? '') || !resolved.startsWith('https://'),
  );
  expect(wrong.map(([place]) => place)).toEqual([]);
  report('lockfile', { packages: packages.length });
});

test('package.json pins exact versions', async () => {
  const { dependencies, devDependencies } = JSON.parse(
    await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8'),
  );
  const ranges = Object.entries({ ...dependencies, ...devDependencies } as Record<string, string>);
  expect(ranges.filter(([, range]) => !/^(npm:[@\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))).toEqual([]);
});

test('only packages that package.json allows run install scripts, with any version of npm', async () => {
  // Older versions of npm ignore allowScripts and run the scripts of packages that the lockfile marks. npm marks a package
  // when it is updated: delete its "hasInstallScript" from package-lock.json then.
  const { allowScripts } = JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name] === true);
  const marked = (await lockedPackages()).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(marked.map(([place]) => place)).toEqual(allowed.map((name) => `node_modules/${name}`));
});

test('docs/licences.md matches the lockfile (npm run docs writes it)', async () => {
  expect(await readFile(join(PROJECT_ROOT, 'docs', 'licences.md'), 'utf8')).toBe(await licencesDocument());
});

async function expectNoVulnerabilities(): Promise<void> {
  const { stdout } = await promisify(execFile)('npm', ['audit', '--omit=dev', '--json'], {
    cwd: PROJECT_ROOT,
  }).catch((failed: { stdout: string }) => failed);
  const audit = JSON.parse(stdout || '{}') as { metadata?: { vulnerabilities: Record<string, number> } };
  if (audit.metadata === undefined) {
    report('npm audit', { result: 'none: this registry does not support audits' });
    return;
  }
  const { critical = 0, high = 0, total = 0 } = audit.metadata.vulnerabilities;
  report('npm audit', { critical, high, total });
  expect(critical + high).toBe(0);
}

// The only test that uses the network.
if (LONG)
  test('npm audit knows of no severe vulnerability, where the registry has audits', expectNoVulnerabilities);
