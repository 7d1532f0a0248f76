import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../docs/licences.md', import.meta.url));
const LOCKFILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));

export interface LockedPackage {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly license?: string | readonly { readonly type: string }[];
}

/** Every package that `npm ci` may install, by its path in node_modules. */
export async function lockedPackages(): Promise<[place: string, locked: LockedPackage][]> {
  const { packages } = JSON.parse(await readFile(LOCKFILE, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  return Object.entries(packages).filter(([place]) => place !== '');
}

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

function licenceOf({ license }: LockedPackage): string {
  if (license === undefined) return 'not stated';
  return typeof license === 'string' ? license : license.map(({ type }) => type).join(' OR ');
}

/** The expected document with all licences, from the lockfile. */
export async function licencesDocument(): Promise<string> {
  const locked = await lockedPackages();
  const section = (title: string, isIn: (one: LockedPackage) => boolean) => {
    const byLicence = new Map<string, Set<string>>();
    for (const [place, one] of locked.filter(([, candidate]) => isIn(candidate))) {
      const names = byLicence.get(licenceOf(one)) ?? new Set<string>();
      byLicence.set(licenceOf(one), names.add(`${nameOf(place)} ${one.version}`));
    }
    const rows = [...byLicence]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([licence, names]) => `| ${licence} | ${names.size} | ${[...names].sort().join(', ')} |`);
    return `## ${title}\n\n| licence | packages | which |\n|---|---|---|\n${rows.join('\n')}\n`;
  };
  const isTool = (one: LockedPackage) => one.dev === true || one.devOptional === true;
  return [
    '# Licences\n\nOf every package in `package-lock.json`, as its authors state it; `npm run docs` writes this list.\n',
    section('What the service needs to run', (one) => !isTool(one)),
    section('Tools to build, test and manage it', isTool),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(DOCUMENT, await licencesDocument());
