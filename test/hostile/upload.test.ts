// promise: docs/security.md "Nothing in a file is executed"
// promise: docs/security.md "Only finite weights are accepted"
// promise: docs/security.md "every byte of an uploaded file"

import { afterAll, beforeAll, expect, test } from 'vitest';
import { LONG } from '../helper/run-length.ts';
import { writePolicy } from '../helper/sb3-writer.ts';
import { startTestService, type TestService } from '../helper/service.ts';
import { ONE_PATCH, patchTst, writeTorch } from '../helper/torch-writer.ts';
import { type Part, upload } from '../helper/upload.ts';
import { hostileFiles, UPLOAD_ROLES, type UploadRole } from './files-by-role.ts';
import { report } from './report.ts';
import { listStored, tracesOfExecution } from './snapshot.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const FIELDS: Readonly<Record<UploadRole, string>> = {
  forecast: 'forecast_model',
  policy: 'ppo_model',
  scaler: 'scaler',
  manifest: 'manifest',
  vec_normalize: 'vec_normalize',
};
const GOOD_UPLOAD: readonly Part[] = [
  ['name', 'hostile'],
  ['forecast_model', writeTorch(patchTst(ONE_PATCH))],
  ['ppo_model', writePolicy()],
];

function uploadWith(role: UploadRole, bytes: Buffer): Part[] {
  return [...GOOD_UPLOAD.filter(([name]) => name !== FIELDS[role]), [FIELDS[role], bytes]];
}

test.each(UPLOAD_ROLES)(
  'an upload with a hostile %s file is refused, and nothing is stored',
  async (role) => {
    const before = listStored(service.folder);
    const files = hostileFiles(role, LONG ? 1 : 24);
    const wrong: string[] = [];
    for (const { name, bytes, codes } of files) {
      const reply = await upload(service.app, uploadWith(role, bytes));
      const { code, detail } = reply.json();
      if (reply.statusCode !== 422 || !codes.includes(code) || detail.length > 2000) {
        wrong.push(`${name}: ${reply.statusCode} ${code} ${String(detail).slice(0, 200)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(listStored(service.folder)).toBe(before);
    expect(tracesOfExecution()).toEqual([]);
    report(`upload of ${role} files`, { refused: files.length });
  },
);

test('the same upload without a hostile file is accepted', async () => {
  const before = listStored(service.folder);
  expect((await upload(service.app, GOOD_UPLOAD)).statusCode).toBe(201);
  expect(listStored(service.folder)).not.toBe(before);
});
