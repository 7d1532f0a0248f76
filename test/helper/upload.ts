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

/** The upload fields of a valid package in test/fixtures/packages, some replaced by other files there. */
export async function packageParts(
  name: 'alpha' | 'beta' | 'gamma',
  replaced: Partial<Record<'forecast_model' | 'ppo_model' | 'scaler', string>> = {},
): Promise<Part[]> {
  const read = (path: string) => readFile(join(PACKAGES, path));
  const parts: Part[] = [
    ['name', name],
    ['forecast_model', await read(replaced.forecast_model ?? `${name}/forecast_model.pt`)],
    ['ppo_model', await read(replaced.ppo_model ?? `${name}/ppo_policy.zip`)],
    ['scaler', await read(replaced.scaler ?? `${name}/scaler.pkl`)],
  ];
  if (name === 'beta') parts.push(['manifest', await read('beta/manifest.json')]);
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
