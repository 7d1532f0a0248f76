import type { EventHub } from '../events/event-hub.ts';
import { watchEvents } from '../events/watch-events.ts';
import type { LiveMarket } from '../market/sync/live-market.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';

/** Follows the symbols of all packages that are not archived, now and after each change of a package on any node. */
export async function followPackages(
  registry: Pick<PackageRegistry, 'list'>,
  events: Pick<EventHub, 'subscribe'>,
  live: Pick<LiveMarket, 'follow' | 'unfollow'>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const oneAtATime = createKeyedMutex();
  /** By package id. */
  let followed = new Map<string, ModelPackage>();

  async function update(): Promise<void> {
    const used = (await registry.list()).filter(({ status }) => status !== 'ARCHIVED');
    const models = new Map(used.map((model) => [model.id, model]));
    const left = [...followed.values()].filter(
      ({ id, manifest }) => models.get(id)?.manifest.symbol !== manifest.symbol,
    );
    followed = models;
    for (const { id, manifest, pipeline } of used) live.follow(manifest.symbol, pipeline, reasonOf(id));
    await Promise.all(left.map(({ id, manifest }) => live.unfollow(manifest.symbol, reasonOf(id))));
  }

  watchEvents(events, 'package', () => void oneAtATime('update', update).catch(onFailure));
  await oneAtATime('update', update);
}

function reasonOf(packageId: string): string {
  return `package:${packageId}`;
}
