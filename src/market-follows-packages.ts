import type { LiveMarket } from './market/sync/live-market.ts';
import type { PackageRegistry } from './packages/registry.ts';

/** Lets the live market follow the symbols of all packages that are in use, now and whenever packages change. */
export async function followPackages(
  registry: Pick<PackageRegistry, 'list' | 'onChange'>,
  live: Pick<LiveMarket, 'follow' | 'unfollow'>,
  failed: (error: unknown) => void,
): Promise<void> {
  let followed = new Set<string>();

  async function update(): Promise<void> {
    const used = (await registry.list()).filter(({ status }) => status !== 'ARCHIVED');
    const symbols = new Set(used.map(({ manifest }) => manifest.symbol));
    const left = [...followed].filter((symbol) => !symbols.has(symbol));
    followed = symbols;
    for (const symbol of symbols) live.follow(symbol);
    await Promise.all(left.map(live.unfollow));
  }

  registry.onChange(() => void update().catch(failed));
  await update();
}
