import { MAX_COMPARED } from '../../service-rules.ts';

const MIN_COMPARED = 2;

interface Candidate {
  readonly key: string;
  readonly model_package_id: string | null;
}

/**
 * The accounts that an address chooses, in its order. Where it names fewer than two of the candidates, the first others
 * follow, one per package as long as there are such.
 * @param named keys of accounts or ids of packages, separated by commas
 */
export function chosenOf<One extends Candidate>(
  candidates: readonly One[],
  named: string | undefined,
): readonly One[] {
  const names = named?.split(',') ?? [];
  const found = names.flatMap(
    (name) =>
      candidates.find(({ key }) => key === name) ??
      candidates.find((one) => one.model_package_id === name) ??
      [],
  );
  const chosen = [...new Set(found)].slice(0, MAX_COMPARED);
  const others = candidates.filter((one) => !chosen.includes(one));
  while (chosen.length < MIN_COMPARED && others.length > 0) {
    const packages = chosen.map((one) => one.model_package_id);
    const next = others.findIndex((one) => !packages.includes(one.model_package_id));
    chosen.push(...others.splice(Math.max(0, next), 1));
  }
  return chosen;
}

/** The keys with another one at a place; where that is chosen elsewhere, the two change places. */
export function replaced(keys: readonly string[], place: number, key: string): readonly string[] {
  const other = keys.indexOf(key);
  return keys.map((one, index) => (index === place ? key : index === other ? keys[place]! : one));
}
