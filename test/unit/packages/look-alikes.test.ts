// promise: docs/security.md "Names say what they are"

import { expect, test } from 'vitest';
import { requireOwnName, skeletonOf } from '../../../src/packages/look-alikes.ts';

test.each([
  'ppo_v1',
  'PPO v1',
  ' ppo-vl ',
  'ppo_vI',
  'pp0_v1',
  'рро_v1', // Cyrillic
  'РРО_V1',
  'ρρο_ν1', // Greek
  'ｐｐｏ＿ｖ１',
  'p\u0307po_v1',
  'p\u200Dpo_v1',
  'paper_ppo_v1',
  'v3_ppo',
  'paper_v3_рро',
])('%s is refused: it looks like the default package', (name) => {
  expect(() => requireOwnName(name, [])).toThrow(/looks like (ppo_v1|v3_ppo), the default package/);
});

test.each(['champion', '@champion', 'CHAMPION', 'charnpion', 'сhamрion', 'СНАМРION', 'champi0n', 'châmpion'])(
  '%s is refused: it looks like an alias',
  (name) => {
    expect(() => requireOwnName(name, ['candidate', 'champion'])).toThrow(
      'name looks like the alias champion; choose another one.',
    );
    expect(() => requireOwnName(name, ['candidate'])).not.toThrow();
  },
);

test.each(['ppo_v2', 'ppo_v10', 'my ppo_v1', 'alpha', 'Модель', '模型', '...', 'champions'])(
  '%s is accepted',
  (name) => {
    expect(() => requireOwnName(name, ['champion'])).not.toThrow();
  },
);

test('each letter of the tables looks like one Latin letter', () => {
  for (const letter of 'АВЕЅІЈКМНОРСТХУавегѕіјкмнпорстхуьԁԛԝѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγεικνορστυχωıɑɡɩոօսհцß')
    expect(skeletonOf(letter), letter).toMatch(/^[a-z]$/);
});
