import type { AddressInfo } from 'node:net';
// @ts-expect-error It has no types.
import S3rverUntyped from 's3rver';

interface S3Server {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
type S3ServerClass = new (options: object) => S3Server;
const S3rver: S3ServerClass = S3rverUntyped;

/** A stand-in for an S3-compatible object store. */
export interface ObjectStoreStandIn {
  readonly port: number;
  /** Credentials that it accepts. */
  readonly env: { readonly AWS_ACCESS_KEY_ID: string; readonly AWS_SECRET_ACCESS_KEY: string };
  close(): Promise<void>;
}

export interface ObjectStoreOptions {
  /** Keeps the objects. */
  readonly folder: string;
  /** Is created when it is not there. */
  readonly bucket: string;
}

/** Starts it on a free port of the loopback address. */
export async function startObjectStoreStandIn(options: ObjectStoreOptions): Promise<ObjectStoreStandIn> {
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory: options.folder },
    ...{ vhostBuckets: false, configureBuckets: [{ name: options.bucket }] },
  });
  const { port } = await server.run();
  return {
    port,
    env: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
    close: () => server.close(),
  };
}
