import { deliveryState, type NewAlert, type StoredAlert } from '../../alerts/alert.ts';
import { isoTime, isoTimeOrNull } from '../shared/times.ts';
import type { AlertsAnswer } from './schema.ts';

export function answerOfAlert(alert: StoredAlert): AlertsAnswer['items'][number] {
  const { text, details } = JSON.parse(alert.body) as Pick<NewAlert, 'text' | 'details'>;
  return {
    id: alert.id,
    kind: alert.kind,
    subject: alert.subject,
    text,
    details: { ...details },
    created_at: isoTime(alert.createdAt),
    delivery: {
      state: deliveryState(alert),
      attempts: alert.attempts,
      next_attempt_at: isoTimeOrNull(alert.nextAttemptAt),
      delivered_at: isoTimeOrNull(alert.deliveredAt),
      last_status: alert.lastStatus,
      last_error: alert.lastError,
    },
  };
}
