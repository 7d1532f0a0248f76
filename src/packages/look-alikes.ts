import { PaperdeskError } from '../errors.ts';
import { DEFAULT_PACKAGE_ALIAS, DEFAULT_PACKAGE_ID } from './package-id.ts';

/** Letters of other scripts, and the Latin ones that they look like. Upper and lower case differ. */
const CAPITALS = mapping('АВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'abesijkmhopctxyabezhikmnoptyx');
const SMALL = mapping(
  'авегѕіјкмнпорстхуьԁԛԝѵαγεικνορστυχωıɑɡɩոօսհцß',
  'abersijkmhnopctxybdqwvayeikvopotuxwiaginouhub',
);
/** Digits, and letters that look like others. */
const ALIKE = mapping('01i|', 'olll');

/**
 * A text without what readers overlook: texts that look the same have the same skeleton. Case, accents, what cannot be seen,
 * spaces and punctuation make no difference.
 */
export function skeletonOf(text: string): string {
  const letters = text.normalize('NFKD').replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '');
  const latin = replaced(replaced(letters, CAPITALS).toLowerCase(), SMALL);
  return replaced(latin, ALIKE)
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

/**
 * Refuses a name or a new alias that readers could take for the default package or for an alias.
 * @param aliases that exist
 * @throws VALIDATION
 */
export function requireOwnName(
  name: string,
  aliases: readonly string[],
  kind: 'name' | 'alias' = 'name',
): void {
  const skeleton = skeletonOf(name).replace(/^paper/, '');
  const isLike = (other: string) => skeletonOf(other) === skeleton;
  const ofDefault = [DEFAULT_PACKAGE_ID, DEFAULT_PACKAGE_ALIAS].find(isLike);
  const alias = aliases.find(isLike);
  if (ofDefault === undefined && alias === undefined) return;
  const other = ofDefault === undefined ? `the alias ${alias}` : `${ofDefault}, the default package`;
  throw new PaperdeskError('VALIDATION', `${kind} looks like ${other}; choose another one.`);
}

function mapping(from: string, to: string): ReadonlyMap<string, string> {
  const latin = [...to];
  return new Map([...from].map((letter, index) => [letter, latin[index]!]));
}

function replaced(text: string, letters: ReadonlyMap<string, string>): string {
  return [...text].map((letter) => letters.get(letter) ?? letter).join('');
}
