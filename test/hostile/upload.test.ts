import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePolicy } from '../helper/sb3-writer.ts';
import { startTestService, type TestService } from '../helper/service.ts';
import { patchTst, writeTorch } from '../helper/torch-writer.ts';
import { type Part, upload, warmedUp } from '../helper/upload.ts';
import { hostileFiles, UPLOAD_ROLES, type UploadRole } from './files-by-role.ts';
import { amount, report } from './run-length.ts';
import { tracesOfExecution, whatIsStored } from './snapshot.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await warmedUp(service.app, 'ppo_v1');
});
afterAll(() => service.close());

const PARTS: Readonly<Record<UploadRole, string>> = {
  forecast: 'forecast_model',
  policy: 'ppo_model',
  scaler: 'scaler',
  manifest: 'manifest',
};
const GOOD: readonly Part[] = [
  ['name', 'hostile'],
  ['forecast_model', writeTorch(patchTst())],
  ['ppo_model', writePolicy()],
];

function withPart(role: UploadRole, bytes: Buffer): Part[] {
  return [...GOOD.filter(([name]) => name !== PARTS[role]), [PARTS[role], bytes]];
}

/** Making the files keeps this process busy, of which the service rightly says that it is overloaded. */
async function patientUpload(parts: readonly Part[]) {
  for (;;) {
    const answer = await upload(service.app, parts);
    if (answer.statusCode !== 503 || answer.json().code !== 'OVERLOADED') return answer;
    await delay(100);
  }
}

test.each(UPLOAD_ROLES)(
  'a hostile %s file is refused by the upload, and nothing of it is kept',
  async (role) => {
    const before = whatIsStored(service.folder);
    const files = hostileFiles(role, amount(1, 12));
    const wrong: string[] = [];
    for (const { name, bytes, codes } of files) {
      const answer = await patientUpload(withPart(role, bytes));
      const { code, detail } = answer.json();
      if (answer.statusCode !== 422 || !codes.includes(code) || detail.length > 2000) {
        wrong.push(`${name}: ${answer.statusCode} ${code} ${String(detail).slice(0, 200)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(whatIsStored(service.folder)).toBe(before);
    expect(tracesOfExecution()).toEqual([]);
    report(`upload of ${role} files`, { refused: files.length });
  },
  300_000,
);

test('the same upload is accepted when nothing in it is hostile', async () => {
  const before = whatIsStored(service.folder);
  expect((await patientUpload(GOOD)).statusCode).toBe(201);
  expect(whatIsStored(service.folder)).not.toBe(before);
});
