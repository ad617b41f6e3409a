import type { Notification, Notifier } from '../../monitor/types.ts';
import { must, type Step } from './steps.ts';

const NOTIFICATION: Notification = {
  event: 'drift.alert',
  severity: 'warning',
  project: 'sentiment-project',
  title: 'text_len has drifted',
  text: 'PSI 0.31 is above 0.2',
  facts: { feature: 'text_len', psi: 0.31 },
  time: '2026-01-01T00:00:00.000Z',
};

/** Nothing is sent: only the preview is looked at. */
export async function checkNotifier(notifier: Notifier, step: Step): Promise<void> {
  await step('shows what it would send', () => {
    const { to, body } = notifier.preview(NOTIFICATION);
    must(typeof to === 'string' && to !== '', 'the preview does not say where to (to)');
    must(typeof body === 'string' && body.includes(NOTIFICATION.title), 'the body does not hold the title');
    return `to ${to}`;
  });
}
