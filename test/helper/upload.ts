import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

const PACKAGES = join(PROJECT_ROOT, 'test', 'fixtures', 'packages');

/** One part of a multipart body: a text, or a file. */
export type Part = readonly [name: string, content: string | Uint8Array];

/** Sends `POST /model-packages/upload` with these parts, in this order. */
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

/** The parts of one of the good packages in test/fixtures/packages, some replaced by other files there. */
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

/** The form of a good upload under this name. */
export async function packageForm(packageName: string): Promise<FormData> {
  const form = new FormData();
  for (const [field, content] of await packageParts('gamma')) {
    if (field === 'name') form.append(field, packageName);
    else form.append(field, new Blob([content as Uint8Array<ArrayBuffer>]), field);
  }
  return form;
}

/** Polls a package until its warm-up is over, and answers the package. */
export async function warmedUp(app: FastifyInstance, id: string) {
  for (;;) {
    const model = (await app.inject(`/model-packages/${id}`)).json();
    if (model.warmup_status === 'DONE' || model.warmup_status === 'ERROR') return model;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
