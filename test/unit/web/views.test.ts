import { expect, test } from 'vitest';
import { withQuery, withSegments } from '../../../src/web/data/urls.ts';
import { packageAddress, packageIdOf, VIEW_ADDRESS } from '../../../src/web/views.ts';

test('addresses have encoded segments and no empty query', () => {
  expect(withSegments('/api/models', 'a/b', '100%')).toBe('/api/models/a%2Fb/100%25');
  expect(withQuery('/paper/trades', { limit: '5', cursor: undefined })).toBe('/paper/trades?limit=5');
  expect(withQuery('/paper/trades', { cursor: undefined })).toBe('/paper/trades');
});

test('the page of a package keeps the selected one, and its id is found again', () => {
  expect(packageAddress('ppo_v1', { model: 'other', range: '1d' })).toBe('/packages/ppo_v1?model=other');
  expect(packageIdOf('/packages/ppo_v1')).toBe('ppo_v1');
  expect(packageIdOf('/packages')).toBeUndefined();
});

test.each([
  ['/', true],
  ['/?model=ppo_v1', true],
  ['/packages/ppo_v1', true],
  ['/access', true],
  ['/docs', false],
  ['/packagesx', false],
  ['/paper/signal', false],
])('%s is an address of a view: %s', (address, expected) => {
  expect(VIEW_ADDRESS.test(address)).toBe(expected);
});
