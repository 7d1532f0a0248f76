import { createEventHub, type EventHub } from '../events/event-hub.ts';
import type { ServiceContext } from './context.ts';

/** The events of the service: in memory, or through PostgreSQL where nodes share it. @param node unique for every start */
export async function openEvents(
  {
    config: { store },
    database,
    timers,
    log,
    onClose,
  }: Pick<ServiceContext, 'config' | 'database' | 'timers' | 'log' | 'onClose'>,
  node: string,
): Promise<EventHub> {
  if (store.kind === 'sqlite') return createEventHub(node);
  const [{ startListener }, { createSharedEventHub }, { createEventRepository, EVENT_CHANNEL }] =
    await Promise.all([
      import('../db/postgres/listener.ts'),
      import('../events/shared-event-hub.ts'),
      import('../events/event-repository.ts'),
    ]);
  const hub = await createSharedEventHub({
    repository: createEventRepository(database),
    listen: (wake) =>
      startListener({
        ...{ url: store.url, channel: EVENT_CHANNEL, timers, log },
        onConnect: wake,
        onNotification: (payload) => wake(Number(payload)),
      }),
    ...{ node, timers, log },
  });
  onClose(() => hub.close());
  return hub;
}
