import { deliveryState, type NewAlert, type StoredAlert } from '../../alerts/alert.ts';
import { isoTime, isoTimeOrNull } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import type { AlertsAnswer } from './schema.ts';

export function answerOfAlert(alert: StoredAlert): AlertsAnswer['items'][number] {
  const { text, details } = JSON.parse(alert.body) as Pick<NewAlert, 'text' | 'details'>;
  return {
    ...snakeKeys(alert),
    text,
    details: { ...details },
    created_at: isoTime(alert.createdAt),
    delivery: {
      ...snakeKeys(alert),
      state: deliveryState(alert),
      next_attempt_at: isoTimeOrNull(alert.nextAttemptAt),
      delivered_at: isoTimeOrNull(alert.deliveredAt),
    },
  };
}
