/** A bucket of an S3-compatible object store. */
export interface S3Location {
  readonly kind: 's3';
  readonly bucket: string;
  /** Without a slash at its end; empty for the whole bucket. */
  readonly prefix: string;
  /** Undefined for Amazon S3. */
  readonly endpoint: string | undefined;
  readonly region: string;
}

/** Where the files of packages are stored. */
export type PackageStoreLocation = { readonly kind: 'folder'; readonly folder: string } | S3Location;
