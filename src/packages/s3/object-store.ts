import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3Location } from '../package-store-location.ts';
import { objectStoreFault } from './object-store-faults.ts';

/** Objects below the prefix of an S3-compatible store; names are relative to it. */
export interface ObjectStore {
  /**
   * Sends an object in parts; it appears, or replaces another one, once it is whole. Takes flat memory.
   * @throws what `chunks` throws
   */
  put(name: string, chunks: AsyncIterable<Uint8Array>, size: number): Promise<void>;
  /** The bytes of an object. The iteration throws as well. */
  get(name: string): Promise<AsyncIterable<Uint8Array>>;
  /** Size in bytes; undefined if there is no such object. */
  size(name: string): Promise<number | undefined>;
  /** All objects, page by page. */
  list(): AsyncIterable<ListedObject>;
  /** Does nothing if there is no such object. */
  remove(name: string): Promise<void>;
  close(): void;
}

export interface ListedObject {
  readonly name: string;
  /** ms since the epoch, by the clock of the store. */
  readonly modifiedAt: number;
}

/** When a request is given up. All but `attempts` in ms. */
export interface RequestLimits {
  /** Number of times that a request is sent before it fails. */
  readonly attempts: number;
  readonly connectMs: number;
  /** Longest time without a byte in either direction. */
  readonly idleMs: number;
  /** Longest time until an answer begins; a part of an upload is sent within it. */
  readonly answerMs: number;
}

const DEFAULT_LIMITS: RequestLimits = { attempts: 3, connectMs: 3000, idleMs: 15_000, answerMs: 60_000 };

/** An upload holds a few parts in memory. The store accepts 10,000 parts, so this is enough for 80 GB. */
const PART_BYTES = 8 * 2 ** 20;
const PARTS_AT_ONCE = 3;

/**
 * Opens an object store; sends no request. Credentials are those that the SDK finds: variables such as AWS_ACCESS_KEY_ID,
 * profiles, roles. Every call may throw PACKAGE_STORE_UNAVAILABLE; reading an object that is not there, PACKAGE_FILE_MISSING.
 */
export function createObjectStore(location: S3Location, limits: RequestLimits = DEFAULT_LIMITS): ObjectStore {
  const { bucket, prefix, endpoint, region } = location;
  // The SDK is pinned to a version for Node 20; its warning is about versions of 2027 and would be in every log.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: limits.attempts,
    // Many compatible stores do not know the newer checksums; every file is verified by its own hash.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: limits.connectMs,
      socketTimeout: limits.idleMs,
      requestTimeout: limits.answerMs,
      throwOnRequestTimeout: true,
    },
  });
  const root = prefix === '' ? '' : `${prefix}/`;
  const object = (name: string) => ({ Bucket: bucket, Key: root + name });

  async function withFaults<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw objectStoreFault(error, location);
    }
  }

  async function* bytesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      throw objectStoreFault(error, location);
    }
  }

  return {
    async put(name, chunks, size) {
      const body = Readable.from(chunks, { objectMode: false });
      let failure: unknown;
      body.once('error', (error) => {
        failure = error;
      });
      const params = { ...object(name), Body: body, ContentLength: size };
      try {
        await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
      } catch (error) {
        throw failure ?? objectStoreFault(error, location);
      } finally {
        body.destroy();
      }
    },

    get: (name) =>
      withFaults(async () => {
        const { Body } = await client.send(new GetObjectCommand(object(name)));
        return bytesOf(Body as AsyncIterable<Uint8Array>);
      }),

    size: (name) =>
      withFaults(async () => {
        try {
          return (await client.send(new HeadObjectCommand(object(name)))).ContentLength;
        } catch (error) {
          if ((error as Error).name === 'NotFound') return undefined;
          throw error;
        }
      }),

    async *list() {
      for (let after: string | undefined; ; ) {
        const page = await withFaults(() =>
          client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: root, ContinuationToken: after })),
        );
        for (const { Key = '', LastModified } of page.Contents ?? []) {
          // An object without a time counts as new.
          const modifiedAt = LastModified?.getTime() ?? Number.POSITIVE_INFINITY;
          if (Key.startsWith(root)) yield { name: Key.slice(root.length), modifiedAt };
        }
        after = page.NextContinuationToken;
        if (after === undefined) return;
      }
    },

    async remove(name) {
      await withFaults(() => client.send(new DeleteObjectCommand(object(name))));
    },

    close: () => client.destroy(),
  };
}
