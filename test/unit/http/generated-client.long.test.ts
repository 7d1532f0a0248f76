import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateApi } from 'swagger-typescript-api';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';

const PROGRAM = `
import { Api } from './client.ts';

export async function feedPositionsBack(baseUrl: string): Promise<number> {
  const api = new Api({ baseUrl, securityWorker: (token: string | null) => ({ headers: { authorization: \`Bearer \${token}\` } }) });
  const packages = (await api.modelPackages.getModelPackages()).data;
  const ids: string[] = packages.map((one) => one.id);
  const { positions } = (await api.paper.getPaperPositionsByModelId('ppo_v1', { status: 'open' })).data;
  // @ts-expect-error the document says which statuses there are
  await api.paper.getPaperPositionsByModelId('ppo_v1', { status: 'half open' });
  const answer = await api.paper.postPaperInferenceV3({
    model_id: ids[0]!,
    symbol: 'BTCUSDT',
    current_price: 90_000,
    account_state: { equity: 10_000, positions },
  });
  return answer.data.confidence;
}
`;

test('docs/openapi.json gives a typed client, and a program that uses it compiles', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-client-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const spec = JSON.parse(await readFile(join(PROJECT_ROOT, 'docs', 'openapi.json'), 'utf8'));
  await generateApi({ spec, output: folder, fileName: 'client.ts', silent: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'program.ts'), PROGRAM);
  const options = [
    '--noEmit',
    '--strict',
    '--target',
    'es2023',
    '--lib',
    'es2023,dom',
    '--module',
    'nodenext',
  ];
  const output = await promisify(execFile)(process.execPath, [
    ...[join(PROJECT_ROOT, 'node_modules', 'typescript-native', 'bin', 'tsc'), '--ignoreConfig', ...options],
    ...['--allowImportingTsExtensions', join(folder, 'program.ts')],
  ]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
  expect(output).toBe('');
});
