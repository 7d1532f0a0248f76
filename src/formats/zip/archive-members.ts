import type { ZipEntry } from '../model-files.ts';

/** What macOS and Windows add when they zip a folder. */
const ADDED = /^__MACOSX\/|(?:^|\/)(?:\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini)$/;

/** The members of an archive without those that an operating system added when it was zipped again. */
export function withoutSystemFiles(entries: ReadonlyMap<string, ZipEntry>): Map<string, ZipEntry> {
  return new Map([...entries].filter(([name]) => !ADDED.test(name)));
}

/** The members of an archive by their names inside the one folder that is around all of them, where there is one. */
export function withoutOuterFolder(members: ReadonlyMap<string, ZipEntry>): ReadonlyMap<string, ZipEntry> {
  const [first = ''] = members.keys();
  const folder = first.slice(0, first.indexOf('/') + 1);
  const isAround = folder !== '' && [...members.keys()].every((name) => name.startsWith(folder));
  return isAround
    ? new Map([...members].map(([name, entry]) => [name.slice(folder.length), entry]))
    : members;
}
