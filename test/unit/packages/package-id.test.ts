import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiNameOf } from '../../../src/packages/ascii-name.ts';
import { accountIdOf, firstFreeId, packageIdOf, slugOf } from '../../../src/packages/package-id.ts';

describe('slugOf', () => {
  test.each([
    ['My Model v2', 'my_model_v2'],
    ['  --Alpha!!  ', 'alpha'],
    ['paper_alpha', 'alpha'],
    ['paper_paper_alpha', 'alpha'],
    ['', 'package'],
    ['モデル', 'package'],
    ['../../etc/passwd', 'etc_passwd'],
    ['__proto__', 'proto'],
    ['a'.repeat(100), 'a'.repeat(64)],
    [`${'a'.repeat(63)}_b`, 'a'.repeat(63)],
  ])('%j becomes %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  test('has only characters that are valid in a URL, a file name and an account id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const slug = slugOf(name);
        expect(slug).toMatch(/^[a-z0-9]([a-z0-9_]{0,62}[a-z0-9])?$/);
        expect(packageIdOf(accountIdOf(slug))).toBe(slug === 'v3_ppo' ? 'ppo_v1' : slug);
      }),
    );
  });
});

describe('the ids of names in other scripts', () => {
  test.each([
    ['Ümlaut 模型', 'umlaut_moxing'],
    ['U\u0308mlaut', 'umlaut'],
    ['Модель №2', 'model_no2'],
    ['モデル', 'moderu'],
    ['نموذج', 'nmwdhj'],
    ['μοντέλο', 'montelo'],
    ['ｆｕｌｌ　ｗｉｄｔｈ', 'full_width'],
    ['plain', 'plain'],
  ])('%s is %s', async (name, slug) => {
    expect(slugOf(await asciiNameOf(name))).toBe(slug);
  });

  test('are valid, whatever the name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (name) => {
        expect(slugOf(await asciiNameOf(name))).toMatch(/^[a-z0-9]([a-z0-9_]{0,62}[a-z0-9])?$/);
      }),
    );
  });
});

describe('firstFreeId', () => {
  test('counts on while ids are taken', () => {
    const taken = new Set(['alpha', 'alpha_2']);
    expect(firstFreeId('alpha', (id) => taken.has(id))).toBe('alpha_3');
  });

  test.each(['upload', 'aliases', 'v3_ppo'])('never gives the reserved %s', (slug) => {
    expect(firstFreeId(slug, () => false)).toBe(`${slug}_2`);
  });

  test('stays within 64 characters', () => {
    const slug = 'a'.repeat(64);
    expect(firstFreeId(slug, (id) => id === slug)).toBe(`${'a'.repeat(62)}_2`);
  });
});

test.each([
  ['alpha', 'alpha'],
  ['paper_alpha', 'alpha'],
  ['paper_v3_ppo', 'ppo_v1'],
  ['v3_ppo', 'ppo_v1'],
])('the model id %s means the package %s', (modelId, packageId) => {
  expect(packageIdOf(modelId)).toBe(packageId);
});
