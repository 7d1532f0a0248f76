import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { waitFor } from './wait.ts';

const PACKAGES = join(PROJECT_ROOT, 'test', 'fixtures', 'packages');

/** A field of a multipart body: text, or the content of a file. */
export type Part = readonly [name: string, content: string | Uint8Array];

/** Sends `POST /model-packages/upload` with these fields, in this order. */
export async function upload(
  app: FastifyInstance,
  parts: readonly Part[],
  headers: Record<string, string> = {},
) {
  const form = new FormData();
  for (const [name, content] of parts) {
    if (typeof content === 'string') form.append(name, content);
    else form.append(name, new Blob([content as Uint8Array<ArrayBuffer>]), `${name}.bin`);
  }
  const encoded = new Response(form);
  return app.inject({
    method: 'POST',
    url: '/model-packages/upload',
    headers: { ...headers, 'content-type': encoded.headers.get('content-type')! },
    payload: Buffer.from(await encoded.arrayBuffer()),
  });
}

/** Packages in test/fixtures/packages; those from delta on declare pipelines of their own. */
export type PackageName = 'alpha' | 'beta' | 'gamma' | 'delta' | 'epsilon' | 'zeta' | 'eta';

export interface ReplacedParts {
  /** Other files of test/fixtures/packages. */
  readonly forecast_model?: string;
  readonly ppo_model?: string;
  readonly scaler?: string;
  readonly proof?: string;
  /** Fields of the manifest. */
  readonly manifest?: object;
}

/** The upload fields of a valid package in test/fixtures/packages, some replaced. */
export async function packageParts(name: PackageName, replaced: ReplacedParts = {}): Promise<Part[]> {
  const read = (path: string) => readFile(join(PACKAGES, path));
  const parts: Part[] = [
    ['name', name],
    ['forecast_model', await read(replaced.forecast_model ?? `${name}/forecast_model.pt`)],
    ['ppo_model', await read(replaced.ppo_model ?? `${name}/ppo_policy.zip`)],
    ['scaler', await read(replaced.scaler ?? `${name}/scaler.pkl`)],
  ];
  if (name !== 'alpha' && name !== 'gamma') {
    const manifest = JSON.parse((await read(`${name}/manifest.json`)).toString()) as object;
    parts.push(['manifest', JSON.stringify({ ...manifest, ...replaced.manifest })]);
  }
  if (name === 'zeta') parts.push(['vec_normalize', await read('zeta/vec_normalize.pkl')]);
  if (replaced.proof !== undefined) parts.push(['proof', await read(replaced.proof)]);
  return parts;
}

/** The form of a valid upload under this name. */
export async function packageForm(packageName: string): Promise<FormData> {
  const form = new FormData();
  for (const [field, content] of await packageParts('gamma')) {
    if (field === 'name') form.append(field, packageName);
    else form.append(field, new Blob([content as Uint8Array<ArrayBuffer>]), field);
  }
  return form;
}

/** Waits until the warm-up of a package succeeds or fails, and returns the package. */
export function warmedUp(app: FastifyInstance, id: string) {
  return waitFor(
    `the warm-up of ${id} ends`,
    async () => (await app.inject(`/model-packages/${id}`)).json(),
    ({ warmup_status }) => warmup_status === 'DONE' || warmup_status === 'ERROR',
  );
}
