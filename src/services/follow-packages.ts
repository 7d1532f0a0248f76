import type { LiveMarket } from '../market/sync/live-market.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';

/** Follows the symbols of all packages that are not archived, now and after each change of a package. */
export async function followPackages(
  registry: Pick<PackageRegistry, 'list' | 'onChange'>,
  live: Pick<LiveMarket, 'follow' | 'unfollow'>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const oneAtATime = createKeyedMutex();
  /** Symbols by package id. */
  let followed = new Map<string, string>();

  async function update(): Promise<void> {
    const used = (await registry.list()).filter(({ status }) => status !== 'ARCHIVED');
    const symbols = new Map(used.map(({ id, manifest }) => [id, manifest.symbol]));
    const left = [...followed].filter(([id, symbol]) => symbols.get(id) !== symbol);
    followed = symbols;
    for (const [id, symbol] of symbols) live.follow(symbol, reasonOf(id));
    await Promise.all(left.map(([id, symbol]) => live.unfollow(symbol, reasonOf(id))));
  }

  registry.onChange(() => void oneAtATime('update', update).catch(onFailure));
  await oneAtATime('update', update);
}

function reasonOf(packageId: string): string {
  return `package:${packageId}`;
}
