import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { PackageFileName } from '../../packages/stored-file.ts';
import type { LegacyPackage } from './legacy-package.ts';

/** Paths of an old package's existing files, by their new names. */
export type LegacyFiles = ReadonlyMap<PackageFileName, string>;

export interface FilesRefused {
  readonly code: 'FILES_MISSING' | 'PATH_OUTSIDE' | 'PAYLOAD_TOO_LARGE';
  readonly reason: string;
}

/** Where files may be, and how large. */
export interface FileRules {
  /** The old system's folder. */
  readonly root: string;
  readonly maxBytes: number;
}

/**
 * Finds the pair of a package, and a scaler and manifest in the same folder. Paths that lead out of the old system's
 * folder, also through links, are refused.
 */
export async function findLegacyFiles(
  old: LegacyPackage,
  rules: FileRules,
): Promise<LegacyFiles | FilesRefused> {
  const files = new Map<PackageFileName, string>();
  for (const [name, path] of [
    ['forecast_model.pt', old.forecastPath],
    ['ppo_policy.zip', old.policyPath],
  ] as const) {
    const found = await find(path, rules);
    if (typeof found !== 'string') return found;
    files.set(name, found);
  }
  const scaler = await findScaler(old, rules);
  if (scaler !== undefined) files.set(...scaler);
  const manifest = isOwnFolder(old) ? await find(beside(old, 'manifest.json'), rules) : undefined;
  if (typeof manifest === 'string') files.set('manifest.json', manifest);
  return files;
}

async function findScaler(
  old: LegacyPackage,
  rules: FileRules,
): Promise<['scaler.pkl' | 'scaler.json', string] | undefined> {
  const places =
    old.scalerPath !== null
      ? [old.scalerPath]
      : isOwnFolder(old)
        ? [beside(old, 'scaler.pkl'), beside(old, 'scaler.json')]
        : [];
  for (const place of places) {
    const found = await find(place, rules);
    if (typeof found === 'string') return [place.endsWith('.json') ? 'scaler.json' : 'scaler.pkl', found];
  }
  return undefined;
}

/** Whether both models are in one folder: then the scaler and manifest in it are theirs. */
function isOwnFolder({ forecastPath, policyPath }: LegacyPackage): boolean {
  return dirname(slashed(forecastPath)) === dirname(slashed(policyPath));
}

function beside({ forecastPath }: LegacyPackage, name: string): string {
  return join(dirname(slashed(forecastPath)), name);
}

/** Rows may have been written on Windows. */
function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

async function find(path: string, { root, maxBytes }: FileRules): Promise<string | FilesRefused> {
  const outside: FilesRefused = {
    code: 'PATH_OUTSIDE',
    reason: `${shown(path)} is outside of ${root}; paths are relative to the old system's folder.`,
  };
  if (path.includes('\0') || isAbsolute(slashed(path)) || /^[a-z]:/i.test(path)) return outside;
  const wanted = resolve(root, slashed(path));
  if (!isWithin(root, wanted)) return outside;
  try {
    const real = await realpath(wanted);
    if (!isWithin(await realpath(root), real)) return outside;
    const { size, isFile } = await stat(real).then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile) return { code: 'FILES_MISSING', reason: `${shown(path)} is not a file in ${root}.` };
    if (size > maxBytes)
      return {
        code: 'PAYLOAD_TOO_LARGE',
        reason: `${shown(path)} has ${size} bytes; ${maxBytes} are accepted (UPLOAD_MAX_BYTES).`,
      };
    return real;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { code: 'FILES_MISSING', reason: `${shown(path)} does not exist in ${root}.` };
    return { code: 'FILES_MISSING', reason: `${shown(path)} in ${root} cannot be read (${code}).` };
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
