import type { EventHub } from '../events/event-hub.ts';
import { isoTime } from '../runtime/iso-time.ts';
import type { AccountChange, StoredAccount } from './account-repository.ts';

/** Publishes the events of a stored change of an account. They name what changed; clients request its new state. */
export function publishChanges(
  events: Pick<EventHub, 'publish'>,
  { account: { id: model_id, status, epoch } }: StoredAccount,
  { decisions = [], opened = [], closed = [], equity = [], lines = [] }: AccountChange,
): void {
  // Without records the account was paused, resumed or reset.
  if (decisions.length + opened.length + closed.length + equity.length === 0)
    events.publish('account', { model_id, status, epoch });
  for (const { asOf, action, reason, decided } of decisions) {
    events.publish('decision', { model_id, as_of: isoTime(asOf), action, reason, decided });
  }
  for (const { id } of opened) events.publish('position', { model_id, id, status: 'OPEN' });
  for (const { kind, lotId } of lines)
    if (kind === 'edit') events.publish('position', { model_id, id: lotId, status: 'OPEN' });
  for (const { id, reason } of closed)
    events.publish('position', { model_id, id, status: 'CLOSED', close_reason: reason });
  const point = equity.at(-1);
  if (point !== undefined)
    events.publish('equity', { model_id, time: isoTime(point.time), equity: point.equity });
}
