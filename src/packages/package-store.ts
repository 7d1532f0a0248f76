import type { StagedUpload } from './staged-upload.ts';
import type { PackageFileName, PackageFiles, StoredFile } from './stored-file.ts';

/**
 * Where the files of packages are: a folder, or an object store with a cache on every node. A package appears with its
 * row, once all of its files are stored.
 */
export interface PackageStore extends PackageFiles {
  /** Creates a staging folder for an upload on this node. @throws DISK_FULL, STORE_READ_ONLY */
  stage(uploadId: string): Promise<StagedUpload>;
  /**
   * Sends files to where they stay. They belong to no package yet.
   * @throws PACKAGE_STORE_UNAVAILABLE; STORE_UNUSABLE when they would be among those of another database
   */
  send(staged: StagedUpload): Promise<void>;
  /** Ids that no new package may have, in addition to those of packages, because of files that are there. */
  takenIds(staged: StagedUpload): Promise<ReadonlySet<string>>;
  /**
   * Makes the files those of package `id`. Called in the transaction that inserts its row, which may be repeated, also
   * with another id.
   * @returns the location of each file
   * @throws DISK_FULL, STORE_READ_ONLY, PACKAGE_STORE_UNAVAILABLE
   */
  place(staged: StagedUpload, id: string): Promise<(name: PackageFileName) => string>;
  /** Called once the row is committed. */
  confirm(staged: StagedUpload, id: string): Promise<void>;
  /** Called in the transaction that deletes the row. @throws DISK_FULL, STORE_READ_ONLY */
  markForRemoval(id: string): Promise<void>;
  /** Removes the files of a package whose row was deleted. */
  remove(id: string, files: readonly StoredFile[]): Promise<void>;
  /** Removes what crashes left. @throws as `send` */
  tidy(rows: PackageRows): Promise<Tidied>;
  close(): void;
}

/** The rows of packages, as far as removing leftovers needs them. */
export interface PackageRows {
  ids(): Promise<ReadonlySet<string>>;
  /** All files of all packages. */
  files(): Promise<readonly StoredFile[]>;
  /** Runs `work` with the ids in use while no node adds or removes a package. */
  exclusively<T>(work: (ids: ReadonlySet<string>) => Promise<T>): Promise<T>;
}

export interface Tidied {
  /** Paths or names, relative to the store. */
  readonly removed: readonly string[];
  /** Folders that belong to no package and were not changed. */
  readonly unknown: readonly string[];
}
