/** The events that raise alerts. */
export type AlertKind =
  | 'ACCOUNT_KILLED'
  | 'MARKET_STALE'
  | 'MARKET_RECOVERED'
  | 'WARMUP_ERROR'
  | 'WARMUP_RECOVERED'
  | 'LOOP_SILENT'
  | 'LOOP_RECOVERED'
  | 'FEATURE_DRIFT'
  | 'FEATURE_RECOVERED'
  | 'DISK_LOW'
  | 'DISK_RECOVERED';

export type AlertDetails = Readonly<Record<string, string | number | null>>;

/** An alert that is not stored yet. */
export interface NewAlert {
  /** Derived from the event, so that it raises only one alert. */
  readonly id: string;
  readonly kind: AlertKind;
  /** For example `market:BTCUSDT`; the alerts of one subject are delivered in order. */
  readonly subject: string;
  /** One or more sentences. */
  readonly text: string;
  readonly details: AlertDetails;
}

/** An alert and the state of its delivery. Times in ms since the epoch. */
export interface StoredAlert {
  readonly id: string;
  /** Counts the alerts, from 1. */
  readonly sequence: number;
  readonly kind: AlertKind;
  readonly subject: string;
  /** The JSON that is sent; the text and details of some kinds change while they last. */
  readonly body: string;
  readonly createdAt: number;
  readonly attempts: number;
  /** null: no further attempt. */
  readonly nextAttemptAt: number | null;
  readonly deliveredAt: number | null;
  /** Status of the receiver's last answer; null if it did not answer. */
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

/** `off`: no receiver was configured when the alert was raised. */
export type DeliveryState = 'delivered' | 'pending' | 'given up' | 'off';

export function deliveryState(
  alert: Pick<StoredAlert, 'deliveredAt' | 'nextAttemptAt' | 'attempts'>,
): DeliveryState {
  if (alert.deliveredAt !== null) return 'delivered';
  if (alert.nextAttemptAt !== null) return 'pending';
  return alert.attempts > 0 ? 'given up' : 'off';
}

/** The JSON of an alert. @param createdAt ms since the epoch */
export function bodyOf({ id, kind, subject, text, details }: NewAlert, createdAt: number): string {
  const created_at = new Date(createdAt).toISOString();
  return JSON.stringify({ id, kind, subject, text, details, created_at });
}
