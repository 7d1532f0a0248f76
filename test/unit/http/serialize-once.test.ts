import { expect, test } from 'vitest';
import { z } from 'zod';
import { serializeOnce } from '../../../src/http/shared/serialize-once.ts';

test('an object is serialized once, and checked by its schema', () => {
  let checks = 0;
  const counted = z.string().refine(() => {
    checks += 1;
    return true;
  });
  const schema = z.object({ name: counted });
  const serialize = serializeOnce({ schema, method: 'GET', url: '/', httpStatus: '200' });
  const answer = { name: 'alpha', secret: 1 };
  expect([serialize(answer), serialize(answer)]).toEqual(['{"name":"alpha"}', '{"name":"alpha"}']);
  expect(checks).toBe(1);
  expect(serialize({ name: 'beta' })).toBe('{"name":"beta"}');
  expect(() => serialize({ name: 1 })).toThrow();
});
