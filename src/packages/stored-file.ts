import { relative, resolve } from 'node:path';
import { type ErrorCode, PaperdeskError } from '../errors.ts';
import { DATA_ROOT, PROJECT_ROOT } from '../runtime/project-root.ts';

/** Files that an uploaded package may have. */
export type PackageFileName =
  | 'forecast_model.pt'
  | 'ppo_policy.zip'
  | 'scaler.pkl'
  | 'scaler.json'
  | 'vec_normalize.pkl'
  | 'proof.json'
  | 'manifest.json';

/** A stored file of a package; the shipped default package has other names. */
export interface PackageFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** A file of a package, and where it is stored. The same on every node. */
export interface StoredFile extends PackageFile {
  /**
   * A path relative to DATA_ROOT with forward slashes, or `s3:` and the name of an object. Files of the default package
   * have the form of `shippedLocation`.
   */
  readonly location: string;
}

/** Codes of what `withPaths` throws when it may go better later. */
export const FILE_FAULTS = [
  'PACKAGE_STORE_UNAVAILABLE',
  'PACKAGE_FILE_MISSING',
  'PACKAGE_FILE_CORRUPT',
] as const satisfies readonly ErrorCode[];

/** Files of packages as a node reads them. */
export interface PackageFiles {
  /**
   * Passes local paths of files, in their order, to `use`. The files stay there until `use` is done; it runs once more if
   * a file was lost meanwhile.
   * @throws FILE_FAULTS, DISK_FULL, and what `use` throws
   */
  withPaths<T>(files: readonly StoredFile[], use: (paths: readonly string[]) => Promise<T>): Promise<T>;
  /** Where this node has a file, or would have it. */
  pathOf(file: StoredFile): string;
}

const OBJECT_SCHEME = 's3:';

/** No uploaded package has such a location, since none has the id `models`. */
const SHIPPED_LOCATION = /^models\/[^/]+$/;

/**
 * The location of a file that comes with the program. It starts at the program's folder, which a store does not know: an
 * update, a restore or another node may have it elsewhere (packages.md#5).
 */
export function shippedLocation(name: string): string {
  return `models/${name}`;
}

/**
 * The location of a file in an object store: its hash, and the id of the upload that sent it. No object is ever replaced
 * by another upload, so one without a package can be deleted at any time (packages.md#38).
 */
export function objectLocation({ sha256 }: PackageFile, uploadId: string): string {
  return `${OBJECT_SCHEME}${sha256}/${uploadId}`;
}

/** The name of the object at a location; undefined for a path. */
export function objectNameOf(location: string): string | undefined {
  return location.startsWith(OBJECT_SCHEME) ? location.slice(OBJECT_SCHEME.length) : undefined;
}

/** A path as the database has it: relative to DATA_ROOT, with forward slashes. */
export function relativePath(path: string): string {
  return relative(DATA_ROOT, path).replaceAll('\\', '/');
}

/** The absolute path of a file that is not in an object store. @throws PACKAGE_FILE_MISSING for one that is */
export function localPathOf({ name, location }: StoredFile): string {
  if (objectNameOf(location) === undefined)
    return resolve(SHIPPED_LOCATION.test(location) ? PROJECT_ROOT : DATA_ROOT, location);
  throw new PaperdeskError(
    'PACKAGE_FILE_MISSING',
    `${name} of the package is in an object store (${location}), but MODEL_PACKAGES_DIR names a folder.`,
  );
}

/** The file at `location` among the files of its package. */
export function storedFile(location: string, files: readonly PackageFile[]): StoredFile {
  const [hashOrFolder = '', ...rest] = (objectNameOf(location) ?? location).split('/');
  const found =
    objectNameOf(location) === undefined
      ? files.find(({ name }) => name === (rest.at(-1) ?? hashOrFolder))
      : files.find(({ sha256 }) => sha256 === hashOrFolder);
  return { name: location, size: 0, sha256: '', ...found, location };
}

/** What a package says about its files. */
interface PackageFileList {
  readonly files: readonly PackageFile[];
  readonly forecast: StoredFile;
}

/** All files of a package, also those that nothing computes with: the manifest and the proof. */
export function storedFiles({ files, forecast }: PackageFileList): StoredFile[] {
  const slash = forecast.location.lastIndexOf('/');
  const uploadId = forecast.location.slice(slash + 1);
  const isObject = objectNameOf(forecast.location) !== undefined;
  return files.map((file) => ({
    ...file,
    location: isObject
      ? objectLocation(file, uploadId)
      : `${forecast.location.slice(0, slash + 1)}${file.name}`,
  }));
}
