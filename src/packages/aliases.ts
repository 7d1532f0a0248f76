import { PaperdeskError } from '../errors.ts';
import type { AliasRepository, PackageAlias } from './alias-repository.ts';
import { requireOwnName } from './look-alikes.ts';
import { requireNotArchived } from './model-package.ts';
import { packageIdOf } from './package-id.ts';

/** What an alias may be: up to 32 lower-case letters, digits, `_`, `-` and `.` with a letter or digit at both ends. */
export const ALIAS_PATTERN = /^[a-z0-9](?:[a-z0-9_.-]{0,30}[a-z0-9])?$/;

/** `@champion` in place of a package's id, or `paper_@champion` in place of a `model_id`. */
const REFERENCE = /^(paper_)?@(.*)$/s;

/** Names that mean a package and can be moved to another one (packages.md#52). */
export interface PackageAliases {
  /** In alphabetical order. */
  list(): Promise<PackageAlias[]>;
  /** A package's id or a `model_id` in which an alias is replaced by the package that it means. @throws ALIAS_NOT_FOUND */
  resolve(reference: string): Promise<string>;
  /**
   * Lets an alias mean a package from now on.
   * @param move `expected` is the package that it has to mean before, null that there is no such alias yet
   * @throws PACKAGE_NOT_FOUND, PACKAGE_ARCHIVED; VALIDATION for a new one that looks like another; ALIAS_MOVED if it means another package than expected
   */
  move(alias: string, move: AliasMove): Promise<PackageAlias>;
  /** @throws ALIAS_NOT_FOUND */
  remove(alias: string): Promise<void>;
}

export interface AliasMove {
  /** A package's id, with or without `paper_`. */
  readonly modelId: string;
  readonly expected?: string | null | undefined;
}

/** An alias that was moved or, without `to`, removed. */
export interface AliasChange {
  readonly alias: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface PackageAliasesDependencies {
  readonly repository: AliasRepository;
  readonly now: () => number;
  /** Called after every change that this node stored. */
  readonly onChange: (change: AliasChange) => void;
}

export function createPackageAliases({
  repository,
  now,
  onChange,
}: PackageAliasesDependencies): PackageAliases {
  return {
    list: () => repository.list(),

    async resolve(reference) {
      const [, prefix = '', alias] = REFERENCE.exec(reference) ?? [];
      if (alias === undefined) return reference;
      const packageId = ALIAS_PATTERN.test(alias) ? await repository.find(alias) : undefined;
      if (packageId === undefined) throw notFound(alias);
      return prefix + packageId;
    },

    async move(alias, { modelId, expected }) {
      requireOwnAlias(alias, await repository.list());
      const to = { packageId: packageIdOf(modelId), movedAt: now() };
      const from = await repository.move(alias, to, ({ current, target }) => {
        if (target === null)
          throw new PaperdeskError(
            'PACKAGE_NOT_FOUND',
            `There is no model package "${to.packageId}"; GET /model-packages lists them.`,
          );
        if (expected !== undefined && current !== (expected && packageIdOf(expected)))
          throw moved(alias, current, expected);
        requireNotArchived(target);
      });
      onChange({ alias, from, to: to.packageId });
      return { alias, ...to };
    },

    async remove(alias) {
      const from = await repository.move(alias, null, ({ current }) => {
        if (current === null) throw notFound(alias);
      });
      onChange({ alias, from, to: null });
    },
  };
}

/** @throws VALIDATION for a new alias that looks like another one or like the default package */
function requireOwnAlias(alias: string, known: readonly PackageAlias[]): void {
  const others = known.map((one) => one.alias);
  if (!others.includes(alias)) requireOwnName(alias, others, 'alias');
}

/** All aliases, without what they mean. */
export async function namesOf(aliases: Pick<PackageAliases, 'list'>): Promise<string[]> {
  return (await aliases.list()).map(({ alias }) => alias);
}

function notFound(alias: string): PaperdeskError {
  return new PaperdeskError(
    'ALIAS_NOT_FOUND',
    `There is no alias ${JSON.stringify(alias.slice(0, 40))}; GET /model-packages/aliases lists them.`,
  );
}

function moved(alias: string, current: string | null, expected: string | null): PaperdeskError {
  const found = current === null ? 'means no package' : `means ${current}`;
  const wanted = expected === null ? 'no package' : expected;
  return new PaperdeskError(
    'ALIAS_MOVED',
    `${alias} ${found}, not ${wanted}; nothing was changed. Read the aliases again.`,
  );
}
