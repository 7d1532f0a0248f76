import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPackageFolders, type PackageFolders } from '../../../src/packages/package-folders.ts';

let root: string;
let folders: PackageFolders;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'paperdesk-folders-'));
  folders = createPackageFolders(root);
  await folders.removeLeftovers(() => false);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function stagedUpload() {
  const staged = await folders.stage('upload-1');
  await staged.write('forecast_model.pt', chunks('abc', 'def'));
  return staged;
}

describe('package folders', () => {
  test('writes chunks in order and returns size and hash', async () => {
    const staged = await stagedUpload();
    expect(await readFile(join(staged.folder, 'forecast_model.pt'), 'utf8')).toBe('abcdef');
    expect(staged.files.get('forecast_model.pt')).toEqual({
      name: 'forecast_model.pt',
      size: 6,
      sha256: 'bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721',
    });
  });

  test('writes and hashes a file of many batches', async () => {
    const staged = await folders.stage('upload-1');
    const parts = Array.from({ length: 130 }, (_, i) => new Uint8Array(64_000 + i).fill(i));
    const file = await staged.write('forecast_model.pt', Readable.from(parts));
    await staged.sync();
    const whole = Buffer.concat(parts);
    expect((await readFile(join(staged.folder, 'forecast_model.pt'))).equals(whole)).toBe(true);
    expect(file).toMatchObject({
      size: whole.length,
      sha256: createHash('sha256').update(whole).digest('hex'),
    });
  });

  test('fails with the error of the chunks and closes the file', async () => {
    const staged = await folders.stage('upload-1');
    const broken = async function* () {
      for (let i = 0; i < 100; i++) yield new Uint8Array(100_000);
      throw new Error('the client disconnected');
    };
    await expect(staged.write('forecast_model.pt', broken())).rejects.toThrow('the client disconnected');
    expect(staged.files.size).toBe(0);
    await staged.discard();
    expect(await readdir(join(root, '.staging'))).toEqual([]);
  });

  test('shows an upload under its id only once it is placed', async () => {
    const staged = await stagedUpload();
    expect([...(await folders.names())]).toEqual([]);
    await folders.place(staged, 'alpha');
    expect([...(await folders.names())]).toEqual(['alpha']);
  });

  test('a discard after placing removes nothing', async () => {
    const staged = await stagedUpload();
    await folders.place(staged, 'alpha');
    await staged.discard();
    expect(await readdir(join(root, 'alpha'))).toContain('forecast_model.pt');
  });
});

describe('removing leftovers', () => {
  test('removes unfinished uploads', async () => {
    await stagedUpload();
    expect(await folders.removeLeftovers(() => false)).toEqual({
      removed: ['.staging/upload-1'],
      unknown: [],
    });
    expect(await readdir(join(root, '.staging'))).toEqual([]);
  });

  test('removes a folder whose row was never committed', async () => {
    await folders.place(await stagedUpload(), 'alpha');
    expect(await folders.removeLeftovers(() => false)).toEqual({ removed: ['alpha'], unknown: [] });
    expect(await readdir(root)).toEqual(['.staging']);
  });

  test('confirms a folder whose row was committed just before the crash', async () => {
    await folders.place(await stagedUpload(), 'alpha');
    await folders.removeLeftovers((id) => id === 'alpha');
    expect(await readdir(join(root, 'alpha'))).toEqual(['forecast_model.pt']);
  });

  test('removes a folder whose deletion was interrupted after the row was deleted', async () => {
    await folders.place(await stagedUpload(), 'alpha');
    await folders.confirm('alpha');
    await folders.markForRemoval('alpha');
    await folders.removeLeftovers(() => false);
    expect(await readdir(root)).toEqual(['.staging']);
  });

  test('leaves a folder whose deletion was interrupted before the row was deleted', async () => {
    await folders.place(await stagedUpload(), 'alpha');
    await folders.confirm('alpha');
    await folders.markForRemoval('alpha');
    await folders.removeLeftovers(() => true);
    expect(await readdir(join(root, 'alpha'))).toEqual(['forecast_model.pt']);
  });

  test('leaves an unknown folder alone and names it', async () => {
    await mkdir(join(root, 'mine'));
    await writeFile(join(root, 'mine', 'thesis.txt'), 'years of work');
    expect(await folders.removeLeftovers(() => false)).toEqual({ removed: [], unknown: ['mine'] });
    expect(await readdir(join(root, 'mine'))).toEqual(['thesis.txt']);
  });
});
