import { afterAll, beforeAll, expect, test } from 'vitest';
import { createObjectStore, type ObjectStore } from '../../../src/packages/s3/object-store.ts';
import { startObjectStore, type TestObjectStore } from '../../helper/object-store.ts';

/** A busy machine must not make a request fail. */
const PATIENT = { attempts: 2, connectMs: 60_000, idleMs: 60_000, answerMs: 60_000 };
const HASTY = { attempts: 2, connectMs: 300, idleMs: 300, answerMs: 300 };
const MIB = 2 ** 20;

let server: TestObjectStore;
let objects: ObjectStore;
beforeAll(async () => {
  server = await startObjectStore();
  objects = createObjectStore(server.location, PATIENT);
});
afterAll(async () => {
  objects.close();
  await server.close();
});

async function* chunksOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
}

async function read(name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await objects.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([
  ['in one request', 1000],
  ['in parts', 20 * MIB + 1],
])('an object sent %s is read back, listed and removed', async (_, size) => {
  const bytes = Buffer.alloc(size, 'paperdesk');
  await objects.put('a/1', chunksOf(bytes), size);
  expect((await read('a/1')).equals(bytes)).toBe(true);
  expect(await objects.size('a/1')).toBe(size);
  const listed = [];
  for await (const object of objects.list()) listed.push(object);
  expect(listed).toEqual([{ name: 'a/1', modifiedAt: expect.any(Number) }]);
  await objects.remove('a/1');
  await objects.remove('a/1');
  expect(await objects.size('a/1')).toBeUndefined();
  await expect(read('a/1')).rejects.toMatchObject({ code: 'PACKAGE_FILE_MISSING' });
});

test('chunks that fail leave no object, whether it has one part or many', async () => {
  for (const size of [1000, 20 * MIB]) {
    const failing = async function* () {
      yield* chunksOf(Buffer.alloc(size - 1));
      throw new Error('the disk cannot be read');
    };
    await expect(objects.put('a/2', failing(), size)).rejects.toThrow('the disk cannot be read');
    expect(await objects.size('a/2')).toBeUndefined();
  }
});

test('a request that the store refuses once is sent again', async () => {
  await objects.put('a/3', chunksOf(Buffer.from('content')), 7);
  let faults = 1;
  server.fault = () => (faults-- > 0 ? 'unavailable' : undefined);
  expect((await read('a/3')).toString()).toBe('content');
});

test.each([
  ['unavailable', PATIENT],
  ['hang', HASTY],
] as const)('a store that goes on to be %s is named, and then works again', async (fault, limits) => {
  await objects.put('a/3', chunksOf(Buffer.from('content')), 7);
  const asked = createObjectStore(server.location, limits);
  server.fault = () => fault;
  for (const call of [
    () => asked.get('a/3'),
    () => asked.size('a/3'),
    () => asked.remove('a/3'),
    () => asked.put('a/3', chunksOf(Buffer.from('content')), 7),
    () => asked.put('a/3', chunksOf(Buffer.alloc(20 * MIB)), 20 * MIB),
    () => asked.list()[Symbol.asyncIterator]().next(),
  ]) {
    await expect(call()).rejects.toMatchObject({
      code: 'PACKAGE_STORE_UNAVAILABLE',
      status: 503,
      retryAfterSeconds: 10,
      message: expect.stringMatching(
        /^The object store 127\.0\.0\.1:\d+ \(bucket models\) does not do what is asked/,
      ),
    });
  }
  server.fault = () => undefined;
  expect((await read('a/3')).toString()).toBe('content');
  asked.close();
});

test('an answer that ends early is an error of the store', async () => {
  await objects.put('a/4', chunksOf(Buffer.alloc(4 * MIB)), 4 * MIB);
  server.fault = () => 'cut';
  await expect(read('a/4')).rejects.toMatchObject({ code: 'PACKAGE_STORE_UNAVAILABLE' });
  server.fault = () => undefined;
});

test.each([
  ['nothing listens', { endpoint: 'http://127.0.0.1:9' }, /ECONNREFUSED/],
  ['there is no such bucket', { bucket: 'other' }, /NoSuchBucket.*Create the bucket/],
])('says so when %s', async (_, changed, sentence) => {
  const other = createObjectStore({ ...server.location, ...changed }, PATIENT);
  const put = other.put('a', chunksOf(Buffer.from('content')), 7);
  await expect(put).rejects.toMatchObject({
    code: 'PACKAGE_STORE_UNAVAILABLE',
    message: expect.stringMatching(sentence),
  });
  other.close();
});
