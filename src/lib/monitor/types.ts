import type { Json } from '../config/types.ts';

/** Values of one feature: numbers, or how often each category was seen. */
export type FeatureSample =
  | { readonly type: 'numeric'; readonly values: Float64Array }
  | { readonly type: 'categorical'; readonly counts: ReadonlyMap<string, number> };

/** A number that says how far a feature has moved away from its baseline. */
export interface DriftMetric {
  readonly features: readonly FeatureSample['type'][];
  /** From which values on a feature counts as suspicious and as drifted, where the project does not say. */
  readonly levels: { readonly warn: number; readonly alert: number };
  /** Both samples have the same type and are not empty. Identical samples give the least value. */
  compare(baseline: FeatureSample, current: FeatureSample, options: { readonly bins: number }): number;
}

/** Something that somebody wants to hear about. */
export interface Notification {
  /** `job.failed`, `drift.alert`: the names of `notify.on`. */
  readonly event: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly project: string;
  readonly title: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, Json>>;
  /** ISO 8601. */
  readonly time: string;
}

/** A way to tell people. */
export interface Notifier {
  /** What would be sent and where to, without sending it and without secrets. */
  preview(notification: Notification): { readonly to: string; readonly body: string };
  /** Comes back when the receiver has taken the message. */
  send(notification: Notification, options: { readonly signal: AbortSignal }): Promise<void>;
}
