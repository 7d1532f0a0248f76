import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { type Part, packageParts, upload, warmedUp } from '../../helper/upload.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { UPLOAD_MAX_BYTES: '3000000' } });
});
afterAll(() => service.close());

const packagesFolder = () => readdir(join(service.folder, 'packages'));
const staging = () => readdir(join(service.folder, 'packages', '.staging'));

describe('a valid pair', () => {
  test.each([
    ['alpha', { d_model: 16, layers: 2, n_heads: 4, policy_activation: 'tanh', policy_layers: [256, 256] }],
    ['beta', { n_heads: 2, patch_len: 32, forecast_quantiles: [0.2, 0.5, 0.8], policy_activation: 'relu' }],
    ['gamma', { policy_layers: [64, 64], observation_size: 72, action_size: 5 }],
  ] as const)('%s is accepted, registered and warmed up', async (name, manifest) => {
    const answer = await upload(service.app, await packageParts(name));
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.location).toBe(`/model-packages/${name}`);
    expect(answer.json()).toMatchObject({
      id: name,
      status: 'UPLOADED',
      paper_account_id: `paper_${name}`,
      manifest,
    });

    expect(await warmedUp(service.app, name)).toMatchObject({
      status: 'READY',
      warmup_status: 'DONE',
      warmup_error: null,
      warmup_completed_at: expect.stringMatching(/^2026-.*Z$/),
    });
    const files = await readdir(join(service.folder, 'packages', name));
    expect(files).toEqual(expect.arrayContaining(['forecast_model.pt', 'ppo_policy.zip', 'scaler.pkl']));
    expect(files).not.toContain('.pending');
    expect(await staging()).toEqual([]);
  });

  test('is listed newest first, the default package last', async () => {
    const list = (await service.app.inject('/model-packages')).json<{ id: string }[]>();
    expect(list.map(({ id }) => id).sort()).toEqual(['alpha', 'beta', 'gamma', 'ppo_v1']);
    expect(list.at(-1)?.id).toBe('ppo_v1');
    expect((await service.app.inject('/model-packages/nonsense')).json()).toMatchObject({
      status: 404,
      code: 'PACKAGE_NOT_FOUND',
    });
  });

  test('may have notes, and its manifest as text', async () => {
    const parts = (await packageParts('alpha')).filter(([name]) => name !== 'name');
    const answer = await upload(service.app, [
      ...parts,
      ['manifest', '{"model_tag": "third try", "n_heads": 4}'],
      ['notes', '<b>mine</b>'],
      ['name', 'With Notes'],
    ]);
    expect(answer.json()).toMatchObject({
      id: 'with_notes',
      name: 'With Notes',
      notes: '<b>mine</b>',
      manifest: { model_tag: 'third try' },
    });
    await warmedUp(service.app, 'with_notes');
  });

  test('with the same name at the same time gets its own id', async () => {
    const parts = await packageParts('gamma');
    parts[0] = ['name', 'Same'];
    const answers = await Promise.all([1, 2, 3].map(() => upload(service.app, parts)));
    expect(answers.map((answer) => answer.statusCode)).toEqual([201, 201, 201]);
    expect(answers.map((answer) => answer.json().id).sort()).toEqual(['same', 'same_2', 'same_3']);
    for (const id of ['same', 'same_2', 'same_3']) await warmedUp(service.app, id);
  });
});

describe('an invalid pair', () => {
  const refused = (file: string) => `refused/${file}`;

  test.each([
    ['forecast_model', 'forecast_whole_module.pt', 'PT_PICKLED_MODULE', /state_dict/],
    ['forecast_model', 'forecast_torchscript.pt', 'PT_TORCHSCRIPT', /TorchScript/],
    ['forecast_model', 'forecast_legacy_format.pt', 'PT_LEGACY_FORMAT', /torch/],
    ['forecast_model', 'forecast_os_system.pt', 'PICKLE_FORBIDDEN_GLOBAL', /system.*\d/],
    ['forecast_model', 'forecast_30_features.pt', 'FEATURE_COUNT', /30.*28/],
    ['forecast_model', 'forecast_missing_tensor.pt', 'TENSOR_MISSING', /encoder|head|embed/],
    ['forecast_model', 'forecast_nan_weight.pt', 'WEIGHT_NOT_FINITE', /NaN/],
    ['forecast_model', 'forecast_not_patchtst.pt', 'NOT_PATCHTST', /patch_embed/],
    ['ppo_model', 'ppo_obs_74.zip', 'OBSERVATION_SIZE', /74.*28.*35.*9.*72/],
    ['ppo_model', 'ppo_actions_3.zip', 'ACTION_SIZE', /3.*5/],
    ['ppo_model', 'ppo_discrete.zip', 'ACTION_SPACE', /Discrete/i],
    ['scaler', 'scaler_20_features.pkl', 'SCALER_FEATURES', /20.*28/],
    ['scaler', 'scaler_os_system.pkl', 'PICKLE_FORBIDDEN_GLOBAL', /system/],
  ] as const)('%s %s is refused with %s, and leaves nothing', async (part, file, code, detail) => {
    const before = await packagesFolder();
    const answer = await upload(service.app, await packageParts('alpha', { [part]: refused(file) }));
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 422, code, detail: expect.stringMatching(detail) });
    expect(answer.statusCode).toBe(422);
    expect(await packagesFolder()).toEqual(before);
    expect(await staging()).toEqual([]);
    expect(await readdir('.')).not.toContain('pwned-by-a-pickle');
    expect(await readdir(service.folder)).not.toContain('pwned-by-a-pickle');
  });

  test('whose manifest contradicts it is refused with both numbers', async () => {
    const parts = (await packageParts('alpha')).concat([['manifest', '{"d_model": 128}']]);
    const answer = await upload(service.app, parts);
    expect(answer.json()).toMatchObject({
      code: 'MANIFEST_MISMATCH',
      detail: expect.stringMatching(/128.*16/),
    });
  });

  test('with exchanged files is recognized by content, not by name', async () => {
    const [name, forecast, policy] = await packageParts('alpha');
    const answer = await upload(service.app, [
      name!,
      ['forecast_model', policy![1]],
      ['ppo_model', forecast![1]],
    ]);
    expect(answer.statusCode).toBe(422);
    const { code, detail } = answer.json();
    expect(code).toBe('NOT_SB3');
    expect(detail).toMatch(/^The policy is .* The forecast model was not written by torch\.save/);
  });
});

describe('an invalid request', () => {
  const withParts = async (change: (parts: Part[]) => Part[]) =>
    upload(service.app, change(await packageParts('alpha')));

  test.each([
    [
      'name missing',
      (parts: Part[]) => parts.filter(([name]) => name !== 'name'),
      400,
      'PART_MISSING',
      /"name"/,
    ],
    [
      'name empty',
      (parts: Part[]) => [['name', '  '] as Part, ...parts.slice(1)],
      400,
      'PART_MISSING',
      /"name"/,
    ],
    [
      'forecast missing',
      (parts: Part[]) => parts.filter(([name]) => name !== 'forecast_model'),
      400,
      'PART_MISSING',
      /forecast_model/,
    ],
    [
      'policy missing',
      (parts: Part[]) => parts.filter(([name]) => name !== 'ppo_model'),
      400,
      'PART_MISSING',
      /ppo_model/,
    ],
    ['forecast twice', (parts: Part[]) => [...parts, parts[1]!], 400, 'PART_DUPLICATE', /forecast_model/],
    ['name twice', (parts: Part[]) => [parts[0]!, ...parts], 400, 'PART_DUPLICATE', /name/],
    [
      'an unknown file',
      (parts: Part[]) => [...parts, ['extra', new Uint8Array(9)] as Part],
      400,
      'PART_UNKNOWN',
      /extra/,
    ],
    [
      'forecast as text',
      (parts: Part[]) => [parts[0]!, ['forecast_model', 'x'] as Part, parts[2]!],
      400,
      'PART_UNKNOWN',
      /forecast_model/,
    ],
    [
      'name too long',
      (parts: Part[]) => [['name', 'n'.repeat(201)] as Part, ...parts.slice(1)],
      400,
      'VALIDATION',
      /201/,
    ],
    [
      'empty forecast',
      (parts: Part[]) => [parts[0]!, ['forecast_model', new Uint8Array()] as Part, parts[2]!],
      422,
      'FILE_EMPTY',
      /./,
    ],
    [
      'file too large',
      (parts: Part[]) => [...parts.slice(0, 3), ['scaler', new Uint8Array(3_000_001)] as Part],
      413,
      'PAYLOAD_TOO_LARGE',
      /scaler/,
    ],
  ] as const)('%s', async (_what, change, status, code, detail) => {
    const answer = await withParts(change as (parts: Part[]) => Part[]);
    expect(answer.json()).toMatchObject({ status, code, detail: expect.stringMatching(detail) });
    expect(answer.statusCode).toBe(status);
    expect(await staging()).toEqual([]);
  });

  test.each([
    ['application/json', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['text/plain', 'hello', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['multipart/form-data', 'no boundary', 400, 'MULTIPART_MALFORMED'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="forecast_model"; filename="b"\r\n\r\ncut',
      400,
      'MULTIPART_MALFORMED',
    ],
  ])('of type %s with %j', async (type, payload, status, code) => {
    const answer = await service.app.inject({
      method: 'POST',
      url: '/model-packages/upload',
      headers: { 'content-type': type },
      payload,
    });
    expect(answer.json()).toMatchObject({ status, code });
    expect(await staging()).toEqual([]);
  });
});

test('a text part is text, whatever type the client gives it', async () => {
  const files = (await packageParts('alpha')).filter(([name]) => name !== 'name');
  const typed = (text: string) => new Blob([text], { type: 'application/json' });
  const form = new FormData();
  for (const [name, content] of files)
    form.append(name, new Blob([content as Uint8Array<ArrayBuffer>]), name);
  form.append('name', typed('1e3'));
  form.append('notes', typed('{"a": 1}'));
  form.append('manifest', typed('{"model_tag": "typed"}'));
  const encoded = new Response(form);
  // A text part of the standard has no file name; FormData gives one to every Blob.
  const payload = Buffer.from(await encoded.arrayBuffer())
    .toString('latin1')
    .replaceAll('; filename="blob"', '');
  const answer = await service.app.inject({
    method: 'POST',
    url: '/model-packages/upload',
    headers: { 'content-type': encoded.headers.get('content-type')! },
    payload: Buffer.from(payload, 'latin1'),
  });
  expect(answer.json()).toMatchObject({ name: '1e3', notes: '{"a": 1}', manifest: { model_tag: 'typed' } });
});
